import CardProgramme
import Testing

/// Random capacities × random days of 2022 × random exceptions, each repeatable by its seed.
@Suite("Slots, whatever the capacity and the day")
struct SlotRulePropertyTests {
    private struct Case {
        let day: CalendarDay
        let capacity: StationCapacity
        let exceptions: [CapacityException]
        let sessions: [CollectiveSession]

        func slots(_ capacity: StationCapacity? = nil) -> [SlotShape] {
            SlotRule.slots(
                on: self.day, station: "341602-01", capacity: capacity ?? self.capacity, exceptions: self.exceptions,
                sessions: self.sessions, calendar: .china)
        }
    }

    private struct Generator {
        var random: SeededGenerator

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }
        mutating func happens(_ percent: Int) -> Bool { self.number(1...100) <= percent }
        mutating func time(_ range: ClosedRange<Int>) -> DayTime { DayTime(minute: self.number(range)) ?? .noon }

        mutating func hours(_ weekday: Int) -> [OpeningHours] {
            guard self.happens(weekday > 5 ? 40 : 90) else { return [] }
            let morning = OpeningHours(weekday: weekday, from: self.time(420...540), to: self.time(630...740))
            let afternoon = OpeningHours(weekday: weekday, from: self.time(741...840), to: self.time(910...1_140))
            return [[morning], [afternoon], [afternoon, morning]][self.number(0...2)]
        }

        /// With the desks given or drawn; in order.
        mutating func capacity() -> StationCapacity {
            while true {
                let walkIn = self.number(15...60)
                let home = self.number(0...(100 - walkIn))
                let online = self.number(0...(100 - walkIn - home))
                let capacity = StationCapacity(
                    hours: (1...7).flatMap { self.hours($0) }, desks: self.number(0...12),
                    minutesPerVisit: self.number(3...60),
                    slotMinutes: StationCapacity.slotLengths[self.number(0...3)],
                    arrivalsPerHalfHour: self.happens(40) ? self.number(1...40) : nil,
                    waitingSeats: self.happens(40) ? self.number(1...60) : nil,
                    shares: ChannelShares(
                        online: online, hotline: 100 - walkIn - home - online, walkIn: walkIn, home: home),
                    homeTeams: self.number(0...3), visitsPerHalfDay: self.number(1...6), callDesks: self.number(0...2),
                    minutesPerCall: self.number(3...30))
                if capacity.mistakes.isEmpty { return capacity }
            }
        }

