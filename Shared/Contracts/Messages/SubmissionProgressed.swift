import CardProgramme
import FoundationEssentials

/// Tells intake where the submission is now, so that one place answers “where is it, whose turn, by when”.
package struct SubmissionProgressed: MessageContract {
    package static let name = "submission.progressed"
    package static let producers: [ServiceName] = [.verification, .review, .issuance]
    package static let consumers: [ServiceName] = [.intake]

    package var submissionID: UUID
    package var round: Int
    /// The step that was taken.
    package var step: SubmissionStep
    /// Where that step led.
    package var stage: SubmissionStage
    /// By when whoever holds it now must act, if a rule gives a day (R47, R48, N18).
    package var dueOn: CalendarDay?
    package var at: Date

    package init(
        submissionID: UUID, round: Int, step: SubmissionStep, stage: SubmissionStage, dueOn: CalendarDay?, at: Date
    ) {
        self.submissionID = submissionID
        self.round = round
        self.step = step
        self.stage = stage
        self.dueOn = dueOn
        self.at = at
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, round: 1, step: .verificationPassed, stage: .awaitingInitialReview,
            dueOn: CalendarDay("2022-03-18"), at: Example.instant)
    }
}
