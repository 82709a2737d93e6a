import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// A count found a card missing at the centre or at a station: it is traced from now on, and leaves that hand's count.
struct ReportMissing: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Parameter station: The caller's station; nil for the centre. Each reports what is in its own hand.
    func callAsFunction(
        _ submission: UUID, reason: String, station: String?, _ call: RepeatedCall
    ) async throws -> Bool {
        let reason = try PlainText.remark(reason, "reason", upTo: 200)
        return try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if try await call.isKnown(in: work, self.seal) { return true }
            guard card.transfer == nil else { throw Refusal.onWayUp }
            let stage = try CardCustody.record(cards, as: .reportedMissing)
            guard let hand = card.hand, hand == station ?? Hand.centre else {
                throw Refusal.conflict(
                    "card.other_hand", zh: "该优待证不在本单位手中（目前状态为“\(card.stage.chinese)”），请由现持有单位清点登记。",
                    en:
                        "This card is not in your hand (it is “\(card.stage.english)”): whoever has it counts and reports it."
                )
            }
            let now = self.clock.now()
            try await orders.step(cards, to: stage, at: now)
            try await CardJournal(sql: work.sql).record(
                [
                    CardJournal.Entry(
                        id: UUIDv7.generate(), card: card, step: .reportedMissing, stage: stage, hand: hand, change: -1,
                        reason: try self.seal.seal(text: reason, of: submission.uuidString))
                ], by: try call.caller(self.seal), at: now)
            try work.tellIntake(cards, took: .reportedMissing, to: stage, at: now)
            return false
        }
    }
}

extension Refusal {
    static let onWayUp = Refusal.conflict(
        "card.on_way_up", zh: "该优待证已登记逐级退回、等待上级签收，不能再办理此步骤。请联系接收单位，或先收回该退回清单。",
        en:
            "This card is handed up and waits for a signature: ask the office that receives it, or take the list back first."
    )
}