        mutating func make() -> Case {
            let day = CardProgrammeTests.day("2022-01-01").adding(days: self.number(0...364))
            let exceptions = (0..<self.number(0...3)).map { _ in
                CapacityException(
                    day: self.happens(80) ? day : day.adding(days: 1),
                    from: self.happens(70) ? self.time(400...900) : nil,
                    to: self.happens(70) ? self.time(901...1_200) : nil, desks: self.number(0...6),
                    stopsHomeVisits: self.happens(50), reason: "停电")
            }
            let sessions = (0..<self.number(0...2)).map { number in
                CollectiveSession(
                    day: day, start: self.time((number * 60 + 500)...(number * 60 + 559)),
                    minutes: self.number(30...180),
                    seats: self.number(1...200), place: "村委会")
            }
            return Case(day: day, capacity: self.capacity(), exceptions: exceptions, sessions: sessions)
        }
    }

    /// The hours of a day, said a second time: a holiday none, else the day's own, else on a worked weekend Monday's or
    /// those of the next day that has any.
    private func hours(_ item: Case) -> [OpeningHours] {
        let calendar = WorkingDayCalendar.china
        let isHoliday = calendar.years.contains { $0.off.contains { $0.first <= item.day && item.day <= $0.last } }
        if isHoliday { return [] }
        let own = item.capacity.hours.filter { $0.weekday == item.day.weekday.rawValue }
        let isWorkedWeekend = calendar.years.contains { $0.worked.contains(item.day) }
        guard own.isEmpty, isWorkedWeekend else { return own }
        for weekday in 1...5 where item.capacity.hours.contains(where: { $0.weekday == weekday }) {
            return item.capacity.hours.filter { $0.weekday == weekday }
        }
        return []
    }

    @Test("lie within the hours, outside of closures, and each once, in order", arguments: 1...40)
    func places(seed: UInt64) {
        var generator = Generator(random: SeededGenerator(seed: seed))
        for _ in 0..<100 {
            let item = generator.make()
            let slots = item.slots()
            let hours = self.hours(item)
            hold(slots.map(\.id) == Array(Set(slots.map(\.id))).sorted(), "seed \(seed)")
            for slot in slots {
                let (start, end) = (slot.id.start, slot.end)
                hold(slot.id.day == item.day && slot.minutes > 0 && end.minute == start.minute + slot.minutes)
                let closed = item.exceptions.contains {
                    $0.day == item.day && ($0.from ?? .startOfDay) < end && ($0.to ?? .endOfDay) > start
                        && (slot.id.kind == .homeVisit ? $0.stopsHomeVisits : $0.desks == 0)
                }
                hold(!closed, "seed \(seed): \(slot.id) in a closure")
                switch slot.id.kind {
                case .counter, .call:
                    hold(hours.contains { $0.from <= start && end <= $0.to }, "seed \(seed): \(slot.id) outside")
                case .homeVisit:
                    hold(hours.contains { $0.from == start } || start == .noon)
                    hold(hours.contains { $0.to == end } || end == .noon)
                    hold(end <= .noon || start >= .noon)
                case .collective:
                    hold(item.sessions.contains { $0.start == start && $0.seats == slot.total })
                }
            }
            let counters = slots.filter { $0.id.kind == .counter }
            for (earlier, later) in zip(counters, counters.dropFirst()) { hold(earlier.end <= later.id.start) }
        }
    }

    @Test(
        "hold no more than desks × time, arrivals and waiting seats allow, and their pools sum to it", arguments: 1...40
    )
    func bounds(seed: UInt64) {
        var generator = Generator(random: SeededGenerator(seed: 1_000 + seed))
        for _ in 0..<100 {
            let item = generator.make()
            let capacity = item.capacity
            for slot in item.slots() {
                hold(slot.seats.values.allSatisfy { $0 > 0 } && slot.total == slot.seats.values.reduce(0, +))
                hold(slot.total > 0)
                guard slot.id.kind == .counter else {
                    hold(slot.seats[.walkIn] == nil && slot.seats[.spare] == nil)
                    continue
                }
                let desks =
                    item.exceptions.filter { $0.concerns(item.day, from: slot.id.start, to: slot.end) }
                    .map(\.desks).min().map { min($0, capacity.desks) } ?? capacity.desks
                hold(slot.total * capacity.minutesPerVisit <= desks * slot.minutes, "seed \(seed): \(slot)")
                if slot.total > 1 {
                    let time = Double(desks * slot.minutes) * Double(100 - capacity.shares.home) / 100 * 0.85
                    hold(Double(slot.total * capacity.minutesPerVisit) <= time + 1e-6, "seed \(seed): \(slot)")
                    hold((slot.seats[.walkIn] ?? 0) * 100 >= slot.total * 15)
                }
                if let most = capacity.arrivalsPerHalfHour { hold(slot.total * 30 <= most * slot.minutes) }
                if let most = capacity.waitingSeats { hold(slot.total <= most) }
            }
        }
    }

    @Test("more desks never mean fewer seats, and the same data always the same slots", arguments: 1...40)
    func monotone(seed: UInt64) {
        var generator = Generator(random: SeededGenerator(seed: 2_000 + seed))
        for _ in 0..<60 {
            let item = generator.make()
            let capacity = item.capacity
            let more = StationCapacity(
                hours: capacity.hours.shuffled(using: &generator.random),
                desks: capacity.desks + generator.number(1...4),
                minutesPerVisit: capacity.minutesPerVisit, slotMinutes: capacity.slotMinutes,
                arrivalsPerHalfHour: capacity.arrivalsPerHalfHour, waitingSeats: capacity.waitingSeats,
                shares: capacity.shares, homeTeams: capacity.homeTeams + 1, visitsPerHalfDay: capacity.visitsPerHalfDay,
                callDesks: capacity.callDesks + 1, minutesPerCall: capacity.minutesPerCall)
            let now = Dictionary(uniqueKeysWithValues: item.slots(more).map { ($0.id, $0.total) })
            for slot in item.slots() { hold((now[slot.id] ?? 0) >= slot.total, "seed \(seed): \(slot.id)") }
            let again = Case(
                day: item.day, capacity: item.capacity, exceptions: item.exceptions.shuffled(using: &generator.random),
                sessions: item.sessions.reversed())
            hold(again.slots() == item.slots(), "seed \(seed)")
        }
    }
}
