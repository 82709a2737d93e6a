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

    /// - Parameter rule: Mode, receiver and proof, already judged.
    /// - Returns: Whether an earlier call had recorded the same delivery.
    func callAsFunction(_ submission: UUID, _ rule: DeliveryRule, by subject: String) async throws -> Bool {
        try await self.endpoint.transaction { work in
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock([submission])
            guard let card = cards.first else { throw Refusal.cardUnknown }
            if card.stage == .delivered, let delivery = try await orders.delivery(of: submission) {
                guard delivery.mode == rule.mode.rawValue, delivery.proof == rule.proofText,
                    try self.seal.open(signature: delivery.receivedBy, owner: submission) == rule.signature
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
            if rule.proof.contains(.photo) {
                let photos = try await PhotoWriter(sql: work.sql).photos(of: .card(submission, copy: card.copy))
                guard !photos.isEmpty else {
                    throw Refusal.conflict(
                        "delivery.photo_required", zh: "以照片为送达凭据的，请先上传送达照片，再登记送达。",
                        en: "The proof is a photograph: upload it first, then record the delivery.")
                }
            }
            let now = self.clock.now()
            let record = DeliveryRecord(
                mode: rule.mode.rawValue,
                receivedBy: try self.seal.seal(signature: rule.signature, owner: submission), proof: rule.proofText,
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
