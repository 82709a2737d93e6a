import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Who has which appointment: one's own, a station's day, people who must be told.
struct ReadAppointments: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let keyRing: KeyRing

    func read(_ id: UUID, by principal: Principal) async throws -> (AppointmentAPI.Appointment, person: UUID?) {
        guard let found = try await self.appointments.find(id) else { throw IntakeRefusal.appointmentUnknown }
        try await self.persons.decide(principal, .readAppointment, on: found)
        return (AppointmentAPI.Appointment(found, keyRing: self.keyRing), found.person)
    }

    func list(of person: UUID, by principal: Principal) async throws -> AppointmentAPI.AppointmentList {
        guard let file = try await self.persons.find(person) else { throw IntakeRefusal.personUnknown }
        try AccessPolicy.decide(principal, .readAppointment, on: file.resource)
        return AppointmentAPI.AppointmentList(
            appointments: try await self.appointments.list(of: person).map { self.item($0, name: nil) })
    }

    /// A station's day with names, so that somebody who has lost their slip is found (R116).
    func day(
        _ day: CalendarDay, at station: String, by principal: Principal
    ) async throws -> AppointmentAPI.AppointmentList {
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: self.programme.divisionCode, station: station))
        return try await self.named(try await self.appointments.list(at: station, on: day))
    }

    /// People whose seat is gone, until each has another or has been told.
    func orphans(at station: String?, by principal: Principal) async throws -> AppointmentAPI.AppointmentList {
        try AccessPolicy.decide(
            principal, .tellOrphaned,
            on: Resource(division: self.programme.divisionCode, station: station ?? principal.station))
        return try await self.named(
            try await self.appointments.orphans(at: station ?? principal.station, limit: 500))
    }

    private func named(_ appointments: [Appointment]) async throws -> AppointmentAPI.AppointmentList {
        let names = try await self.persons.files(Array(Set(appointments.compactMap(\.person))))
        return AppointmentAPI.AppointmentList(
            appointments: appointments.map { appointment in
                self.item(appointment, name: appointment.person.flatMap { names[$0]?.facts.name })
            })
    }

    private func item(_ appointment: Appointment, name: String?) -> AppointmentAPI.AppointmentList.Item {
        AppointmentAPI.AppointmentList.Item(
            appointment: AppointmentAPI.Appointment(appointment, keyRing: self.keyRing), person: appointment.person,
            name: name, calls: appointment.calls, told: appointment.told?.rawValue)
    }
}
