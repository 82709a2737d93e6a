extension Programme {
    /// The earliest batch of any of the categories somebody holds (R29–R30); nil when no batch lists one of them.
    ///
    /// - Parameter date: The day the question is asked for: one category has an age rule (R29).
    package func batch(for categories: Set<Category>, birthDate: CalendarDay, on date: CalendarDay) -> Int? {
        let counted = Category.effective(categories, birthDate: birthDate, on: date)
        return self.batches.first { !$0.categories.isDisjoint(with: counted) }?.number
    }

    /// Whether the day lies in the batch's own window; false for a batch that does not exist.
    package func isOpen(batch number: Int, on day: CalendarDay) -> Bool {
        self.batch(number)?.window.contains(day) ?? false
    }

    /// The batch with the number.
    package func batch(_ number: Int) -> Batch? {
        self.batches.first { $0.number == number }
    }

    /// The station with the code.
    package func station(_ code: String) -> Station? {
        self.stations.first { $0.code == code }
    }

    /// Whether somebody may hand in a submission on a day. Registration is never gated (R68, A1).
    package enum Admission: Hashable, Sendable {
        /// Yes, as part of this batch.
        case open(batch: Int)
        /// Not before this day.
        case notYet(batch: Int, opens: CalendarDay)
        /// Intake has ended.
        case ended(batch: Int, on: CalendarDay)
        /// No batch is meant for these categories.
        case noBatch
    }

    /// Decides whether somebody may hand in a submission on a day.
    ///
    /// Who comes after the own batch's window is taken in the windows of later batches, and counts as of the own batch:
    /// a batch says when the turn begins, and nobody may be missed (R25). Only the end of the last window ends intake.
    package func admission(for categories: Set<Category>, birthDate: CalendarDay, on day: CalendarDay) -> Admission {
        guard let number = self.batch(for: categories, birthDate: birthDate, on: day), let own = self.batch(number)
        else {
            return .noBatch
        }
        if day < own.window.from { return .notYet(batch: number, opens: own.window.from) }
        let reachable = self.batches.filter { $0.number >= number }
        if reachable.contains(where: { $0.window.contains(day) }) { return .open(batch: number) }
        if let next = reachable.lazy.map(\.window.from).filter({ $0 > day }).min() {
            return .notYet(batch: number, opens: next)
        }
        return .ended(batch: number, on: reachable.compactMap(\.window.through).max() ?? own.window.from)
    }
}
