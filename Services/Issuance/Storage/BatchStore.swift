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

    /// The cards of a batch in the order of production.
    func cards(of batch: UUID) async throws -> [UUID] {
        try await self.sql.query(
            "SELECT submission_id FROM card_order WHERE production_batch = \(batch) ORDER BY position"
        ).rows.map { try $0.decode(UUID.self) }
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

    /// The batch of a number with its cards in the order of production.
    func batch(_ number: Int) async throws -> (StoredBatch, cards: [UUID])? {
        let result = try await self.pool.query(
            """
            SELECT production_batch.id, card_limit, submission_id
            FROM production_batch JOIN card_order ON card_order.production_batch = production_batch.id
            WHERE number = \(number) ORDER BY position
            """)
        var batch: StoredBatch?
        var cards: [UUID] = []
        for row in result.rows {
            let (id, limit, card) = try row.decode(UUID.self, Int.self, UUID.self)
            batch = StoredBatch(id: id, number: number, limit: limit)
            cards.append(card)
        }
        return batch.map { ($0, cards) }
    }
}
