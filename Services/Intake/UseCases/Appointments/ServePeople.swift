import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// What happens at the desks: the queue, calling, serving, finishing, and the account of the day.
struct ServePeople: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let desk: DeskRepository
    let layOut: LayOutDays
    let changes: AppointmentChanges
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    func queue(_ station: String, by principal: Principal) async throws -> AppointmentAPI.Queue {
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: self.programme.divisionCode, station: station))
        let day = CalendarDay(self.clock.now())
        return AppointmentAPI.Queue(waiting: try await self.desk.queue(station, day))
    }

    func step(
        _ id: UUID, _ wish: AppointmentAPI.DeskStep, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        guard let before = try await self.appointments.find(id) else { throw IntakeRefusal.appointmentUnknown }
        // The desk belongs to the station where it stands, whoever keeps the person's file.
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: before.division, station: before.station))
        let now = self.clock.now()
        let (step, effect) = try await self.effect(of: wish, on: before)
        // The answer may have been lost: what has happened already is not done again.
        if before.version == wish.version + 1,
            before.state == self.target(of: step) || (step == .call && before.state == .missed)
        {
            return self.answer(before)
        }
        guard before.version == wish.version else { throw IntakeRefusal.appointmentChanged }
        // Called three times in vain is missed.
        let taken: AppointmentStep = step == .call ? CallRule.step(afterCalls: before.calls) : step
        guard let after = before.state.after(taken) else { throw IntakeRefusal.appointmentStep(before.state) }
        let change = AppointmentRepository.Change(
            before: before, step: taken, after: after, at: now, by: principal.subject,
            effect: taken == step ? effect : .none)
        guard let changed = try await self.changes.apply(change) else { throw IntakeRefusal.appointmentChanged }
        return self.answer(changed)
    }

    /// Makes the day's account: who was expected and did not come is missed.
    ///
    /// Refused while somebody has lost their seat and does not know, and before the day is over.
    func close(
        _ station: String, _ day: CalendarDay, by principal: Principal
    ) async throws -> AppointmentAPI.DayAccount {
        try AccessPolicy.decide(
            principal, .receivePeople, on: Resource(division: self.programme.divisionCode, station: station))
        guard self.programme.station(station) != nil else { throw IntakeRefusal.stationUnknown }
        let now = self.clock.now()
        try await self.layOut.ensure(station, day)
        guard try await self.isOver(station, day, at: now) else { throw IntakeRefusal.dayNotOver }
        return try await self.endpoint.transaction { work in
            try await SlotRepository.enter(work.sql)
            let untold = try await DeskRepository.untold(station, day, in: work.sql)
            guard untold == 0 else { throw IntakeRefusal.peopleNotTold(untold) }
            let inService = try await DeskRepository.beingServed(station, day, in: work.sql)
            guard inService == 0 else { throw IntakeRefusal.peopleBeingServed(inService) }
            if try await DeskRepository.close(station, day, now: now, by: principal.subject, in: work.sql) {
                for left in try await DeskRepository.leftOver(station, day, in: work.sql) {
                    // Whoever came and could not be served any more did not miss it: the station owes them a turn.
                    let step: AppointmentStep = left.state == .checkedIn ? .cancelByStation : .miss
                    guard let after = left.state.after(step) else { continue }
                    _ = try await AppointmentChanges.write(
                        AppointmentRepository.Change(
                            before: left, step: step, after: after, at: now, by: principal.subject), in: work)
                }
            }
            return try await DeskRepository.account(station, day, in: work.sql)
        }
    }

    /// After the last slot of a day that has any; of another one, when the day itself is over.
    private func isOver(_ station: String, _ day: CalendarDay, at now: Date) async throws -> Bool {
        if day < CalendarDay(now) { return true }
        guard day == CalendarDay(now), let end = try await self.desk.lastSlotEnds(station, day) else { return false }
        return end <= now
    }

    private func effect(
        of wish: AppointmentAPI.DeskStep, on before: Appointment
    ) async throws -> (AppointmentStep, AppointmentRepository.Effect) {
        switch wish.step {
        case .call: return (.call, .called)
        case .serve: return (.serve, .served)
        case .miss: return (.miss, .none)
        case .finish:
            guard let again = wish.mustComeAgain else { throw IntakeRefusal.outcomeNeeded }
            guard let person = before.person ?? wish.person else { throw IntakeRefusal.personNeeded }
            if before.person == nil, try await self.persons.find(person) == nil { throw IntakeRefusal.personUnknown }
            return (.finish, .finished(mustComeAgain: again, person: before.person == nil ? person : nil))
        }
    }

    private func target(of step: AppointmentStep) -> AppointmentState? {
        switch step {
        case .call: .called
        case .serve: .serving
        case .finish: .done
        case .miss: .missed
        default: nil
        }
    }

    private func answer(_ appointment: Appointment) -> AppointmentAPI.Appointment {
        AppointmentAPI.Appointment(appointment, keyRing: self.keyRing)
    }
}
