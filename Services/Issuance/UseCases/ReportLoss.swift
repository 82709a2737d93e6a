import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// 挂失: the holder's loss report at the bank, recorded by the station (N26); and a card that was found again (N29).
struct ReportLoss: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// A temporary report lapses by itself and moves nothing; after a formal one a replacement may be asked for.
    ///
    /// - Parameter days: After how many days the bank lets a temporary one lapse.
    func callAsFunction(_ submission: UUID, _ kind: LossReport, days: Int?, _ call: RepeatedCall) async throws -> Bool {
        guard (kind == .temporary) == (days != nil), days.map({ LossReport.temporaryDays.contains($0) }) ?? true else {
            let range = LossReport.temporaryDays
            throw Refusal.invalid(
                "loss.days",
                zh: "临时挂失须在 days 中填写银行规定的有效天数（\(range.lowerBound) 至 \(range.upperBound)）；正式挂失不填 days。",
                en:
                    "A temporary report says in “days” how long the bank keeps it (\(range.lowerBound) to \(range.upperBound)); a formal one has no “days”."
            )
        }
        return try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            let lost = try CardCustody.record(cards, as: .lossReported)
            let now = self.clock.now()
            let stage = kind == .formal ? lost : card.stage
            if kind == .formal {
                try await orders.step(cards, to: stage, at: now)
                try work.tellIntake(cards, took: .lossReported, to: stage, at: now)
            } else if let days {
                try await orders.reportTemporaryLoss(
                    card, lapsesOn: CalendarDay(now).adding(days: days), by: call.subject, at: now)
            }
            try await CardJournal(sql: work.sql).record(
                [CardJournal.Entry(id: UUIDv7.generate(), card: card, step: .lossReported, stage: stage)],
                by: try call.caller(self.seal), at: now)
            return false
        }
    }

    /// Found before a replacement was accepted: the same card goes on.
    func found(_ submission: UUID, reason: String, _ call: RepeatedCall) async throws -> Bool {
        let reason = try PlainText.remark(reason, "reason", upTo: 200)
        return try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            guard card.stage == .cardLost || card.copy == 1 else {
                throw Refusal.conflict(
                    "card.replaced", zh: "该证已补换领，原证已作废。找回的原证请收回，并办理作废证收回登记。",
                    en:
                        "This card was replaced and the old one is void: take the found card in and record that instead."
                )
            }
            let stage = try CardCustody.record(cards, as: .foundByHolder)
            let now = self.clock.now()
            try await orders.step(cards, to: stage, at: now)
            try await CardJournal(sql: work.sql).record(
                [
                    CardJournal.Entry(
                        id: UUIDv7.generate(), card: card, step: .foundByHolder, stage: stage,
                        reason: try self.seal.seal(text: reason, of: submission.uuidString))
                ],
                by: try call.caller(self.seal), at: now)
            try work.tellIntake(cards, took: .foundByHolder, to: stage, at: now)
            return false
        }
    }
}
