import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount
import ServiceRuntime

/// Cancels and moves appointments, and records that somebody was told of what happened to theirs.
struct ChangeAppointment: Sendable {
    let programme: Programme
    let horizon: BookingHorizon
    let clock: ProgrammeClock
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let layOut: LayOutDays
    let changes: AppointmentChanges
    let counter: any SeatCounter
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    /// Gives an appointment up. A hold that only the count knows is given up with its token.
    func cancel(
        _ id: UUID, _ wish: AppointmentAPI.Cancellation, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        if let text = wish.token, let released = try await self.release(id, text, by: principal) { return released }
        let before = try await self.find(id, principal, .book)
        let isOwn = principal.role == .applicant
        let step: AppointmentStep = isOwn || before.person != nil ? .cancelByPerson : .cancelByStation
        if before.state == .cancelledByPerson || before.state == .cancelledByStation { return self.answer(before) }
        guard before.version == wish.version else { throw IntakeRefusal.appointmentChanged }
        guard let after = before.state.after(step) else { throw IntakeRefusal.appointmentStep(before.state) }
        let now = self.clock.now()
        let change = AppointmentRepository.Change(
            before: before, step: step, after: after, at: now, by: principal.subject,
            freeAt: self.freeAt(before, now: now, by: principal))
        guard let changed = try await self.changes.apply(change) else { throw IntakeRefusal.appointmentChanged }
        return self.answer(changed)
    }

