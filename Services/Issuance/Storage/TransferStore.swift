import CardProgramme
import FoundationEssentials
import PostgreSQL

/// A list of cards on its way up, as it is stored (N25).
struct StoredTransfer: Sendable {
    let id: UUID
    let from: Level
    let to: Level
    let station: String?
    let cards: Int
    let sentAt: Date
    let receivedAt: Date?
    /// Sealed: who signed.
    let signedBy: [UInt8]?
    let isTakenBack: Bool
    /// In ascending order.
    let submissions: [UUID]
}

/// Lists on their way up inside the caller's transaction.
struct TransferWriter {
    let sql: PostgresTransaction

    /// - Returns: False when the caller used the key before.
    func insert(
        _ id: UUID, _ route: ReturnRoute, station: String?, cards: Int, by subject: String, key: String, at now: Date
    ) async throws -> Bool {
        try await self.sql.execute(
            """
            INSERT INTO transfer (id, from_level, to_level, station, cards, sent_at, sent_by, idempotency_key)
            VALUES (\(id), \(route.from.rawValue), \(route.to.rawValue), \(station)::text, \(cards), \(now), \(subject), \(key))
            ON CONFLICT (sent_by, idempotency_key) DO NOTHING
            """) == 1
    }

    func add(_ cards: [CardInCustody], to transfer: UUID) async throws {
        try await self.sql.execute(
            """
            INSERT INTO transfer_card (transfer, submission_id, copy)
            SELECT \(transfer)::uuid, submission_id, copy
            FROM unnest(\(cards.map(\.submissionID))::uuid[], \(cards.map(\.copy))::bigint[]) AS card (submission_id, copy)
            """)
    }

    func made(by subject: String, key: String) async throws -> StoredTransfer? {
        try await self.sql.query(
            TransferReader.select + " WHERE sent_by = \(subject) AND idempotency_key = \(key)"
        ).rows.first.map(TransferReader.transfer)
    }

    /// The list, locked.
    func lock(_ id: UUID) async throws -> StoredTransfer? {
        try await self.sql.query(TransferReader.select + " WHERE id = \(id) FOR UPDATE OF transfer").rows.first.map(
            TransferReader.transfer)
    }

    /// - Parameter reason: Sealed.
    func takeBack(_ id: UUID, reason: [UInt8], by subject: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE transfer SET taken_back_at = \(now), taken_back_by = \(subject), taken_back_reason = \(reason)
            WHERE id = \(id)
            """)
    }

    func receive(_ id: UUID, signedBy: [UInt8], by subject: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE transfer SET received_at = \(now), received_by = \(subject), signed_by = \(signedBy) WHERE id = \(id)
            """)
    }
}

/// Reads lists on their way up.
struct TransferReader: Sendable {
    let pool: PostgresPool

    fileprivate static let select: SQL = """
        SELECT id, from_level, to_level, station, cards, sent_at, received_at, signed_by,
            taken_back_at IS NOT NULL,
            ARRAY(SELECT submission_id FROM transfer_card WHERE transfer_card.transfer = transfer.id ORDER BY 1)
        FROM transfer
        """

    fileprivate static func transfer(_ row: PostgresRow) throws -> StoredTransfer {
        let columns = try row.decode(
            UUID.self, String.self, String.self, String?.self, Int.self, Date.self, Date?.self, [UInt8]?.self,
            Bool.self, [UUID].self)
        return StoredTransfer(
            id: columns.0, from: try StoredText.value(columns.1), to: try StoredText.value(columns.2),
            station: columns.3, cards: columns.4, sentAt: columns.5, receivedAt: columns.6, signedBy: columns.7,
            isTakenBack: columns.8, submissions: columns.9)
    }

    func transfer(_ id: UUID) async throws -> StoredTransfer? {
        try await self.pool.query(Self.select + " WHERE id = \(id)").rows.first.map(Self.transfer)
    }

    /// One page, oldest first.
    ///
    /// - Parameter station: Only lists this station sent.
    func page(
        station: String?, open: Bool?, limit: Int, offset: Int
    ) async throws -> ([StoredTransfer], total: Int) {
        var condition: SQL = " WHERE TRUE"
        if let station { condition += " AND station = \(station)" }
        if let open {
            condition +=
                open
                ? " AND received_at IS NULL AND taken_back_at IS NULL"
                : " AND (received_at IS NOT NULL OR taken_back_at IS NOT NULL)"
        }
        let count: SQL = "SELECT count(*) FROM transfer"
        let total = try await self.pool.query(count + condition).rows.first?.decode(Int.self) ?? 0
        let page: SQL = " ORDER BY sent_at, id LIMIT \(limit) OFFSET \(offset)"
        return (try await self.pool.query(Self.select + condition + page).rows.map(Self.transfer), total)
    }
}
