import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount
import ServiceRuntime
import Storage

/// The waiting list: whoever finds nothing is offered what others give back, three times at most, and the seat is kept
/// meanwhile.
struct WaitForSeat: Sendable {
    let programme: Programme
    let horizon: BookingHorizon
    let clock: ProgrammeClock
    let persons: PersonRepository
    let appointments: AppointmentRepository
    let waiting: WaitingRepository
    let find: FindSlots
    let counter: any SeatCounter
    let endpoint: MessageEndpoint
    let keyRing: KeyRing

    /// - Returns: the entry, and whether it is new.
    func enter(
        _ id: UUID, _ content: AppointmentAPI.WaitingEntry, by principal: Principal
    ) async throws -> (entry: AppointmentAPI.WaitingList.Item, isNew: Bool) {
        guard let facts = try await self.persons.bookingFacts([content.person])[content.person] else {
            throw IntakeRefusal.personUnknown
        }
        try AccessPolicy.decide(principal, .joinWaitingList, on: facts.file.resource)
        if let known = try await self.waiting.find(id) {
            guard known.content == content else { throw IntakeRefusal.appointmentIDTaken }
            return (try await self.item(known), false)
        }
        guard self.programme.station(content.station) != nil else { throw IntakeRefusal.stationUnknown }
        let now = self.clock.now()
        let today = CalendarDay(now)
        guard content.from >= today, content.from <= content.through,
            content.from.days(to: content.through) < 60
        else { throw IntakeRefusal.waitingUnfit }
        if facts.live.values.contains(content.purpose) { throw IntakeRefusal.appointmentLive }
        let candidate = try SubmissionGate.candidate(facts.file.facts)
        // A seat may be offered on any of the days, so each end must be within their turn.
        for day in [content.from, content.through] {
            let answer = self.programme.bookingAnswer(
                candidate: candidate, kind: content.kind, purpose: content.purpose, channel: .hotline,
                station: facts.file.station, on: day, stage: facts.stage)
            if let refusal = IntakeRefusal.booking(answer) { throw refusal }
        }
        let days = content.from.days(to: content.through) + 1
        let free = try await self.find.run(
            at: content.station, kind: content.kind, from: content.from, days: days, by: principal)
        guard free.quietest.isEmpty else { throw IntakeRefusal.tooManyFree }
        let entry = WaitingRepository.Entry(
            id: id, division: self.programme.divisionCode, content: content, state: .waiting, offers: 0,
            offeredOn: nil, offer: nil,
            byPhone: AgeRule.hasCompleted(WaitingOffer.phoneAge, born: candidate.birthDate, on: today))
        guard try await self.waiting.insert(entry, at: now, by: principal.subject) else {
            throw IntakeRefusal.waitingLive
        }
        return (try await self.item(entry), true)
    }

    func withdraw(_ id: UUID, by principal: Principal) async throws -> AppointmentAPI.WaitingList.Item {
        let entry = try await self.entry(id, .joinWaitingList, principal)
        try await self.waiting.withdraw(id)
        // The seat that was kept for them is free at once.
        if entry.state == .offered, let offer = entry.offer, let held = try await self.appointments.find(offer),
            held.state == .held, let after = held.state.after(.cancelByPerson)
        {
            let now = self.clock.now()
            _ = try await AppointmentChanges(endpoint: self.endpoint, counter: self.counter).apply(
                AppointmentRepository.Change(
                    before: held, step: .cancelByPerson, after: after, at: now, by: principal.subject, freeAt: now))
        }
        return try await self.item(try await self.waiting.find(id) ?? entry)
    }

    func read(_ id: UUID, by principal: Principal) async throws -> AppointmentAPI.WaitingList.Item {
        try await self.item(try await self.entry(id, .joinWaitingList, principal))
    }

    func list(at station: String?, by principal: Principal) async throws -> AppointmentAPI.WaitingList {
        let station = station ?? principal.station
        try AccessPolicy.decide(
            principal, .readWaitingList, on: Resource(division: self.programme.divisionCode, station: station))
        var items: [AppointmentAPI.WaitingList.Item] = []
        for entry in try await self.waiting.list(at: station, limit: 500) { items.append(try await self.item(entry)) }
        return AppointmentAPI.WaitingList(entries: items)
    }

    /// Follows the offers that were made and makes the next ones. Several instances may do this at once.
    ///
    /// - Returns: how many offers were made.
    @discardableResult
    func makeOffers() async throws -> Int {
        let now = self.clock.now()
        let today = CalendarDay(now)
        try await self.waiting.follow(today: today)
        var made = 0
        for (entry, slot) in try await self.waiting.next(
            today: today, last: self.horizon.lastDay(at: now), limit: 20)
        {
            let earlier = entry.offeredOn.map { Array(repeating: $0.startOfDay, count: entry.offers) } ?? []
            guard WaitingOffer.bar(slot: slot, earlier: earlier, now: now) == nil else { continue }
            let order = AppointmentRepository.Order(
                id: UUIDv7.generate(), division: entry.division, person: entry.content.person,
                purpose: entry.content.purpose, channel: .hotline, slot: slot, pools: [.online, .hotline],
                heldUntil: now.addingTimeInterval(Double(WaitingOffer.heldFor) * 3600), epoch: nil, askedBy: nil,
                by: "intake", at: now, waitingEntry: entry.id, seesReturned: true)
            let offered = try await self.endpoint.transaction { work in
                guard let held = try await AppointmentRepository.take([order], in: work.sql)[0] else { return false }
                guard try await WaitingRepository.offer(held.id, to: entry.id, on: today, in: work.sql) else {
                    throw LostRace()
                }
                try work.emitChange(of: held, .reoffer, at: now)
                return true
            }
            if offered {
                made += 1
                await self.counter.mend([slot])
            }
        }
        return made
    }

    private func entry(
        _ id: UUID, _ action: Action, _ principal: Principal
    ) async throws -> WaitingRepository.Entry {
        guard let entry = try await self.waiting.find(id) else { throw IntakeRefusal.waitingUnknown }
        try AccessPolicy.decide(
            principal, action,
            on: Resource(
                division: entry.division, station: entry.content.station, person: entry.content.person))
        return entry
    }

    private func item(_ entry: WaitingRepository.Entry) async throws -> AppointmentAPI.WaitingList.Item {
        var offer: AppointmentAPI.Appointment?
        if entry.state == .offered, let id = entry.offer {
            offer = try await self.appointments.find(id).map {
                AppointmentAPI.Appointment($0, keyRing: self.keyRing)
            }
        }
        return AppointmentAPI.WaitingList.Item(
            id: entry.id, entry: entry.content, state: entry.state, offers: entry.offers, offer: offer,
            byPhone: entry.byPhone)
    }
}
