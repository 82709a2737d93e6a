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
}
