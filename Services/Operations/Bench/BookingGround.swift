import Access
import CardProgramme
import Contracts
import FoundationEssentials
import NIOConcurrencyHelpers

/// Slots and people for a measurement: capacity as the centre publishes it, and people on the roster whose turn it is on
/// every one of the days.
final class BookingGround: Sendable {
    let stations: [String]
    let warmUp: [SlotID]
    let one: [SlotID]
    let two: [SlotID]
    let open: [SlotID]
    let soldOut: SlotID
    /// Seats of a slot that are sold online.
    let online: Int
    private let desk: Desk
    private let programme: Programme
    private let days: [CalendarDay]
    private let next: NIOLockedValueBox<(index: Int, seed: UInt64)>

    private init(
        stations: [String], slots: [SlotID], warmUp: Int, each: Int, online: Int, desk: Desk, programme: Programme,
        days: [CalendarDay], seed: UInt64
    ) {
        self.stations = stations
        var rest = slots[...]
        func take(_ count: Int) -> [SlotID] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        self.soldOut = take(1)[0]
        self.warmUp = take(warmUp)
        self.one = take(each)
        self.two = take(each)
        self.open = take(each)
        self.online = online
        self.desk = desk
        self.programme = programme
        self.days = days
        self.next = NIOLockedValueBox((0, seed))
    }

    /// Publishes at every station as many slots as the phases need, and lays them out by looking at them.
    static func prepare(
        session: RunSession, programme: Programme, options: AppointmentBench.Options, now: Date
    ) async throws -> BookingGround {
        let desk = try Desk(run: session.run, division: programme.divisionCode, connections: 8)
        let stations = programme.stations.map(\.code)
        let today = CalendarDay(now)
        let days = (1...BookingHorizon().days).map { today.adding(days: $0) }
            .filter { WorkingDayCalendar.china.isWorkingDay($0) }
        let warmUp = max(20, options.slots / 10)
        let wanted = 3 * options.slots + warmUp + 1
        let perDay = (wanted + stations.count * days.count - 1) / (stations.count * days.count)
        // Quarters of an hour from 08:00 to midnight.
        guard perDay <= 64 else {
            throw OperationsError(
                "\(stations.count) stations and \(days.count) days have no room for \(wanted) slots: use fewer --slots."
            )
        }
        let capacity = Self.capacity(slotsADay: perDay, seats: options.seats)
        PipelineBench.say(
            "publishing \(perDay) slots of \(options.seats) seats a day at \(stations.count) stations for \(days.count) days"
        )
        var slots: [AppointmentAPI.SlotList.Slot] = []
        for station in stations {
            _ = try await desk.call(
                .intake, "PUT", "/api/stations/\(station)/capacity/\(today)", as: .centre,
                body: try ContractCoding.encode(capacity), answer: AppointmentAPI.CapacityChange.self)
            slots += try await desk.call(
                .intake, "GET", "/api/slots?station=\(station)", as: .applicant, person: UUID(),
                answer: AppointmentAPI.SlotList.self
            ).slots
        }
        guard let online = slots.map(\.free).min(), online > 0, slots.count >= wanted else {
            throw OperationsError("\(slots.count) slots were laid out instead of \(wanted); see intake's log.")
        }
        // Mixed, so that a phase has slots of all stations and days.
        let chance = Chance(seed: options.seed)
        let mixed = slots.enumerated().map { (chance.unit(person: $0.offset, "bench.slot"), $0.element) }
            .filter { $0.1.free == online }.sorted { $0.0 < $1.0 }.map(\.1.id)
        guard mixed.count >= wanted else {
            throw OperationsError("Only \(mixed.count) of \(slots.count) slots have \(online) free seats.")
        }
        return BookingGround(
            stations: stations, slots: mixed, warmUp: warmUp, each: options.slots, online: online, desk: desk,
            programme: programme, days: days, seed: options.seed)
    }

    private static func capacity(slotsADay: Int, seats: Int) -> StationCapacity {
        let from = DayTime.startOfDay.adding(minutes: 8 * 60)
        let hours = (1...7).map {
            OpeningHours(weekday: $0, from: from, to: from.adding(minutes: slotsADay * 15))
        }
        // Desks for more, so that the seats of the waiting room decide.
        return StationCapacity(
            hours: hours, desks: min(200, seats / 12 + 1), minutesPerVisit: 1, slotMinutes: 15, waitingSeats: seats,
            shares: ChannelShares(online: 85, hotline: 0, walkIn: 15, home: 0))
    }

    /// Puts further people on the roster, in lists.
    ///
    /// - Returns: their files' ids.
    func register(_ count: Int) async throws -> [UUID] {
        let (first, seed) = self.next.withLockedValue { next in
            defer { next.index += 1 }
            return (next.index, next.seed)
        }
        let people = try self.eligible(count, seed: seed &+ UInt64(first) &* 7919, series: first)
        let lists = stride(from: 0, to: people.count, by: IntakeAPI.RosterList.most).map {
            Array(people[$0..<min($0 + IntakeAPI.RosterList.most, people.count)])
        }
        let ids = NIOLockedValueBox<[UUID]>([])
        let nextList = NIOLockedValueBox(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while true {
                        let index = nextList.withLockedValue { next in
                            defer { next += 1 }
                            return next
                        }
                        guard index < lists.count else { return }
                        let list = IntakeAPI.RosterList(
                            entries: lists[index].enumerated().map { .init(line: $0.offset + 1, person: $0.element) })
                        let answer = try await self.desk.post(
                            .intake, "/api/roster", list, as: .centre, answer: IntakeAPI.RosterAnswer.self)
                        let made = answer.results.filter { $0.outcome == .created }.compactMap(\.personID)
                        ids.withLockedValue { $0 += made }
                    }
                }
            }
            try await group.waitForAll()
        }
        let made = ids.withLockedValue { $0 }
        guard made.count * 10 >= count * 9 else {
            throw OperationsError("Only \(made.count) of \(count) people could be put on the roster.")
        }
        return made
    }

    /// People who may book a counter on every one of the days.
    private func eligible(_ count: Int, seed: UInt64, series: Int) throws -> [IntakeAPI.Registration] {
        let population = try Population(
            programme: self.programme, count: count + count / 5 + 200, chance: Chance(seed: seed))
        let fit = population.people.filter { person in
            self.days.allSatisfy { day in
                self.programme.bookingAnswer(
                    candidate: person.candidate, kind: .counter, purpose: .apply, channel: .online,
                    station: person.station, on: day, stage: nil) == .yes
            }
        }
        guard fit.count * 2 >= count else {
            throw OperationsError(
                "Only \(fit.count) of \(population.people.count) people may book a counter online on all of \(self.days.count) days: name a programme that books counters."
            )
        }
        return fit.prefix(count).map(\.registration)
    }
}
