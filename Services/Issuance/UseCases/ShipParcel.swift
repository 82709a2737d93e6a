import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Records that the card maker posted cards to the centre (R10).
struct ShipParcel: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock

    struct Result: Sendable {
        let trackingNumber: String
        let expected: Int
    }

    /// The same cards under the same tracking number again give the same answer; other cards are refused.
    func callAsFunction(
        trackingNumber text: String, submissions: [UUID], by subject: String
    ) async throws -> Answer<Result> {
        let trackingNumber = try PlainText.trackingNumber(text)
        let listed = try CardCustody.list(submissions)
        let result = Result(trackingNumber: trackingNumber, expected: listed.count)
        return try await self.endpoint.transaction { work in
            let parcels = ParcelWriter(sql: work.sql)
            let now = self.clock.now()
            guard try await parcels.insert(trackingNumber, expected: listed.count, by: subject, at: now) else {
                guard try await parcels.cards(of: trackingNumber) == listed else {
                    throw Refusal.conflict(
                        "parcel.tracking_number_used", zh: "快递单号 \(trackingNumber) 已登记过另一批优待证，请核对面单后使用正确的单号。",
                        en:
                            "The tracking number \(trackingNumber) is registered for other cards: check the label and use the right number."
                    )
                }
                return Answer(value: result, isRepeated: true)
            }
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(listed)
            try CardCustody.requireAll(listed, among: cards)
            let stage = try CardCustody.advance(cards, by: .shipped)
            try await orders.ship(cards, trackingNumber: trackingNumber, stage: stage, at: now)
            try work.tellIntake(cards, took: .shipped, to: stage, at: now)
            return Answer(value: result, isRepeated: false)
        }
    }
}
