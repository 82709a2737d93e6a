import FoundationEssentials

/// A seat that came free and is kept for somebody on the waiting list (候补).
package struct WaitingOffer: Codable, Hashable, Sendable {
    package let slot: SlotID
    package let at: Date
    /// Until then the seat is theirs; not after.
    package let until: Date
    /// Whether somebody calls them instead of a message (R107).
    package let byPhone: Bool

    /// Offers one person gets from one entry of the list.
    package static let most = 3
    /// How long the seat is kept, in hours.
    package static let heldFor = 2
    /// Only slots so many days ahead or more are offered: who is offered one must be able to come.
    package static let leastDaysAhead = 2
    /// From this age on, in completed years, it is offered by phone.
    package static let phoneAge = 70

    /// Why there is no offer now.
    package enum Bar: Hashable, Sendable {
        case offeredOften
        case offeredToday
        case slotTooSoon
    }

    /// What stands against offering a slot; nil for nothing.
    ///
    /// - Parameter earlier: When this entry of the list was offered something before.
    package static func bar(slot: SlotID, earlier: [Date], now: Date) -> Bar? {
        let today = CalendarDay(now)
        if earlier.count >= Self.most { return .offeredOften }
        if earlier.contains(where: { CalendarDay($0) == today }) { return .offeredToday }
        return slot.day < today.adding(days: Self.leastDaysAhead) ? .slotTooSoon : nil
    }

    /// Makes the offer, or says why not.
    ///
    /// - Parameter born: Of the person; nil where it is not known, and then they are called.
    package static func make(
        slot: SlotID, earlier: [Date], born: CalendarDay?, now: Date
    ) -> Result<WaitingOffer, NoOffer> {
        if let bar = Self.bar(slot: slot, earlier: earlier, now: now) { return .failure(NoOffer(bar: bar)) }
        let isOld = born.map { AgeRule.hasCompleted(Self.phoneAge, born: $0, on: CalendarDay(now)) } ?? true
        return .success(
            WaitingOffer(
                slot: slot, at: now, until: now.addingTimeInterval(Double(Self.heldFor) * 3600), byPhone: isOld))
    }

    /// No offer was made.
    package struct NoOffer: Error, Hashable, Sendable {
        package let bar: Bar

        package init(bar: Bar) {
            self.bar = bar
        }
    }

    package init(slot: SlotID, at: Date, until: Date, byPhone: Bool) {
        self.slot = slot
        self.at = at
        self.until = until
        self.byPhone = byPhone
    }

    package func isOpen(at now: Date) -> Bool { now >= self.at && now < self.until }
}

/// What follows when somebody did not come. There is no blacklist: the card is theirs, and perhaps the number was wrong.
package struct NoShowRule: Hashable, Sendable {
    /// Appointments this person has missed.
    package let missed: Int

    package init(missed: Int) {
        self.missed = missed
    }

    /// Somebody calls, asks why, and books anew (R25).
    package var callsBack: Bool { self.missed >= 1 }
    /// The next appointment counts once they have said by phone that they will come.
    package var needsPhoneConfirmation: Bool { self.missed >= 2 }
    /// A home visit is offered, whatever their age (R73, R119: 双方约定).
    package var offersHomeVisit: Bool { self.missed >= 2 }
}
