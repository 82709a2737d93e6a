import CardProgramme
import FoundationEssentials

/// The days a passed verification sets running.
struct DueDays: Sendable {
    let calendar: WorkingDayCalendar
    /// R47: seven in the district's plan.
    let initialReviewWorkingDays: Int

    /// By when the bureau must have reviewed; the day verification passed is day 0 (R47, A4).
    func initialReview(verifiedAt instant: Date) -> CalendarDay {
        self.calendar.day(self.initialReviewWorkingDays, workingDaysAfter: CalendarDay(instant))
    }
}
