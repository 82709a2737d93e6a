import CardProgramme
import FoundationEssentials

/// The limits that rules set for review and what follows it.
struct DueDays: Sendable {
    let calendar: WorkingDayCalendar
    /// R47: seven in the district's plan.
    let initialReviewWorkingDays: Int
    /// N18: thirty for audit and filing together.
    let auditAndFilingWorkingDays: Int
    /// What the bureau aims at with what came back to it; no rule sets this (A8).
    let correctionWorkingDays: Int

    /// By when the bureau must have reviewed; the day verification passed is day 0 (R47, A4).
    func initialReview(verifiedAt instant: Date) -> DueDate {
        self.calendar.dueDate(self.initialReviewWorkingDays, workingDaysAfter: CalendarDay(instant))
    }

    /// By when city and province together must be done; the day the initial review passed is day 0 (N18).
    func auditAndFiling(reviewedAt instant: Date) -> DueDate {
        self.calendar.dueDate(self.auditAndFilingWorkingDays, workingDaysAfter: CalendarDay(instant))
    }
}

extension DueDays {
    /// By when the bureau should have dealt with what came back to it.
    func correction(since instant: Date) -> CalendarDay {
        self.calendar.day(self.correctionWorkingDays, workingDaysAfter: CalendarDay(instant))
    }
}

/// What the programme makes of review's rules.
struct ReviewRules: Sendable {
    let dueDays: DueDays
    /// The bank checks what the province has filed, before a card is ordered (N23).
    let bankChecks: Bool
    /// Grounds that would be the province's to judge, and are refused outright here (N22).
    let refusedOutright: [Ground]
}

/// A duty with a limit, kept or missed by the decision that ends it.
enum Duty: String, Sendable, CaseIterable {
    /// Verification passed → the bureau decided (R47).
    case initialReview
    /// The bureau passed → the province filed, or the city returned or refused (N18).
    case auditAndFiling

    /// The stages in which it runs.
    var stages: [SubmissionStage] {
        switch self {
        case .initialReview: [.awaitingInitialReview]
        case .auditAndFiling: ReviewCase.superiorStages
        }
    }
}
