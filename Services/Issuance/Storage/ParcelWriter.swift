import CardProgramme
import FoundationEssentials
import PostgreSQL

/// A parcel as it is stored.
struct StoredParcel: Sendable {
    let trackingNumber: String
    /// How many cards the card maker posted.
    let expected: Int
    /// When the centre signed for it; nil while it is on its way or was refused.
    let receivedAt: Date?
    /// What the centre saw when it refused it; nil unless it did.
    let refusal: ParcelInspection?
    let report: DamageReportState?
}

/// Parcels inside the caller's transaction.
struct ParcelWriter {
    let sql: PostgresTransaction

    /// Registers a tracking number, waiting for anybody who is registering the same one.
    ///
    /// - Returns: False when the number was used before.
    func insert(_ trackingNumber: String, expected: Int, by subject: String, at now: Date) async throws -> Bool {
        try await self.sql.execute(
            """
            INSERT INTO parcel (tracking_number, expected, posted_at, posted_by)
            VALUES (\(trackingNumber), \(expected), \(now), \(subject))
            ON CONFLICT (tracking_number) DO NOTHING
            """) == 1
    }

    /// The parcel, locked, and what its report says by then.
    ///
    /// Two statements in one round trip: a join would show the report as it was before the lock was waited for, because a
    /// refusal leaves the parcel's own row as it is.
    func lock(_ trackingNumber: String) async throws -> StoredParcel? {
        let results = try await self.sql.batch([
            "SELECT expected, received_at FROM parcel WHERE tracking_number = \(trackingNumber) FOR UPDATE",
            """
            SELECT counted, envelope_intact, cards_intact, state FROM damage_report
            WHERE tracking_number = \(trackingNumber)
            """,
        ])
        guard let row = results[0].rows.first else { return nil }
        let (expected, receivedAt) = try row.decode(Int.self, Date?.self)
        var refusal: ParcelInspection?
        var report: DamageReportState?
        if let row = results[1].rows.first {
            let (counted, envelope, cards, state) = try row.decode(Int.self, Bool.self, Bool.self, String.self)
            refusal = ParcelInspection(count: counted, envelopeIntact: envelope, cardsIntact: cards)
            report = try StoredText.value(state)
        }
        return StoredParcel(
            trackingNumber: trackingNumber, expected: expected, receivedAt: receivedAt, refusal: refusal, report: report
        )
    }

    /// The cards in a parcel, in ascending order.
    func cards(of trackingNumber: String) async throws -> [UUID] {
        try await self.sql.query(
            """
            SELECT submission_id FROM card_order WHERE tracking_number = \(trackingNumber)
            UNION SELECT submission_id FROM card_event WHERE tracking_number = \(trackingNumber) ORDER BY submission_id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// Records that the centre signed for the parcel (R88, R89).
    func receive(_ trackingNumber: String, by subject: String, at now: Date) async throws {
        _ = try await self.sql.execute(
            "UPDATE parcel SET received_at = \(now), received_by = \(subject) WHERE tracking_number = \(trackingNumber)"
        )
    }
}
