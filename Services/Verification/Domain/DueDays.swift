import CardProgramme
import FoundationEssentials

/// The days a passed verification sets running.
struct DueDays: Sendable {
    let calendar: WorkingDayCalendar
    /// R47: seven in the district's plan.
    let initialReviewWorkingDays: Int
    /// What the centre aims at; no rule sets these two (A8).
    let verificationWorkingDays: Int
    let correctionWorkingDays: Int

    init(calendar: WorkingDayCalendar, deadlines: Deadlines) {
        self.calendar = calendar
        self.initialReviewWorkingDays = deadlines.initialReview.workingDays
        self.verificationWorkingDays = deadlines.verification.workingDays
        self.correctionWorkingDays = deadlines.correction.workingDays
    }

    /// By when a case should, or must, leave a stage it has been in since `instant`, and whether that is a limit.
    func day(of stage: SubmissionStage, since instant: Date) -> (day: CalendarDay, isLimit: Bool)? {
        switch stage {
        case .awaitingVerification:
            (self.calendar.day(self.verificationWorkingDays, workingDaysAfter: CalendarDay(instant)), false)
        case .returnedToCentre, .returnedToStation:
            (self.calendar.day(self.correctionWorkingDays, workingDaysAfter: CalendarDay(instant)), false)
        case .awaitingInitialReview: (self.initialReview(verifiedAt: instant), true)
        default: nil
        }
    }

    /// Cases that came before this day and still wait for verification are past their target on `today`.
    func overdueBefore(_ today: CalendarDay) -> CalendarDay {
        self.calendar.firstDay(whosePeriodOf: self.verificationWorkingDays, endsOnOrAfter: today)
    }

    /// By when the bureau must have reviewed; the day verification passed is day 0 (R47, A4).
    func initialReview(verifiedAt instant: Date) -> CalendarDay {
        self.calendar.day(self.initialReviewWorkingDays, workingDaysAfter: CalendarDay(instant))
    }
}
