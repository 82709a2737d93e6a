import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Keeps where every appointment stands, by its newest version: whoever reminds somebody asks here first, so that nothing
/// is said of what was moved or cancelled (R107, R115).
struct FollowAppointments: Sendable {
    let clock: ProgrammeClock
    let plan: PlanMessages

    /// A change this service does not take.
    struct Unsound: Error, CustomStringConvertible {
        let rule: String
        var description: String { "the appointment cannot be followed: \(self.rule)" }
    }

    /// - Throws: For the whole batch when one change cannot be right; the message layer then finds which.
    func callAsFunction(_ changes: [Received<AppointmentChanged>], in work: UnitOfWork) async throws {
        for change in changes where change.message.appointmentID != change.envelope.subject {
            throw Unsound(rule: "it travels under another subject")
        }
        let newest = changes.map(\.message).sorted { $0.appointmentID.uuidString < $1.appointmentID.uuidString }
        let now = self.clock.now()
        let followed = try await AppointmentWriter(sql: work.sql).follow(newest, at: now)
        try await CampaignProgress(sql: work.sql).end(
            followed.compactMap { change, _ in
                guard change.state == .confirmed, let person = change.personID else { return nil }
                return CampaignProgress.Sign(
                    person: person, outcome: .booked, evidence: .appointment, evidenceID: change.appointmentID)
            }, at: now)
        try await self.plan.appointments(
            followed, in: MessageWriter(sql: work.sql), calls: CallTaskWriter(sql: work.sql), at: now)
    }
}
