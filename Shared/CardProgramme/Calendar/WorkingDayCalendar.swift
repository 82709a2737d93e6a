import FoundationEssentials

/// Which days are working days, by the lists the State Council publishes year by year (调休 included).
///
/// Days outside the published years follow the weekend alone, and a due date that depends on them is provisional: the
/// list for a year appears only weeks before it, so what crosses into it has to be computed again (national rules §2.4).
///
/// Every question is answered in constant time and without allocation from two tables made once: how many working days
/// there are up to each day, and which day the n-th working day is.
package struct WorkingDayCalendar: Sendable {
    /// Names the lists this calendar was made of; stored beside every due date computed with it.
    package let version: String
    /// The first day of the published years.
    package let knownFrom: CalendarDay
    /// The last day of the published years.
    package let knownThrough: CalendarDay
    /// The lists, by year.
    package let years: [WorkingDayYear]

    /// For each known day, the working days from ``knownFrom`` up to and including it.
    private let counts: [Int32]
    /// The number (``CalendarDay/daysSince1970``) of each known working day, in order.
    private let workingDays: [Int32]
    /// Weekdays up to and including the day before ``knownFrom``, and up to and including ``knownThrough``.
    private let weekdaysBefore: Int
    private let weekdaysThrough: Int

    /// Makes a calendar of yearly lists.
    ///
    /// - Parameter years: At least one, without a gap and without a year twice, in any order.
    package init(version: String, years: [WorkingDayYear]) throws(WorkingDayCalendarError) {
        let sorted = years.sorted { $0.year < $1.year }
        guard !version.isEmpty else { throw WorkingDayCalendarError(year: nil, problem: .versionMissing) }
        guard let first = sorted.first, let last = sorted.last else {
            throw WorkingDayCalendarError(year: nil, problem: .noYears)
        }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) {
            if later.year == earlier.year { throw WorkingDayCalendarError(year: later.year, problem: .yearTwice) }
            if later.year != earlier.year + 1 {
                throw WorkingDayCalendarError(year: earlier.year + 1, problem: .yearMissing)
            }
        }
        guard let from = CalendarDay(year: first.year, month: 1, day: 1),
            let through = CalendarDay(year: last.year, month: 12, day: 31)
        else { throw WorkingDayCalendarError(year: first.year, problem: .yearOutOfRange) }

        let exceptions = try Self.exceptions(of: sorted)
        var counts: [Int32] = []
        var workingDays: [Int32] = []
        counts.reserveCapacity(from.days(to: through) + 1)
        for number in from.daysSince1970...through.daysSince1970 {
            if exceptions[number] ?? !CalendarDay(daysSince1970: number).weekday.isWeekend {
                workingDays.append(number)
            }
            counts.append(Int32(workingDays.count))
        }
        self.version = version
        self.knownFrom = from
        self.knownThrough = through
        self.years = sorted
        self.counts = counts
        self.workingDays = workingDays
        self.weekdaysBefore = Self.weekdays(through: Int(from.daysSince1970) - 1)
        self.weekdaysThrough = Self.weekdays(through: Int(through.daysSince1970))
    }

    /// Whether the day is a working day; outside the published years, whether it is Monday to Friday.
    package func isWorkingDay(_ day: CalendarDay) -> Bool {
        guard self.isKnown(day) else { return !day.weekday.isWeekend }
        return self.ordinal(day) != self.ordinal(CalendarDay(daysSince1970: day.daysSince1970 - 1))
    }

    /// Whether a published list covers the day.
    package func isKnown(_ day: CalendarDay) -> Bool {
        day >= self.knownFrom && day <= self.knownThrough
    }

    /// The n-th working day after an event; the day of the event is day 0 and never counts (A4).
    ///
    /// For n = 0 it is the event's own day, working day or not; a negative n counts backwards.
    package func day(_ n: Int, workingDaysAfter event: CalendarDay) -> CalendarDay {
        if n == 0 { return event }
        // Beyond this the answer lies outside the representable days anyway, and the sums below cannot overflow.
        let held = min(max(n, -4_000_000), 4_000_000)
        let before = CalendarDay(daysSince1970: event.daysSince1970 - 1)
        return self.day(ofOrdinal: held > 0 ? self.ordinal(event) + held : self.ordinal(before) + 1 + held)
    }

    /// The n-th working day after an event together with what is needed to compute it again.
    package func dueDate(_ n: Int, workingDaysAfter event: CalendarDay) -> DueDate {
        let day = self.day(n, workingDaysAfter: event)
        return DueDate(
            event: event, workingDays: n, day: day, isProvisional: !self.isKnown(day) || !self.isKnown(event),
            calendarVersion: self.version)
    }

    /// How many working days lie after `start` up to and including `end`; negative when `end` comes first.
    package func workingDays(after start: CalendarDay, through end: CalendarDay) -> Int {
        self.ordinal(end) - self.ordinal(start)
    }

    /// The last working day before the day.
    package func lastWorkingDay(before day: CalendarDay) -> CalendarDay {
        self.day(ofOrdinal: self.ordinal(CalendarDay(daysSince1970: day.daysSince1970 - 1)))
    }

    /// The day itself when it is a working day, otherwise the next one that is.
    package func workingDay(onOrAfter day: CalendarDay) -> CalendarDay {
        self.day(1, workingDaysAfter: CalendarDay(daysSince1970: day.daysSince1970 - 1))
    }

    // MARK: - The tables

    /// The number of the last working day up to and including the day; 1 is the first one of the published years.
    private func ordinal(_ day: CalendarDay) -> Int {
        if day < self.knownFrom { return Self.weekdays(through: Int(day.daysSince1970)) - self.weekdaysBefore }
        if day > self.knownThrough {
            return self.workingDays.count + Self.weekdays(through: Int(day.daysSince1970)) - self.weekdaysThrough
        }
        return Int(self.counts[Int(day.daysSince1970 - self.knownFrom.daysSince1970)])
    }

    private func day(ofOrdinal ordinal: Int) -> CalendarDay {
        let number: Int
        if ordinal < 1 {
            number = Self.weekday(ordinal + self.weekdaysBefore)
        } else if ordinal > self.workingDays.count {
            number = Self.weekday(ordinal - self.workingDays.count + self.weekdaysThrough)
        } else {
            return CalendarDay(daysSince1970: self.workingDays[ordinal - 1])
        }
        return CalendarDay(daysSince1970: 0).adding(days: number)
    }

    /// How many Mondays to Fridays there are from Monday 1969-12-29 through the day with this number.
    private static func weekdays(through number: Int) -> Int {
        let (week, day) = (number + 3).dividedDown(by: 7)
        return week * 5 + min(day + 1, 5)
    }

    /// The number of the day on which ``weekdays(through:)`` reaches `count`.
    private static func weekday(_ count: Int) -> Int {
        let (week, day) = (count - 1).dividedDown(by: 5)
        return week * 7 + day - 3
    }

    /// Which days differ from the weekend rule: true for a worked one.
    private static func exceptions(of years: [WorkingDayYear]) throws(WorkingDayCalendarError) -> [Int32: Bool] {
        var exceptions: [Int32: Bool] = [:]
        for list in years {
            for range in list.off {
                for number in range.first.daysSince1970...range.last.daysSince1970 { exceptions[number] = false }
            }
        }
        for list in years {
            for day in list.worked {
                if exceptions[day.daysSince1970] == false {
                    throw WorkingDayCalendarError(year: list.year, problem: .offAndWorked(day))
                }
                exceptions[day.daysSince1970] = true
            }
        }
        return exceptions
    }
}

extension Int {
    /// Quotient and remainder of a division that rounds down, so that the remainder is never negative.
    fileprivate func dividedDown(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
