import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// The centre counts a parcel and looks at envelope and cards (R88, R89): a whole one is signed for, any other is refused
/// on the spot, with its report written and its cards traced from then on (R92, R93).
struct ReceiveParcel: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    struct Result: Sendable {
        let trackingNumber: String
        let expected: Int
        /// Empty when it was signed for.
        let damage: [ParcelDamage]
        let report: DamageReportState?
    }

    /// - Parameters:
    ///   - note: What the damage looks like, for the report.
    ///   - setAside: The paused and void cards in it.
    func callAsFunction(
        trackingNumber text: String, inspection: ParcelInspection, note: String?, setAside: [UUID],
        by subject: String
    ) async throws -> Answer<Result> {
        let trackingNumber = try PlainText.trackingNumber(text)
        try inspection.requireCount()
        let note = try note.map { try PlainText.remark($0, "note", upTo: 200) }
        return try await self.endpoint.transaction { work in
            let parcels = ParcelWriter(sql: work.sql)
            guard let parcel = try await parcels.lock(trackingNumber) else {
                throw Refusal.parcelUnknown(trackingNumber)
            }
            let damage = inspection.damage(expected: parcel.expected)
            if parcel.receivedAt != nil || parcel.refusal != nil {
                return try Self.repeated(inspection, damage, parcel)
            }
            if damage.isEmpty {
                try await self.accept(parcel, setAside: setAside, by: subject, in: work)
            } else {
                let photos = try await PhotoWriter(sql: work.sql).photos(of: .parcel(trackingNumber))
                guard !photos.isEmpty else {
                    throw ParcelInspection.photographFirst(
                        trackingNumber, damage, count: inspection.count, expected: parcel.expected)
                }
                try await self.refuse(parcel, inspection, damage, note: note, by: subject, in: work)
            }
            return Answer(
                value: Result(
                    trackingNumber: trackingNumber, expected: parcel.expected, damage: damage,
                    report: damage.isEmpty ? nil : .written),
                isRepeated: false)
        }
    }

    private static func repeated(
        _ inspection: ParcelInspection, _ damage: [ParcelDamage], _ parcel: StoredParcel
    ) throws -> Answer<Result> {
        if let refusal = parcel.refusal {
            guard refusal == inspection else {
                throw Refusal.conflict(
                    "parcel.already_refused",
                    zh: "邮包 \(parcel.trackingNumber) 已登记拒收并生成破损报告，不能再登记不同的结果。请在破损报告中查看处理进展。",
                    en:
                        "The parcel \(parcel.trackingNumber) was refused and its report is written; a different result cannot be recorded. See its report for what follows."
                )
            }
        } else {
            guard damage.isEmpty else {
                throw Refusal.conflict(
                    "parcel.already_received",
                    zh: "邮包 \(parcel.trackingNumber) 已按 \(parcel.expected) 张、完好无损签收，不能再登记不同的结果。如有出入，请按流程逐级上报。",
                    en:
                        "The parcel \(parcel.trackingNumber) was already signed for as \(parcel.expected) intact cards; a different result cannot be recorded. Report a difference level by level."
                )
            }
        }
        return Answer(
            value: Result(
                trackingNumber: parcel.trackingNumber, expected: parcel.expected, damage: damage, report: parcel.report),
            isRepeated: true)
    }

    private func accept(
        _ parcel: StoredParcel, setAside: [UUID], by subject: String, in work: UnitOfWork
    ) async throws {
        let now = self.clock.now()
        let orders = CardOrderWriter(sql: work.sql)
        let arrival = try CardCustody.arrive(
            try await orders.lock(parcel: parcel.trackingNumber), by: .receivedAtCentre, to: .atCentre,
            setAside: setAside)
        try await ParcelWriter(sql: work.sql).receive(parcel.trackingNumber, by: subject, at: now)
        try await orders.arrive(arrival.moving, stage: arrival.stage, at: now)
        try work.tellIntake(arrival.moving, took: .receivedAtCentre, to: arrival.stage, at: now)
        try await work.takeBack(arrival.void, at: Hand.centre, by: CardJournal.Caller(subject: subject), at: now)
    }

    private func refuse(
        _ parcel: StoredParcel, _ inspection: ParcelInspection, _ damage: [ParcelDamage], note: String?,
        by subject: String, in work: UnitOfWork
    ) async throws {
        let now = self.clock.now()
        let orders = CardOrderWriter(sql: work.sql)
        let cards = try await orders.lock(parcel: parcel.trackingNumber)
        let void = cards.filter(\.isRevoked)
        let traced = cards.filter { !$0.isRevoked }
        if !traced.isEmpty { _ = try CardCustody.record(traced, as: .parcelRefused) }
        try await orders.step(traced, to: .parcelRefused, at: now)
        try await orders.refuseVoid(void)
        try await DamageWriter(sql: work.sql).write(
            parcel.trackingNumber, inspection, damage,
            note: try note.map { try self.seal.seal(text: $0, of: parcel.trackingNumber) }, cards: cards, by: subject,
            at: now)
        let entries = cards.map { card in
            CardJournal.Entry(
                id: UUIDv7.generate(), card: card, step: .parcelRefused,
                stage: card.isRevoked ? .cardRevoked : .parcelRefused)
        }
        try await CardJournal(sql: work.sql).record(entries, by: CardJournal.Caller(subject: subject), at: now)
        try work.tellIntake(traced, took: .parcelRefused, to: .parcelRefused, at: now)
    }
}

extension Refusal {
    static func parcelUnknown(_ trackingNumber: String) -> Refusal {
        .unknown(
            "parcel.unknown", zh: "没有快递单号为 \(trackingNumber) 的邮包，请核对面单；仍查不到的请联系制卡单位。",
            en: "There is no parcel \(trackingNumber): check the label, and ask the card maker if it is still unknown.")
    }
}
