import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import Storage

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

    /// Asks to tell the holders that their cards are at the station.
    func callFor(_ cards: [CardInCustody], tellBy: CalendarDay, at now: Date) throws {
        for card in cards {
            try self.emit(
                NoticeRequested(
                    noticeID: UUIDv7.generate(), personID: card.personID, submissionID: card.submissionID,
                    purpose: .cardArrived, requestedAt: now, tellBy: tellBy),
                subject: card.submissionID, to: .notification, lane: card.lane)
        }
    }

    /// Void cards are kept by whoever has them now, and are dead (N32).
    ///
    /// - Parameter hand: The hand whose count each leaves; nil takes each card's own.
    func takeBack(
        _ cards: [CardInCustody], at hand: String?, by caller: CardJournal.Caller, at now: Date
    ) async throws {
        guard !cards.isEmpty else { return }
        try await CardOrderWriter(sql: self.sql).withdraw(cards, at: now)
        let entries = cards.map { card in
            let left = hand ?? card.hand
            return CardJournal.Entry(
                id: UUIDv7.generate(), card: card, step: .cardTakenBack, stage: .cardWithdrawn, hand: left,
                change: left == nil ? 0 : -1)
        }
        try await CardJournal(sql: self.sql).record(entries, by: caller, at: now)
        try self.tellIntake(cards, took: .cardTakenBack, to: .cardWithdrawn, at: now)
    }
}
