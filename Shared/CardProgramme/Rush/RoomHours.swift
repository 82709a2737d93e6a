import FoundationEssentials

/// When the booking horizon moves on by a day, and when the waiting room before it (线上候场) is open. Every day alike.
package struct RoomHours: Sendable, Hashable {
    /// Minutes after midnight in Asia/Shanghai: from when people may come and wait.
    package let gathersFrom: Int
    /// When the new day may be booked; those present are then drawn.
    package let opensAt: Int
    /// From when nobody new needs to wait, unless people of this opening still do.
    package let endsAfter: Int

    package init(gathersFrom: Int, opensAt: Int, endsAfter: Int) {
        self.gathersFrom = gathersFrom
        self.opensAt = opensAt
        self.endsAfter = endsAfter
    }

    /// 08:30 to 09:00, and an hour more. The documents set no hour: this is this system's own.
    package static let standard = RoomHours(gathersFrom: 8 * 60 + 30, opensAt: 9 * 60, endsAfter: 10 * 60)

    package func opening(on day: CalendarDay) -> RoomOpening {
        let (year, month, date) = day.components
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        func instant(_ minutes: Int) -> Date { day.startOfDay.addingTimeInterval(Double(minutes) * 60) }
        return RoomOpening(
            id: padded(year, 4) + padded(month, 2) + padded(date, 2) + "T" + padded(self.opensAt / 60, 2)
                + padded(self.opensAt % 60, 2),
            gathersFrom: instant(self.gathersFrom), opensAt: instant(self.opensAt), endsAfter: instant(self.endsAfter))
    }

    /// The opening of the instant's day, once people gather for it; nil before that.
    package func opening(at instant: Date) -> RoomOpening? {
        let opening = self.opening(on: CalendarDay(instant))
        return instant < opening.gathersFrom ? nil : opening
    }

    /// `9:00`
    package var clockTime: String { Self.clockTime(self.opensAt) }
    /// `8:30`
    package var gatheringTime: String { Self.clockTime(self.gathersFrom) }

    private static func clockTime(_ minutes: Int) -> String {
        "\(minutes / 60):" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
    }
}

/// The opening of one day.
package struct RoomOpening: Sendable, Hashable {
    /// Its day and hour: `20220301T0900`.
    package let id: String
    package let gathersFrom: Date
    package let opensAt: Date
    package let endsAfter: Date
}
