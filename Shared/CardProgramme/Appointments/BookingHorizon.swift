import FoundationEssentials

/// How far ahead one may book: so many days, a further one each day at a fixed hour.
///
/// Not all at once, because what is booked long ahead is often forgotten, and because two months of seats would go in one
/// morning.
package struct BookingHorizon: Hashable, Codable, Sendable {
    /// Days beyond today.
    package let days: Int
    /// When the last of them opens.
    package let opensAt: DayTime

    package init(days: Int = 14, opensAt: DayTime = BookingHorizon.usualHour) {
        self.days = max(0, days)
        self.opensAt = opensAt
    }

    /// 09:00, when the offices are open and somebody answers the telephone.
    package static let usualHour = DayTime.startOfDay.adding(minutes: 9 * 60)
    /// Online one books no later than so many minutes before the slot begins.
    package static let onlineLead = 30

    /// Why a slot cannot be booked now.
    package enum Bar: Hashable, Sendable {
        /// It is over, or for online bookings it has begun.
        case past
        /// It begins within ``BookingHorizon/onlineLead``: telephone, or just come.
        case tooSoon
        /// Its day is not open yet.
        case beyond(opens: Date)
    }

    /// The last day whose seats are open.
    package func lastDay(at now: Date) -> CalendarDay {
        let today = CalendarDay(now)
        return today.adding(days: now < self.opensAt.instant(on: today) ? self.days - 1 : self.days)
    }

    /// When a day's seats open.
    package func opening(of day: CalendarDay) -> Date {
        self.opensAt.instant(on: day.adding(days: -self.days))
    }

    /// The next time after an instant at which a day's seats open.
    package func nextOpening(after now: Date) -> Date {
        let today = CalendarDay(now)
        let opening = self.opensAt.instant(on: today)
        return opening > now ? opening : self.opensAt.instant(on: today.adding(days: 1))
    }

    /// What stands against booking a slot now, as far as time goes; nil for nothing.
    ///
    /// - Parameter minutes: How long the slot is. By phone and on foot one may book until its end.
    package func bar(to slot: SlotID, minutes: Int, now: Date, channel: BookingChannel) -> Bar? {
        let start = slot.startsAt
        switch channel {
        case .online:
            if start <= now { return .past }
            if start < now.addingTimeInterval(Double(Self.onlineLead) * 60) { return .tooSoon }
        case .hotline, .walkIn:
            if start.addingTimeInterval(Double(max(0, minutes)) * 60) <= now { return .past }
        }
        return slot.day > self.lastDay(at: now) ? .beyond(opens: self.opening(of: slot.day)) : nil
    }

    package func isBookable(_ slot: SlotID, minutes: Int, now: Date, channel: BookingChannel) -> Bool {
        self.bar(to: slot, minutes: minutes, now: now, channel: channel) == nil
    }

    package func isBookable(_ slot: SlotShape, now: Date, channel: BookingChannel) -> Bool {
        self.isBookable(slot.id, minutes: slot.minutes, now: now, channel: channel)
    }
}
