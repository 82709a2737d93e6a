/// A slot as the rules make it: when, how long, and how many seats for whom.
package struct SlotShape: Hashable, Sendable {
    package let id: SlotID
    package let minutes: Int
    /// Only pools that have a seat; their sum is what the slot holds.
    package let seats: [SeatPool: Int]

    package init(id: SlotID, minutes: Int, seats: [SeatPool: Int]) {
        self.id = id
        self.minutes = minutes
        self.seats = seats
    }

    /// All seats together.
    package var total: Int { self.seats.values.reduce(0, +) }
    /// When it is over.
    package var end: DayTime { self.id.start.adding(minutes: self.minutes) }
}

/// Makes a day's slots of what an office can do. The same arguments always make the same slots, in order.
package enum SlotRule {
    /// Of the time the desks have, this percentage is booked; the rest absorbs who is slower or came unannounced.
    package static let smoothing = 85

    /// The slots of one station on one day, by time.
    ///
    /// Which hours count:
    /// - On a public holiday, a weekend day within its run included, none, and no collective session either.
    /// - On a working day those of its weekday.
    /// - On a weekend day that the office lists, those listed.
    /// - On a weekend day that is worked (调休) and not listed, Monday's, or those of the first weekday that has any: the
    ///   State Council's notices say which weekend days are worked, not which weekday each stands in for.
    ///
    /// Collective sessions are fixed by hand and may lie outside the hours. Of two at the same minute only the first is
    /// made, see ``CollectiveSession/mistakes(in:)``.
    ///
    /// - Returns: Empty for a capacity that has mistakes.
    package static func slots(
        on day: CalendarDay, station: String, capacity: StationCapacity, exceptions: [CapacityException],
        sessions: [CollectiveSession], calendar: WorkingDayCalendar
    ) -> [SlotShape] {
        guard !calendar.isPublicHoliday(day), capacity.mistakes.isEmpty else { return [] }
        let exceptions = exceptions.filter { $0.day == day }
        let hours = Self.hours(on: day, capacity: capacity, calendar: calendar)
        var slots: [SlotShape] = []
        var taken: Set<SlotID> = []
        func add(_ kind: AppointmentKind, _ start: DayTime, _ minutes: Int, _ seats: [SeatPool: Int]) {
            let id = SlotID(station: station, kind: kind, day: day, start: start)
            guard !seats.isEmpty, taken.insert(id).inserted else { return }
            slots.append(SlotShape(id: id, minutes: minutes, seats: seats))
        }
        for start in Self.starts(in: hours, every: capacity.slotMinutes) {
            let end = start.adding(minutes: capacity.slotMinutes)
            let desks = Self.desks(capacity.desks, exceptions, day, start, end)
            let seats = Self.counterSeats(desks: desks, capacity: capacity)
            add(.counter, start, capacity.slotMinutes, SeatPool.divideCounter(seats, capacity.shares))
        }
        let calls = capacity.callDesks * StationCapacity.callMinutes / capacity.minutesPerCall
        for start in Self.starts(in: hours, every: StationCapacity.callMinutes) {
            let end = start.adding(minutes: StationCapacity.callMinutes)
            guard !Self.isClosed(exceptions, day, start, end) else { continue }
            add(.call, start, StationCapacity.callMinutes, SeatPool.divideBooked(calls, capacity.shares))
        }
        let visits = capacity.homeTeams * capacity.visitsPerHalfDay
        for half in Self.halfDays(of: hours) {
            let isStopped = exceptions.contains {
                $0.stopsHomeVisits && $0.concerns(day, from: half.from, to: half.to)
            }
            guard !isStopped else { continue }
            add(.homeVisit, half.from, half.minutes, SeatPool.divideBooked(visits, capacity.shares))
        }
        for session in sessions where session.day == day && session.isPossible {
            guard !Self.isClosed(exceptions, day, session.start, session.end) else { continue }
            add(
                .collective, session.start, session.minutes, SeatPool.divideBooked(session.seats, capacity.shares))
        }
        return slots.sorted { $0.id < $1.id }
    }

    /// The opening hours that count on a day, in order; see ``slots(on:station:capacity:exceptions:sessions:calendar:)``.
    package static func hours(
        on day: CalendarDay, capacity: StationCapacity, calendar: WorkingDayCalendar
    ) -> [OpeningHours] {
        guard !calendar.isPublicHoliday(day) else { return [] }
        let weekday = day.weekday
        let own = capacity.hours(on: weekday.rawValue)
        guard own.isEmpty, weekday.isWeekend, calendar.isWorkingDay(day) else { return own }
        return (1...5).lazy.map { capacity.hours(on: $0) }.first { !$0.isEmpty } ?? []
    }

    /// How many people a slot asks to come: desks × minutes ÷ minutes per visit × 0.85 without the desk time of those out
    /// on home visits, rounded down, no more than may arrive and can sit down; one, as long as a desk is open.
    package static func counterSeats(desks: Int, capacity: StationCapacity) -> Int {
        guard desks > 0 else { return 0 }
        var seats =
            desks * (100 - capacity.shares.home) * capacity.slotMinutes * Self.smoothing
            / (capacity.minutesPerVisit * 100 * 100)
        if let arrivals = capacity.arrivalsPerHalfHour { seats = min(seats, arrivals * capacity.slotMinutes / 30) }
        if let waiting = capacity.waitingSeats { seats = min(seats, waiting) }
        return max(seats, 1)
    }

    // MARK: - Times

    private static func starts(in hours: [OpeningHours], every minutes: Int) -> [DayTime] {
        hours.flatMap { hours in
            stride(from: hours.from.minute, through: hours.to.minute - minutes, by: minutes)
                .compactMap { DayTime(minute: $0) }
        }
    }

    /// From the first opening to the last closing before noon, and the same after it.
    private static func halfDays(of hours: [OpeningHours]) -> [OpeningHours] {
        [(DayTime.startOfDay, DayTime.noon), (.noon, .endOfDay)].compactMap { begin, end in
            let open = hours.filter { $0.from < end && $0.to > begin }
            guard let first = open.map({ max($0.from, begin) }).min(), let last = open.map({ min($0.to, end) }).max()
            else { return nil }
            return OpeningHours(weekday: open[0].weekday, from: first, to: last)
        }
    }

    // MARK: - Exceptions

    private static func desks(
        _ desks: Int, _ exceptions: [CapacityException], _ day: CalendarDay, _ start: DayTime, _ end: DayTime
    ) -> Int {
        exceptions.filter { $0.concerns(day, from: start, to: end) }.map(\.desks).reduce(desks, min)
    }

    private static func isClosed(
        _ exceptions: [CapacityException], _ day: CalendarDay, _ start: DayTime, _ end: DayTime
    ) -> Bool {
        exceptions.contains { $0.isClosure && $0.concerns(day, from: start, to: end) }
    }
}

extension WorkingDayCalendar {
    /// Whether the day belongs to a run of days off in a published list, a weekend day inside the run included. Beyond the
    /// published years no holiday is known.
    package func isPublicHoliday(_ day: CalendarDay) -> Bool {
        guard !self.isWorkingDay(day) else { return false }
        guard day.weekday.isWeekend else { return true }
        return self.years.contains { $0.off.contains { $0.first <= day && day <= $0.last } }
    }
}
