import CardProgramme
import FoundationEssentials
import PostgreSQL

/// A production batch as it is stored.
struct StoredBatch: Sendable {
    let id: UUID
    let number: Int
    /// How many cards the call allowed at most; part of what a repeated call must say again.
    let limit: Int
}

/// Production batches inside the caller's transaction.
struct BatchWriter {
    let sql: PostgresTransaction

    /// Makes sure that one batch is put together at a time: the next number has no gap and no two batches pick the same
    /// cards. Held until the transaction ends.
    func takeTurn() async throws {
        _ = try await self.sql.query(
            "SELECT pg_advisory_xact_lock(hashtextextended('issuance.production_batch', 0))::text")
    }

    /// What an earlier call of the same caller with the same key made.
    func made(by subject: String, key: String) async throws -> StoredBatch? {
        let result = try await self.sql.query(
            "SELECT id, number, card_limit FROM production_batch WHERE created_by = \(subject) AND idempotency_key = \(key)"
        )
        return try result.rows.first.map { row in
            let (id, number, limit) = try row.decode(UUID.self, Int.self, Int.self)
            return StoredBatch(id: id, number: number, limit: limit)
        }
    }

    /// The cards of a batch in the order of production, also those that were replaced since.
    func list(of batch: UUID) async throws -> ProductionList {
        ProductionList(lines: try await self.sql.query(ProductionLines.query(batch)).rows.map(ProductionLines.line))
    }

    /// - Returns: The number of the new batch, one more than the last.
    func insert(_ id: UUID, limit: Int, cards: Int, by subject: String, key: String, at now: Date) async throws -> Int {
        let result = try await self.sql.query(
            """
            INSERT INTO production_batch (id, number, card_limit, cards, created_at, created_by, idempotency_key)
            SELECT \(id)::uuid, coalesce(max(number), 0) + 1, \(limit)::bigint, \(cards)::bigint, \(now)::timestamptz,
                \(subject)::text, \(key)::text
            FROM production_batch
            RETURNING number
            """)
        guard let row = result.rows.first else { throw StoredText.Damaged(what: "a batch was not inserted") }
        return try row.decode(Int.self)
    }
}

/// Reads production batches.
struct BatchReader: Sendable {
    let pool: PostgresPool

    /// A card's holder: whose it is, and sealed what is printed.
    typealias Holder = (person: UUID, sealed: [UInt8])

    /// The batch of a number with its list, and the holders of its cards in the same order.
    func batch(_ number: Int) async throws -> (StoredBatch, list: ProductionList, holders: [Holder])? {
        let found = try await self.pool.query("SELECT id, card_limit FROM production_batch WHERE number = \(number)")
        guard let row = found.rows.first else { return nil }
        let (id, limit) = try row.decode(UUID.self, Int.self)
        let rows = try await self.pool.query(ProductionLines.query(id)).rows
        return (
            StoredBatch(id: id, number: number, limit: limit),
            ProductionList(lines: try rows.map(ProductionLines.line)),
            try rows.map { row in
                (
                    try row.decode(UUID.self, column: "person_id"), try row.decode([UInt8].self, column: "holder")
                )
            }
        )
    }
}

/// The lines of a production batch as they are stored: present cards and replaced ones.
private enum ProductionLines {
    static func query(_ batch: UUID) -> SQL {
        """
        SELECT submission_id, person_id, copy, card_kind, station, lane, batch, holder, position FROM card_order
        WHERE production_batch = \(batch)
        UNION ALL
        SELECT past.submission_id, now.person_id, past.copy, past.card_kind, past.station, now.lane, now.batch, past.holder,
               past.position
        FROM past_card AS past JOIN card_order AS now USING (submission_id) WHERE past.production_batch = \(batch)
        ORDER BY position
        """
    }

    static func line(_ row: PostgresRow) throws -> ProductionList.Line {
        ProductionList.Line(
            submissionID: try row.decode(UUID.self, column: "submission_id"),
            copy: try row.decode(Int.self, column: "copy"),
            cardKind: try StoredText.value(try row.decode(String.self, column: "card_kind")),
            station: try row.decode(String.self, column: "station"),
            lane: try StoredText.value(try row.decode(String.self, column: "lane")),
            batch: try row.decode(Int.self, column: "batch"))
    }
}
