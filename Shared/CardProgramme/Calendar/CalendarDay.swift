import FoundationEssentials

/// A day of the programme's calendar: the civil date in Asia/Shanghai, without a time.
///
/// Every rule about dates speaks of days, never of instants, so this is what deadlines, windows and birth dates are made
/// of. It is one `Int32` (days since 1970-01-01, proleptic Gregorian), so comparing, hashing and adding days cost as
/// much as they do for an integer.
///
/// Asia/Shanghai is taken as UTC+8 without exception. China had summer time from 1986 to 1991, long before any instant
/// this system turns into a day; birth dates are never instants.
package struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before.
    package let daysSince1970: Int32

    /// Seconds that the civil time of Asia/Shanghai is ahead of UTC.
    package static let shanghaiOffset = 8 * 3600

    /// The earliest day that can be written as "yyyy-MM-dd", 0001-01-01.
    package static let earliest = CalendarDay(daysSince1970: -719_162)

    /// The latest day that can be written as "yyyy-MM-dd", 9999-12-31.
    package static let latest = CalendarDay(daysSince1970: 2_932_896)

    /// Takes a day by its number; the caller keeps it between ``earliest`` and ``latest``.
    package init(daysSince1970: Int32) {
        self.daysSince1970 = daysSince1970
    }

    /// The day of an instant, as the wall calendar in Asia/Shanghai shows it.
    ///
    /// Instants before ``earliest`` or after ``latest`` become these, so that a foreign clock value cannot trap.
    package init(_ instant: Date) {
        let days = ((instant.timeIntervalSince1970 + Double(Self.shanghaiOffset)) / 86_400).rounded(.down)
        guard days >= Double(Self.earliest.daysSince1970) else {
            self = Self.earliest
            return
        }
        guard days <= Double(Self.latest.daysSince1970) else {
            self = Self.latest
            return
        }
        self.daysSince1970 = Int32(days)
    }

    /// The day of a civil date, or nil for one that does not exist, such as 31 February.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, in: year)
        else {
            return nil
        }
        self.daysSince1970 = Self.number(year: year, month: month, day: day)
    }

    /// Reads "yyyy-MM-dd", exactly: ten ASCII characters and a date that exists.
    package init?(_ text: String) {
        self.init(text.utf8Span.span)
    }

    /// Reads "yyyy-MM-dd" from its bytes without making a string.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.digits(bytes, 0..<4), let month = Self.digits(bytes, 5..<7),
            let day = Self.digits(bytes, 8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The same from bytes that stand in a larger buffer, such as a database column.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        self.init(bytes.span)
    }

    private static func digits(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var number = 0
        for index in range {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    /// The instant at which the day begins in Asia/Shanghai: 16:00 UTC of the day before.
    package var startOfDay: Date {
        Date(timeIntervalSince1970: Double(self.daysSince1970) * 86_400 - Double(Self.shanghaiOffset))
    }

    /// The instant at which the day ends, which is the beginning of the next: a limit of this day is kept before it.
    package var endOfDay: Date {
        Date(timeIntervalSince1970: (Double(self.daysSince1970) + 1) * 86_400 - Double(Self.shanghaiOffset))
    }

    /// The day so many days later (earlier, when negative), held between ``earliest`` and ``latest``.
    package func adding(days: Int) -> CalendarDay {
        let (sum, overflow) = Int(self.daysSince1970).addingReportingOverflow(days)
        guard !overflow else { return days > 0 ? Self.latest : Self.earliest }
        let held = min(max(sum, Int(Self.earliest.daysSince1970)), Int(Self.latest.daysSince1970))
        return CalendarDay(daysSince1970: Int32(held))
    }

    /// How many days `other` lies after this day; negative when before.
    package func days(to other: CalendarDay) -> Int {
        Int(other.daysSince1970) - Int(self.daysSince1970)
    }

    /// The day of the week.
    package var weekday: Weekday {
        // 1970-01-01 was a Thursday; the remainder counts from Monday.
        let remainder = (Int(self.daysSince1970) + 3) % 7
        return Weekday.allCases[remainder < 0 ? remainder + 7 : remainder]
    }

    /// Year, month and day in one pass: cheaper than asking for the three one by one.
    package var components: (year: Int, month: Int, day: Int) {
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let shifted = Int(self.daysSince1970) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    package var year: Int { self.components.year }
    package var month: Int { self.components.month }
    package var day: Int { self.components.day }

    /// Whether the year has a 29 February.
    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// How many days the month has; the month is 1 to 12.
    package static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: Self.isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(year: Int, month: Int, day: Int) -> Int32 {
        // Howard Hinnant, days_from_civil: years begin in March, so the leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }
}

/// A day of the week; the raw value counts from Monday = 1 (ISO 8601).
package enum Weekday: Int, Sendable, CaseIterable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    /// Saturday or Sunday.
    package var isWeekend: Bool { self.rawValue >= 6 }
}
