import FoundationEssentials

/// A time of the civil day in Asia/Shanghai, to the minute: 00:00 to 24:00, the day's end.
package struct DayTime: Hashable, Comparable, Sendable {
    /// Minutes since the day began, 0 to 1440.
    package let minute: Int

    package static let startOfDay = DayTime(held: 0)
    package static let noon = DayTime(held: 12 * 60)
    package static let endOfDay = DayTime(held: 24 * 60)

    private init(held minute: Int) {
        self.minute = minute
    }

    /// Nil outside 0 to 1440.
    package init?(minute: Int) {
        guard (0...1440).contains(minute) else { return nil }
        self.minute = minute
    }

    /// Nil for a time that no clock shows; 24:00 is the only one of hour 24.
    package init?(hour: Int, minute: Int = 0) {
        guard (0...24).contains(hour), (0...59).contains(minute) else { return nil }
        self.init(minute: hour * 60 + minute)
    }

    /// The time at which an instant lies in its day; seconds are cut off.
    package init(_ instant: Date) {
        let seconds = instant.timeIntervalSince(CalendarDay(instant).startOfDay)
        // Instants before the earliest or after the latest day lie outside of it.
        self.minute = Int(min(max(seconds, 0), 86_399)) / 60
    }

    package static func < (left: DayTime, right: DayTime) -> Bool { left.minute < right.minute }

    /// So many minutes later (earlier, when negative), held within the day.
    package func adding(minutes: Int) -> DayTime {
        let (sum, overflow) = self.minute.addingReportingOverflow(minutes)
        guard !overflow else { return minutes > 0 ? .endOfDay : .startOfDay }
        return DayTime(held: min(max(sum, 0), 1440))
    }

    /// The instant at which it comes on a day.
    package func instant(on day: CalendarDay) -> Date {
        day.startOfDay.addingTimeInterval(Double(self.minute) * 60)
    }

    /// The four digits of ``description`` without the colon, as a ``SlotID`` has them.
    var digits: String {
        var bytes = InlineArray<4, UInt8>(repeating: 0)
        bytes.put(self.minute / 60, digits: 2, at: 0)
        bytes.put(self.minute % 60, digits: 2, at: 2)
        return String(ascii: bytes)
    }

    /// Reads two and two digits; nil for anything else.
    init?(digits hour: some StringProtocol, _ minute: some StringProtocol) {
        guard let hour = Self.number(hour), let minute = Self.number(minute) else { return nil }
        self.init(hour: hour, minute: minute)
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 2, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(bytes[0] - 0x30) * 10 + Int(bytes[1] - 0x30)
    }
}

extension DayTime: LosslessStringConvertible {
    /// The time as "HH:mm".
    package var description: String {
        var bytes = InlineArray<5, UInt8>(repeating: UInt8(ascii: ":"))
        bytes.put(self.minute / 60, digits: 2, at: 0)
        bytes.put(self.minute % 60, digits: 2, at: 3)
        return String(ascii: bytes)
    }

    /// Reads "HH:mm", exactly: five ASCII characters and a time there is.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(digits: parts[0], parts[1])
    }
}

extension DayTime: Codable {
    /// Reads the string "HH:mm".
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = DayTime(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "时间须写成 HH:mm，00:00 至 24:00 · a time is written HH:mm, 00:00 to 24:00")
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
