import Access
import CardProgramme
import FoundationEssentials

/// The slip of an appointment, with what to bring (R27, R115).
struct PrintSlip: Sendable {
    let programme: Programme
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let checklist: ReadChecklist
    let keyRing: KeyRing

    func run(_ id: UUID, by principal: Principal) async throws -> (slip: SlipContent, person: UUID?) {
        guard let found = try await self.appointments.find(id) else { throw IntakeRefusal.appointmentUnknown }
        try await self.persons.decide(principal, .readAppointment, on: found)
        guard found.state != .held, found.state != .lapsed, let slot = found.slot, found.seat != nil,
            let minutes = found.minutes
        else { throw IntakeRefusal.appointmentStep(found.state) }
        return (
            SlipContent(
                reference: found.reference, code: AppointmentCode.text(found.id, keyRing: self.keyRing),
                kind: found.kind, purpose: found.purpose,
                station: self.programme.station(found.station)?.name ?? found.station, day: found.day,
                time: slot.start, minutes: minutes, bring: try await self.bring(found),
                qr: AppointmentCode.qr(found, keyRing: self.keyRing)), found.person
        )
    }

    private func bring(_ appointment: Appointment) async throws -> [String] {
        switch appointment.purpose {
        case .collect: return ["居民身份证（代领的另带代领人身份证和委托书）"]
        case .correct: return ["居民身份证", "退回通知所列的材料"]
        case .apply:
            guard let person = appointment.person, let file = try await self.persons.find(person) else {
                return ["居民身份证"]
            }
            // The station's own list for this person's categories; whoever may read the appointment may read it.
            return self.checklist.toBring(file)
        }
    }
}
