import FoundationEssentials

/// Names a slot by what it is, so that making a day's slots twice makes the same ones.
///
/// As text it is `<station>.<k>.<yyyymmdd>.<hhmm>`, for example `341602-01.c.20220301.0900`, with k as in
/// ``AppointmentKind/code``.
package struct SlotID: Hashable, Sendable {
    /// Code of the station.
    package let station: String
    package let kind: AppointmentKind
    package let day: CalendarDay
    /// When it begins, 00:00 to 23:59.
    package let start: DayTime

    package init(station: String, kind: AppointmentKind, day: CalendarDay, start: DayTime) {
        self.station = station
        self.kind = kind
        self.day = day
        self.start = start
    }

    /// The instant at which it begins.
    package var startsAt: Date { self.start.instant(on: self.day) }
}

extension SlotID: Comparable {
    /// By time, then by station, then by kind.
    package static func < (left: SlotID, right: SlotID) -> Bool {
        (left.day, left.start, left.station, left.kind.code) < (right.day, right.start, right.station, right.kind.code)
    }
}

extension SlotID: LosslessStringConvertible {
    package var text: String { self.description }

    package var description: String {
        let (year, month, day) = self.day.components
        var digits = InlineArray<8, UInt8>(repeating: 0)
        digits.put(year, digits: 4, at: 0)
        digits.put(month, digits: 2, at: 4)
        digits.put(day, digits: 2, at: 6)
        return "\(self.station).\(self.kind.code).\(String(ascii: digits)).\(self.start.digits)"
    }

    /// Reads the text exactly: what it takes is what ``description`` writes, and a station's code is at most 32 ASCII
    /// letters, digits and hyphens.
    package init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, Self.isCode(parts[0]), parts[1].count == 1, let letter = parts[1].first,
            let kind = AppointmentKind(code: letter), parts[2].utf8.count == 8, parts[3].utf8.count == 4
        else { return nil }
        let date = Array(parts[2].utf8)
        let time = Array(parts[3].utf8)
        guard let day = CalendarDay(Self.joined([date[0..<4], date[4..<6], date[6..<8]], "-")),
            let start = DayTime(Self.joined([time[0..<2], time[2..<4]], ":")), start < .endOfDay
        else { return nil }
        self.init(station: String(parts[0]), kind: kind, day: day, start: start)
    }

    private static func isCode(_ text: Substring) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }

    private static func joined(_ parts: [ArraySlice<UInt8>], _ mark: String) -> String {
        parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: mark)
    }
}

extension SlotID: Codable {
    /// Reads the text.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let slot = SlotID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "时段编号形如 341602-01.c.20220301.0900 · a slot is named like 341602-01.c.20220301.0900")
        }
        self = slot
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
