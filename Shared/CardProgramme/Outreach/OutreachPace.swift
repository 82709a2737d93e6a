import FoundationEssentials

/// Gives each message an hour and each call a day, no more of them than a campaign may take: a flood of messages only makes a
/// jam of calls nobody clears.
///
/// Knows how much of each slot is taken; whoever uses it keeps that.
package struct OutreachPace: Sendable {
    /// How many an hour, or a day, takes.
    package let perSlot: Int
    fileprivate let window: SendingWindow
    fileprivate let calendar: WorkingDayCalendar
    fileprivate let slotSeconds: TimeInterval?
    /// Taken, by the slot's beginning.
    package private(set) var taken: [Date: Int]

    /// - Parameter taken: By the slot's beginning.
    package static func messages(
        perHour: Int, band: MessageBand?, calendar: WorkingDayCalendar, taken: [Date: Int] = [:]
    ) -> OutreachPace {
        OutreachPace(
            perSlot: max(1, perHour), window: band?.window ?? .outreach, calendar: calendar, slotSeconds: 3600,
            taken: taken)
    }

    /// From 09:00 of a working day on.
    package static func calls(
        perDay: Int, calendar: WorkingDayCalendar, taken: [Date: Int] = [:]
    ) -> OutreachPace {
        OutreachPace(
            perSlot: max(1, perDay), window: .outreach, calendar: calendar, slotSeconds: nil, taken: taken)
    }

    /// The slot an instant lies in: the hour, or the day.
    private func slot(_ instant: Date) -> Date {
        guard let slotSeconds else { return DayTime.startOfDay.instant(on: CalendarDay(instant)) }
        return Date(timeIntervalSince1970: (instant.timeIntervalSince1970 / slotSeconds).rounded(.down) * slotSeconds)
    }

    private func after(_ slot: Date) -> Date {
        slot.addingTimeInterval(self.slotSeconds ?? 86_400)
    }

    /// Takes places for so many, the earliest first.
    ///
    /// - Returns: how many from which instant on, in order; fewer than asked for where a year has no more places.
    package mutating func take(_ count: Int, from now: Date) -> [(at: Date, count: Int)] {
        var rest = count
        var places: [(at: Date, count: Int)] = []
        var instant = now
        let horizon = now.addingTimeInterval(366 * 86_400)
        while rest > 0, let open = self.window.next(from: instant, calendar: self.calendar), open < horizon {
            let slot = self.slot(open)
            let free = min(rest, self.perSlot - self.taken[slot, default: 0])
            if free > 0 {
                self.taken[slot, default: 0] += free
                places.append((open, free))
                rest -= free
            }
            instant = max(self.after(slot), open.addingTimeInterval(1))
        }
        return places
    }
}
