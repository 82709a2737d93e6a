import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime

/// The centre signs for a parcel after counting it and looking at envelope and cards (R88, R89), or must refuse it (R92).
struct ReceiveParcel: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock

    struct Result: Sendable {
        let trackingNumber: String
        let expected: Int
    }

    func callAsFunction(
        trackingNumber text: String, inspection: ParcelInspection, by subject: String
    ) async throws -> Answer<Result> {
        let trackingNumber = try PlainText.trackingNumber(text)
        return try await self.endpoint.transaction { work in
            let parcels = ParcelWriter(sql: work.sql)
            guard let parcel = try await parcels.lock(trackingNumber) else {
                throw Refusal.unknown(
                    "parcel.unknown", zh: "没有快递单号为 \(trackingNumber) 的邮包，请核对面单；仍查不到的请联系制卡单位。",
                    en:
                        "There is no parcel \(trackingNumber): check the label, and ask the card maker if it is still unknown."
                )
            }
            let result = Result(trackingNumber: trackingNumber, expected: parcel.expected)
            guard parcel.receivedAt == nil else {
                guard inspection == ParcelInspection(count: parcel.expected, envelopeIntact: true, cardsIntact: true)
                else {
                    throw Refusal.conflict(
                        "parcel.already_received",
                        zh: "邮包 \(trackingNumber) 已按 \(parcel.expected) 张、完好无损签收，不能再登记不同的结果。如有出入，请按流程逐级上报。",
                        en:
                            "The parcel \(trackingNumber) was already signed for as \(parcel.expected) intact cards; a different result cannot be recorded. Report a difference level by level."
                    )
                }
                return Answer(value: result, isRepeated: true)
            }
            try inspection.judge(trackingNumber: trackingNumber, expected: parcel.expected)
            let now = self.clock.now()
            let orders = CardOrderWriter(sql: work.sql)
            let cards = try await orders.lock(parcel: trackingNumber)
            let stage = try CardCustody.advance(cards, by: .receivedAtCentre)
            try await parcels.receive(trackingNumber, by: subject, at: now)
            try await orders.arrive(cards, stage: stage, at: now)
            try work.tellIntake(cards, took: .receivedAtCentre, to: stage, at: now)
            return Answer(value: result, isRepeated: false)
        }
    }
}
