import Access
import FoundationEssentials

extension PersonRepository {
    /// Decides about an appointment: within reach of the station where it is, and of the one that keeps the person's file.
    func decide(_ principal: Principal, _ action: Action, on appointment: Appointment) async throws {
        if !AccessPolicy.allows(principal, action, on: appointment.resource), let person = appointment.person,
            let file = try await self.find(person)
        {
            try AccessPolicy.decide(principal, action, on: file.resource)
        } else {
            try AccessPolicy.decide(principal, action, on: appointment.resource)
        }
    }
}
