import Access
import CardProgramme
import Contracts
import FoundationEssentials
import NIOConcurrencyHelpers
import SeatCount
import ServiceRuntime
import Storage

/// What is free (R115): by day and time, the quietest first, and where else there is room.
///
/// The answer is at most about a second old, so that a crowd that looks again and again costs one question a second.
final class FindSlots: Sendable {
    private let programme: Programme
    private let horizon: BookingHorizon
    private let clock: ProgrammeClock
    private let slots: SlotRepository
    private let layOut: LayOutDays
    private let counter: any SeatCounter
    private let boards = NIOLockedValueBox<[String: Board]>([:])
    private let answers = NIOLockedValueBox<[Question: (board: ContinuousClock.Instant, answer: Data)]>([:])
    private let layouts = NIOLockedValueBox<[String: Layout]>([:])
    private let loads: GroupedCalls<String, Board>

    /// A station's slots, what is free in them as the database had it then.
    private struct Layout: Sendable {
        let loaded: ContinuousClock.Instant
        let at: Date
        let days: ClosedRange<CalendarDay>
        let slots: [SlotRepository.Free]
    }

    /// A station's slots with what is free.
    private struct Board: Sendable {
        let loaded: ContinuousClock.Instant
        let at: Date
        let free: [SlotRepository.Free]
    }

    /// What a crowd asks again and again. Two who ask the same get the same answer, whoever they are.
    private struct Question: Hashable {
        let station: String
        let kind: AppointmentKind
        let channel: BookingChannel
        let from: CalendarDay?
        let days: Int
    }

    /// Answers kept; when there are more questions than that, the answers are forgotten.
    private static let remembered = 1_000
    /// How old an answer may be, in real time; in programme time a minute.
    static let age = Duration.seconds(1)
    /// How old the list of slots itself may be, in real time, while the count says what is free in them. A change made here
    /// is forgotten at once, so it is seen with the next look, or at the latest after this time.
    static let layoutAge = Duration.seconds(10)

    init(
        programme: Programme, horizon: BookingHorizon, clock: ProgrammeClock, slots: SlotRepository,
        layOut: LayOutDays, counter: any SeatCounter
    ) {
        self.programme = programme
        self.horizon = horizon
        self.clock = clock
        self.slots = slots
        self.layOut = layOut
        self.counter = counter
        let layouts = self.layouts
        self.loads = GroupedCalls(largest: 1000, lanes: 2) { stations in
            // Everybody who asks for the same station at the same time gets the same answer.
            var found: [String: Result<Board, any Error>] = [:]
            for station in Set(stations) {
                do {
                    found[station] = .success(
                        try await Self.load(station, horizon, clock.now(), slots, layOut, counter, layouts))
                } catch {
                    found[station] = .failure(error)
                }
            }
            return stations.map { found[$0] ?? .failure(IntakeRefusal.slotUnknown) }
        }
    }

    /// As ``run(at:kind:from:days:by:)``, written as JSON once for everybody who asks while a board lasts.
    func answer(
        at station: String, kind: AppointmentKind, from: CalendarDay?, days: Int, by principal: Principal
    ) async throws -> Data {
        try self.admit(principal, to: station)
        let board = try await self.board(station, self.clock.now())
        let question = Question(
            station: station, kind: kind, channel: Self.channel(of: principal), from: from, days: days)
        if let known = self.answers.withLockedValue({ $0[question] }), known.board == board.loaded {
            return known.answer
        }
        let answer = try APICoding.encode(
            try await self.run(at: station, kind: kind, from: from, days: days, by: principal))
        self.answers.withLockedValue { answers in
            if answers.count >= Self.remembered { answers.removeAll() }
            answers[question] = (board.loaded, answer)
        }
        return answer
    }

    private func admit(_ principal: Principal, to station: String) throws {
        try AccessPolicy.decide(
            principal, .readSlots, on: Resource(division: self.programme.divisionCode, station: station))
        guard self.programme.station(station) != nil else { throw IntakeRefusal.stationUnknown }
    }

    private static func channel(of principal: Principal) -> BookingChannel {
        principal.role == .applicant ? .online : .hotline
    }

