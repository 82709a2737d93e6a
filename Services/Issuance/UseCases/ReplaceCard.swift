import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// 补换领: accepts a replacement; from then on the old card is dead and a new one waits for production (N26–N28).
struct ReplaceCard: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Returns: Whether an earlier call had done the same.
    func callAsFunction(
        _ submission: UUID, _ request: ReplacementRule.Request, _ call: RepeatedCall
    ) async throws -> Bool {
        try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            try CardCustody.requireFree(cards)
            let holder = try self.seal.open(try await orders.holder(of: submission), submission: submission)
            let accepted = try ReplacementRule.accept(request, card: card, holder: holder)
            let stage = try CardCustody.record(cards, as: .replacementAccepted)
            let now = self.clock.now()
            try await orders.replace(
                cards,
                .init(ground: request.ground, fee: accepted.fee, isOutstanding: accepted.oldCardOutstanding),
                by: call.subject, stage: stage, at: now,
                making: (accepted.cardKind, try self.seal.seal(accepted.holder, submission: submission)))
            try await CardJournal(sql: work.sql).record(
                [
                    CardJournal.Entry(
                        id: UUIDv7.generate(), card: card, step: .replacementAccepted, stage: stage, hand: card.hand,
                        change: card.hand == nil ? 0 : -1)
                ], by: try call.caller(self.seal), at: now)
            try work.tellIntake(cards, took: .replacementAccepted, to: stage, at: now)
            try work.emit(
                NoticeRequested(
                    noticeID: UUIDv7.generate(), personID: card.personID, submissionID: submission,
                    purpose: .cardOrdered, requestedAt: now),
                subject: submission, to: .notification, lane: card.lane)
            return false
        }
    }
}
