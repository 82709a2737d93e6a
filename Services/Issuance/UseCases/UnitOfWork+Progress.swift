import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

extension UnitOfWork {
    /// Tells intake that these cards took a step, one message per card.
    func tellIntake(
        _ cards: [CardInCustody], took step: SubmissionStep, to stage: SubmissionStage, dueOn: CalendarDay? = nil,
        at now: Date
    ) throws {
        for card in cards {
            try self.emit(
                SubmissionProgressed(
                    submissionID: card.submissionID, round: card.round, step: step, stage: stage, dueOn: dueOn, at: now),
                subject: card.submissionID, to: .intake, lane: card.lane)
        }
    }
}