    func run(
        at station: String, kind: AppointmentKind, from: CalendarDay?, days: Int, by principal: Principal
    ) async throws -> AppointmentAPI.SlotList {
        try self.admit(principal, to: station)
        let now = self.clock.now()
        let channel = Self.channel(of: principal)
        let first = max(from ?? CalendarDay(now), CalendarDay(now))
        let last = first.adding(days: days - 1)
        func fits(_ free: SlotRepository.Free) -> Bool {
            free.slot.kind == kind && (first...last).contains(free.slot.day)
                && self.horizon.isBookable(free.slot, minutes: free.minutes, now: now, channel: channel)
        }
        let found = try await self.board(station, now).free.filter(fits).map { self.shown($0, channel, now) }
        let isFull = found.allSatisfy { $0.free == 0 }
        return AppointmentAPI.SlotList(
            slots: found,
            quietest: SlotRanking.quietest(
                found.filter { $0.free > 0 }.map { (slot: $0.id, free: $0.free, seats: $0.seats) }),
            elsewhere: isFull
                ? try await self.elsewhere(than: station, now) { free in
                    fits(free) ? self.shown(free, channel, now).free : 0
                } : [],
            nextOpening: self.horizon.nextOpening(after: now))
    }

    private func shown(
        _ free: SlotRepository.Free, _ channel: BookingChannel, _ now: Date
    ) -> AppointmentAPI.SlotList.Slot {
        let pools = SeatPool.order(for: channel, until: free.startsAt, now: now)
        return AppointmentAPI.SlotList.Slot(
            id: free.slot, startsAt: free.startsAt, minutes: free.minutes,
            free: pools.reduce(0) { $0 + free.free[$1, default: 0] }, seats: free.seats)
    }

    private func elsewhere(
        than station: String, _ now: Date, _ free: (SlotRepository.Free) -> Int
    ) async throws -> [AppointmentAPI.SlotList.Elsewhere] {
        var list: [AppointmentAPI.SlotList.Elsewhere] = []
        for other in self.programme.stations where other.code != station {
            let room = try await self.board(other.code, now).free.reduce(0) { $0 + free($1) }
            if room > 0 { list.append(.init(station: other.code, name: other.name, free: room)) }
        }
        return Array(list.sorted { ($1.free, $0.station) < ($0.free, $1.station) }.prefix(5))
    }

    /// The station's slots have changed.
    func forget(_ station: String) {
        self.layouts.withLockedValue { $0[station] = nil }
        self.boards.withLockedValue { $0[station] = nil }
    }

    private func board(_ station: String, _ now: Date) async throws -> Board {
        if let board = self.boards.withLockedValue({ $0[station] }), board.loaded.duration(to: .now) < Self.age,
            abs(now.timeIntervalSince(board.at)) < 60
        {
            return board
        }
        let board = try await self.loads.run(station)
        self.boards.withLockedValue { $0[station] = board }
        return board
    }

    private static func load(
        _ station: String, _ horizon: BookingHorizon, _ now: Date, _ slots: SlotRepository, _ layOut: LayOutDays,
        _ counter: any SeatCounter, _ layouts: NIOLockedValueBox<[String: Layout]>
    ) async throws -> Board {
        let today = CalendarDay(now)
        let last = horizon.lastDay(at: now)
        var day = today
        var isNew = false
        while day <= last {
            if try await layOut.ensure(station, day) { isNew = true }
            day = day.adding(days: 1)
        }
        func counted(_ slots: [SlotRepository.Free]) async -> [SlotRepository.Free]? {
            // Holds are known to the count only.
            guard let counts = await counter.free(slots.map(\.slot), now: now) else { return nil }
            return slots.map { entry in
                SlotRepository.Free(
                    slot: entry.slot, startsAt: entry.startsAt, minutes: entry.minutes, seats: entry.seats,
                    free: counts[entry.slot] ?? entry.free)
            }
        }
        if !isNew, let known = layouts.withLockedValue({ $0[station] }), known.days == today...last,
            known.loaded.duration(to: .now) < Self.layoutAge, abs(now.timeIntervalSince(known.at)) < 60,
            let free = await counted(known.slots)
        {
            return Board(loaded: .now, at: now, free: free)
        }
        let loaded = ContinuousClock.Instant.now
        let list = try await slots.free(at: station, from: today, through: last, now: now)
        layouts.withLockedValue {
            $0[station] = Layout(loaded: loaded, at: now, days: today...last, slots: list)
        }
        return Board(loaded: .now, at: now, free: await counted(list) ?? list)
    }
}
