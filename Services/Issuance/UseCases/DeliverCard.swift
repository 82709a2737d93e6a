import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// 送达: the station put the card into its holder's hand (R94–R97).
struct DeliverCard: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Parameters:
    ///   - mode: How it reached the holder (R95).
    ///   - text: `holder`, or the relation of who signed for it.
    /// - Returns: Whether an earlier call had recorded the same delivery.
    func callAsFunction(
        _ submission: UUID, mode: DeliveryMode, receivedBy text: String, by subject: String
    ) async throws -> Bool {
        let receivedBy = try PlainText.signatory(
            text, zh: "请填写领取人：本人填 holder，代领的填写与本人的关系（1 至 40 个字符）。",
            en: "Say who signed: “holder”, or the relation to the holder, in 1 to 40 characters.")
        return try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard !cards.isEmpty else { throw Refusal.cardUnknown }
            if let delivery = try await orders.delivery(of: submission) {
                guard delivery.mode == mode.rawValue,
                    try self.seal.open(signature: delivery.receivedBy, owner: submission) == receivedBy
                else {
                    throw Refusal.conflict(
                        "delivery.already_recorded", zh: "该优待证已于 \(delivery.deliveredOn.chinese)登记送达，不能再登记不同的送达内容。",
                        en:
                            "This card was recorded as delivered on \(delivery.deliveredOn); a different delivery cannot be recorded."
                    )
                }
                return true
            }
            let stage = try CardCustody.advance(cards, by: .delivered)
            let now = self.clock.now()
            let record = DeliveryRecord(
                mode: mode.rawValue, receivedBy: try self.seal.seal(signature: receivedBy, owner: submission),
                deliveredOn: CalendarDay(now))
            try await orders.deliver(submission, record, by: subject, stage: stage, at: now)
            try work.tellIntake(cards, took: .delivered, to: stage, at: now)
            return false
        }
    }
}

extension Refusal {
    static let cardUnknown = Refusal.unknown(
        "card.unknown", zh: "没有该申请的制证记录，请核对申请编号；尚未备案的申请还没有制证记录。",
        en: "There is no card order for this submission: check the id; a submission that is not filed yet has none.")
}
