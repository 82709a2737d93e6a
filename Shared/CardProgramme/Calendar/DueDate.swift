/// A day by which something is due, with all that is needed to compute it again from a newer calendar.
package struct DueDate: Codable, Hashable, Sendable {
    /// The day of the event that set the clock; it is day 0 (A4).
    package let event: CalendarDay
    /// How many working days after the event.
    package let workingDays: Int
    /// The last day on which the duty is kept; it ends with ``CalendarDay/endOfDay``.
    package let day: CalendarDay
    /// Whether the calendar did not yet know all the days counted, so that a newer list may move the day.
    package let isProvisional: Bool
    /// The calendar it was computed with.
    package let calendarVersion: String

    package init(event: CalendarDay, workingDays: Int, day: CalendarDay, isProvisional: Bool, calendarVersion: String) {
        self.event = event
        self.workingDays = workingDays
        self.day = day
        self.isProvisional = isProvisional
        self.calendarVersion = calendarVersion
    }
}

/// What a new issue of the calendar did to due dates: the record that is kept of it.
package struct DueDateRecomputation<ID: Hashable & Sendable>: Sendable {
    /// One due date that differs, before and after.
    package struct Change: Hashable, Sendable {
        package let id: ID
        package let before: DueDate
        package let after: DueDate
    }

    /// The calendar they were computed with now.
    package let calendarVersion: String
    /// Those due on another day now.
    package let moved: [Change]
    /// Those due on the same day, of which it is now certain, or no longer certain.
    package let confirmed: [Change]
    /// How many are as they were.
    package let unchanged: Int
}

extension DueDateRecomputation.Change: Codable where ID: Codable {}
extension DueDateRecomputation: Codable where ID: Codable {}

extension WorkingDayCalendar {
    /// Computes a due date again with this calendar.
    package func recompute(_ due: DueDate) -> DueDate {
        self.dueDate(due.workingDays, workingDaysAfter: due.event)
    }

    /// Computes due dates again with this calendar and records what changed.
    ///
    /// Due dates already computed with this version are counted as unchanged without looking at them.
    package func recompute<ID: Hashable & Sendable>(_ dues: some Sequence<(ID, DueDate)>) -> DueDateRecomputation<ID> {
        var moved: [DueDateRecomputation<ID>.Change] = []
        var confirmed: [DueDateRecomputation<ID>.Change] = []
        var unchanged = 0
        for (id, before) in dues {
            guard before.calendarVersion != self.version else {
                unchanged += 1
                continue
            }
            let after = self.recompute(before)
            if after.day != before.day {
                moved.append(.init(id: id, before: before, after: after))
            } else if after.isProvisional != before.isProvisional {
                confirmed.append(.init(id: id, before: before, after: after))
            } else {
                unchanged += 1
            }
        }
        return DueDateRecomputation(
            calendarVersion: self.version, moved: moved, confirmed: confirmed, unchanged: unchanged)
    }
}

extension WorkingDayCalendar {
    /// The first day whose period of so many working days ends on `day` or later: what began before it is overdue then.
    package func firstDay(whosePeriodOf workingDays: Int, endsOnOrAfter day: CalendarDay) -> CalendarDay {
        var first = day
        while self.day(workingDays, workingDaysAfter: first.adding(days: -1)) >= day { first = first.adding(days: -1) }
        return first
    }
}
