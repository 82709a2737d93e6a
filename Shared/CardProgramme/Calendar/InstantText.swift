import FoundationEssentials

/// Instants as text: ISO 8601 (RFC 3339), written in UTC with milliseconds.
///
/// Written here because the library's format style cuts off instead of rounding (…456 ms come back as …455) and takes
/// 31 February for 3 March.
package enum InstantText {
    /// `2022-03-01T01:02:03.456Z`, to the nearest millisecond. Years 0000 to 9999.
    package static func format(_ instant: Date) -> String {
        let milliseconds = Int64((instant.timeIntervalSince1970 * 1000).rounded())
        let (days, rest) = Self.floorDivide(milliseconds, 86_400_000)
        let (year, month, day) = Self.civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        Self.append(year, 4, &text)
        for (mark, value, width) in [
            ("-", month, 2), ("-", day, 2), ("T", rest / 3_600_000, 2), (":", rest / 60_000 % 60, 2),
            (":", rest / 1000 % 60, 2), (".", rest % 1000, 3),
        ] {
            text.append(contentsOf: mark.utf8)
            Self.append(value, width, &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss`, a fraction of any length or none, and `Z` or an offset; `nil` for anything else and
    /// for days and times that do not exist.
    package static func parse(_ text: String) -> Date? {
        var bytes = Array(text.utf8)[...]
        guard text.utf8.count <= 40, let year = Self.number(&bytes, 4), Self.mark(&bytes, "-"),
            let month = Self.number(&bytes, 2), Self.mark(&bytes, "-"), let day = Self.number(&bytes, 2),
            Self.mark(&bytes, "T"), let hour = Self.number(&bytes, 2), Self.mark(&bytes, ":"),
            let minute = Self.number(&bytes, 2), Self.mark(&bytes, ":"), let second = Self.number(&bytes, 2)
        else { return nil }
        var fraction = 0.0
        if Self.mark(&bytes, ".") {
            let digits = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty else { return nil }
            for digit in digits.reversed() { fraction = (fraction + Double(digit - 0x30)) / 10 }
            bytes = bytes.dropFirst(digits.count)
        }
        guard let offset = Self.offset(&bytes), bytes.isEmpty, (1...12).contains(month), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let days = Self.days(year, month, day)
        // A day that does not exist comes back as another one.
        guard Self.civil(days) == (year, month, day) else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    private static func offset(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
        if Self.mark(&bytes, "Z") { return 0 }
        let sign: Int64 = Self.mark(&bytes, "+") ? 1 : Self.mark(&bytes, "-") ? -1 : 0
        guard sign != 0, let hours = Self.number(&bytes, 2), Self.mark(&bytes, ":"),
            let minutes = Self.number(&bytes, 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func mark(_ bytes: inout ArraySlice<UInt8>, _ mark: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: mark) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>, _ width: Int) -> Int64? {
        let digits = bytes.prefix(width)
        guard digits.count == width, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        bytes = bytes.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func append(_ value: Int64, _ width: Int, _ text: inout [UInt8]) {
        var digits = [UInt8](repeating: 0x30, count: width)
        var rest = value
        for index in digits.indices.reversed() {
            digits[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        text.append(contentsOf: digits)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = value % divisor
        return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
    }

    /// Days since 1970 of a day of the Gregorian calendar (H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = Self.floorDivide(shifted, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day of the Gregorian calendar that lies so many days after 1970-01-01 (same source).
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = Self.floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