    /// Gives a hold up that has not reached the database.
    ///
    /// - Returns: nil when it has.
    private func release(
        _ id: UUID, _ text: String, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment? {
        guard let token = HoldToken.read(text, keyRing: self.keyRing), token.id == id else {
            throw IntakeRefusal.holdForged
        }
        guard try await self.appointments.find(id) == nil else { return nil }
        guard let file = try await self.persons.find(token.person) else { throw IntakeRefusal.personUnknown }
        try AccessPolicy.decide(principal, .book, on: file.resource)
        let now = self.clock.now()
        await self.counter.giveBack(token.slot, id, freeAt: now, now: now)
        return AppointmentAPI.Appointment(
            id: id, state: .cancelledByPerson, version: 0, purpose: token.purpose, kind: token.slot.kind,
            channel: token.channel, station: token.slot.station, slot: token.slot, startsAt: token.slot.startsAt,
            minutes: nil)
    }

    /// Moves an appointment to another slot; nothing is given up before the new seat is there.
    func move(
        _ id: UUID, _ move: AppointmentAPI.Move, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        let before = try await self.find(id, principal, .book)
        // The answer may have been lost: the same again is the same.
        if before.slot == move.slot, before.seat != nil, before.state == .confirmed {
            guard before.version == move.version + 1 else { throw IntakeRefusal.moveNowhere }
            return self.answer(before)
        }
        guard before.version == move.version else { throw IntakeRefusal.appointmentChanged }
        guard before.slot != move.slot || before.seat == nil else { throw IntakeRefusal.moveNowhere }
        guard let after = before.state.after(.move), let person = before.person else {
            throw IntakeRefusal.appointmentStep(before.state)
        }
        let now = self.clock.now()
        let channel: BookingChannel = principal.role == .applicant ? .online : .hotline
        try await self.admit(before, person, to: move.slot, channel, now: now)
        let pools = SeatPool.order(for: channel, until: move.slot.startsAt, now: now)
        // Counted under an id of its own, since the old seat is still counted under the appointment's.
        let ticket = UUID()
        let wish = SeatWish(
            id: ticket, person: ticket, purpose: before.purpose, slot: move.slot, pools: pools, now: now)
        let taking = await self.counter.take(wish, until: nil)
        if taking == .soldOut { throw IntakeRefusal.slotFull }
        if taking == .noSlot { throw IntakeRefusal.slotUnknown }
        let order = AppointmentRepository.Order(
            id: id, division: before.division, person: person, purpose: before.purpose, channel: channel,
            slot: move.slot, pools: pools, heldUntil: nil, epoch: nil, askedBy: nil, by: principal.subject, at: now)
        let freeAt = self.freeAt(before, now: now, by: principal)
        // Who moves it knows: the person themselves, or somebody on the phone with them.
        let told: AppointmentAPI.Told.How? =
            before.state == .orphaned ? (principal.role == .applicant ? .online : .phone) : nil
        let moved = try await self.endpoint.transaction { work in
            guard
                let moved = try await AppointmentRepository.move(
                    before, to: order, after: after, freeAt: freeAt, told: told, in: work.sql)
            else { return nil as Appointment? }
            try work.emitChange(of: moved, .move, at: now)
            return moved
        }
        // Both counts follow the database: the ticket's seat is the appointment's now, the old one is free later.
        await self.counter.mend([move.slot] + (before.slot.map { [$0] } ?? []))
        guard let moved else {
            guard let present = try await self.appointments.find(id), present.version == before.version else {
                throw IntakeRefusal.appointmentChanged
            }
            throw try await self.appointments.refusal(of: move.slot, now: now)
        }
        return self.answer(moved)
    }

    /// Records that the person knows that their seat is gone.
    func told(
        _ id: UUID, _ told: AppointmentAPI.Told, by principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        let before = try await self.find(id, principal, .tellOrphaned)
        if before.told != nil { return self.answer(before) }
        guard before.state == .orphaned, let after = before.state.after(.reoffer) else {
            throw IntakeRefusal.appointmentStep(before.state)
        }
        let change = AppointmentRepository.Change(
            before: before, step: .reoffer, after: after, at: self.clock.now(), by: principal.subject,
            effect: .told(told.how))
        guard let changed = try await self.changes.apply(change) else { throw IntakeRefusal.appointmentChanged }
        return self.answer(changed)
    }

    // MARK: - Inside

    private func find(_ id: UUID, _ principal: Principal, _ action: Action) async throws -> Appointment {
        guard let found = try await self.appointments.find(id) else { throw IntakeRefusal.appointmentUnknown }
        try await self.persons.decide(principal, action, on: found)
        return found
    }

    private func admit(
        _ before: Appointment, _ person: UUID, to slot: SlotID, _ channel: BookingChannel, now: Date
    ) async throws {
        guard self.programme.station(slot.station) != nil else { throw IntakeRefusal.slotUnknown }
        switch self.horizon.bar(to: slot, minutes: slot.kind == .counter ? 60 : 240, now: now, channel: channel) {
        case nil: break
        case .past, .tooSoon: throw IntakeRefusal.slotPast
        case .beyond(let opens): throw IntakeRefusal.notOpenYet(opens)
        }
        try await self.layOut.ensure(slot.station, slot.day)
        guard let facts = try await self.persons.bookingFacts([person])[person] else {
            throw IntakeRefusal.personUnknown
        }
        let answer = self.programme.bookingAnswer(
            candidate: try SubmissionGate.candidate(facts.file.facts), kind: slot.kind, purpose: before.purpose,
            channel: channel, station: facts.file.station, on: slot.day, stage: facts.stage)
        if let refusal = IntakeRefusal.booking(answer) { throw refusal }
    }

    /// When a seat that is given up may be taken by others: what an applicant gives up comes back at a moment nobody can
    /// agree on with a buyer; what staff free is free at once.
    private func freeAt(_ before: Appointment, now: Date, by principal: Principal) -> Date {
        guard principal.role == .applicant, before.state != .held, before.seat != nil else { return now }
        let seed = self.keyRing.blindIndex("\(before.id.uuidString)|\(before.version)", purpose: "seat release")
        return now.addingTimeInterval(Double(ReleaseDelay.minutes(seed: seed)) * 60)
    }

    private func answer(_ appointment: Appointment) -> AppointmentAPI.Appointment {
        AppointmentAPI.Appointment(appointment, keyRing: self.keyRing)
    }
}
