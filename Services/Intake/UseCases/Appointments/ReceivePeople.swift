import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount
import ServiceRuntime

/// Who comes to a station: with an appointment, by QR code, by reference and code or by name; or without one, and then
/// they get a number all the same (R150).
struct ReceivePeople: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let desk: DeskRepository
    let layOut: LayOutDays
    let counter: any SeatCounter
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    func arrive(
        _ arrival: AppointmentAPI.Arrival, at station: String, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: self.programme.divisionCode, station: station))
        let before = try await self.find(arrival)
        // Another station's appointment: only that it is elsewhere is told.
        guard before.station == station else { throw IntakeRefusal.arrivalElsewhere }
        let now = self.clock.now()
        guard before.day == CalendarDay(now) else { throw IntakeRefusal.arrivalOtherDay }
        // The answer may have been lost.
        if before.state == .checkedIn || before.state == .called { return self.answer(before) }
        guard let after = before.state.after(.checkIn) else { throw IntakeRefusal.appointmentStep(before.state) }
        if before.state == .missed {
            let returns = try await self.desk.returns(before.id)
            guard CallRule.mayReturn(returns: max(0, returns), missed: before.day, today: CalendarDay(now)) else {
                throw IntakeRefusal.appointmentStep(before.state)
            }
            if let person = before.person,
                try await self.appointments.live(of: person, before.purpose) != nil
            {
                throw IntakeRefusal.appointmentLive
            }
        }
        let changed = try await self.endpoint.transaction { work in
            let number = try await DeskRepository.nextNumber(station, before.day, in: work.sql)
            return try await AppointmentChanges.write(
                AppointmentRepository.Change(
                    before: before, step: .checkIn, after: after, at: now, by: principal.subject,
                    effect: .arrived(number: number)), in: work)
        }
        guard let changed else { throw IntakeRefusal.appointmentChanged }
        return self.answer(changed)
    }

    /// - Returns: the number, and whether it is new.
    func walkIn(
        _ id: UUID, _ walkIn: AppointmentAPI.WalkIn, by principal: Principal
    ) async throws -> (appointment: AppointmentAPI.Appointment, isNew: Bool) {
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: self.programme.divisionCode, station: walkIn.station))
        guard self.programme.station(walkIn.station) != nil else { throw IntakeRefusal.stationUnknown }
        if let known = try await self.appointments.find(id) {
            guard known.person == walkIn.person || walkIn.person == nil, known.channel == .walkIn,
                known.station == walkIn.station, known.purpose == walkIn.purpose
            else { throw IntakeRefusal.appointmentIDTaken }
            return (self.answer(known), false)
        }
        let live = try await self.live(walkIn)
        let now = self.clock.now()
        // Nobody may have booked for today: the seats kept for those who simply come are there all the same.
        try await self.layOut.ensure(walkIn.station, CalendarDay(now))
        if let live, live.state == .checkedIn || live.state == .called || live.state == .serving {
            throw IntakeRefusal.appointmentStep(live.state)
        }
        let made: Appointment
        do {
            made = try await self.endpoint.transaction { work in
                let made = try await self.take(walkIn, id, live: live, at: now, by: principal.subject, in: work)
                return made
            }
        } catch is LostRace {
            throw IntakeRefusal.appointmentChanged
        }
        await self.counter.mend([live?.slot, made.slot].compactMap { $0 })
        return (self.answer(made), true)
    }

    /// What the person had booked, and needs no more.
    private func live(_ walkIn: AppointmentAPI.WalkIn) async throws -> Appointment? {
        guard let person = walkIn.person else { return nil }
        guard let file = try await self.persons.find(person) else { throw IntakeRefusal.personUnknown }
        if file.duplicateOf != nil { throw IntakeRefusal.isDouble }
        return try await self.appointments.live(of: person, walkIn.purpose)
    }

    private func take(
        _ walkIn: AppointmentAPI.WalkIn, _ id: UUID, live: Appointment?, at now: Date, by: String, in work: UnitOfWork
    ) async throws -> Appointment {
        try await SlotRepository.enter(work.sql)
        // Whoever comes today needs the seat of another day no more.
        if let live, let after = live.state.after(.cancelByPerson) {
            let change = AppointmentRepository.Change(
                before: live, step: .cancelByPerson, after: after, at: now, by: by, freeAt: now)
            guard try await AppointmentChanges.write(change, in: work) != nil else { throw LostRace() }
        }
        let number = try await DeskRepository.nextNumber(walkIn.station, CalendarDay(now), in: work.sql)
        let made = try await DeskRepository.walkIn(
            walkIn, id: id, division: self.programme.divisionCode, number: number, at: now, by: by, in: work.sql)
        guard let made else { throw LostRace() }
        try work.emitChange(of: made, .checkIn, at: now)
        return made
    }

    private func find(_ arrival: AppointmentAPI.Arrival) async throws -> Appointment {
        if let id = arrival.appointment {
            guard let found = try await self.appointments.find(id) else { throw IntakeRefusal.appointmentUnknown }
            return found
        }
        let stated = arrival.qr.flatMap(AppointmentCode.read(qr:)) ?? arrival.reference.map { ($0, arrival.code ?? "") }
        guard let (reference, code) = stated else { throw IntakeRefusal.arrivalUnfit }
        // A wrong reference and a wrong code are told alike.
        guard let number = AppointmentReference.number(reference),
            let found = try await self.appointments.find(number: number),
            AppointmentCode.text(found.id, keyRing: self.keyRing) == code
        else { throw IntakeRefusal.codeWrong }
        return found
    }

    private func answer(_ appointment: Appointment) -> AppointmentAPI.Appointment {
        AppointmentAPI.Appointment(appointment, keyRing: self.keyRing)
    }
}
