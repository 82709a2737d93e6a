import Access
import FoundationEssentials
import PostgreSQL
import RabbitMQ

/// The parked messages of one service's database, for `youdai parked`.
package struct ParkedMessages: Sendable {
    /// A parked message without its body.
    package struct Summary: Sendable, Codable {
        package let id: UUID
        package let type: String?
        package let stream: String?
        package let subject: UUID?
        package let number: Int?
        package let cause: String?
        package let failures: Int
        package let bodyBytes: Int
        package let receivedAt: Date
        /// Messages of the same subject and stream that wait behind it.
        package let followers: Int
    }

    package struct Filter: Sendable {
        package var ids: [UUID]
        package var type: String?
        package var cause: String?

        /// - Parameters:
        ///   - ids: these only; empty for all.
        ///   - cause: part of the cause's text.
        package init(ids: [UUID] = [], type: String? = nil, cause: String? = nil) {
            self.ids = ids
            self.type = type
            self.cause = cause
        }
    }

    let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func list(_ filter: Filter = Filter()) async throws -> [Summary] {
        try await self.pool.query(
            """
            SELECT w.id, w.type, w.stream, w.subject, w.number, w.cause, w.failures, octet_length(w.body), w.received_at,
                   (SELECT count(*) FROM waiting f WHERE f.stream = w.stream AND f.subject = w.subject
                                                     AND f.number > w.number)
            FROM waiting w WHERE \(Self.condition(filter)) ORDER BY w.received_at, w.id
            """
        ).rows.map { row in
            let (id, type, stream, subject, number, cause, failures, bytes, receivedAt, followers) = try row.decode(
                UUID.self, String?.self, String?.self, UUID?.self, Int?.self, String?.self, Int.self, Int.self,
                Date.self,
                Int.self)
            return Summary(
                id: id, type: type, stream: stream, subject: subject, number: number, cause: cause, failures: failures,
                bodyBytes: bytes, receivedAt: receivedAt, followers: followers)
        }
    }

    /// The whole body as it arrived.
    ///
    /// - Throws: ``MessagingError`` `notParked`.
    package func body(of id: UUID) async throws -> [UInt8] {
        let rows = try await self.pool.query("SELECT body FROM waiting WHERE id = \(id) AND state = 'parked'").rows
        guard let row = rows.first else { throw MessagingError(.notParked, "no parked message \(id)") }
        return try row.decode([UInt8].self)
    }

    /// Lets the messages be tried again at once, with their failures forgotten. Messages that were never recognised as
    /// ours cannot be replayed and are left out.
    ///
    /// - Returns: the ids, which are only counted when `dryRun`.
    package func replay(_ filter: Filter, actor: String, reason: String, dryRun: Bool) async throws -> [UUID] {
        try await self.act(
            "replay", filter, actor: actor, reason: reason, dryRun: dryRun,
            change: { transaction, ids in
                try await transaction.execute(
                    """
                    UPDATE waiting SET state = 'deferred', failures = 0, due_at = clock_timestamp(),
                        received_at = clock_timestamp()
                    WHERE id = ANY(\(ids)::uuid[])
                    """)
            })
    }

    /// Gives the messages up. Each leaves a skip mark, and the messages behind it go on.
    package func discard(_ filter: Filter, actor: String, reason: String, dryRun: Bool) async throws -> [UUID] {
        try await self.act(
            "discard", filter, actor: actor, reason: reason, dryRun: dryRun,
            change: { transaction, ids in
                try await transaction.execute(
                    """
                    WITH strangers AS (DELETE FROM waiting WHERE id = ANY(\(ids)::uuid[]) AND stream IS NULL)
                    UPDATE waiting SET state = 'skipped', body = '', due_at = NULL
                    WHERE id = ANY(\(ids)::uuid[]) AND stream IS NOT NULL
                    """)
            })
    }

    private func act(
        _ action: String, _ filter: Filter, actor: String, reason: String, dryRun: Bool,
        change: @Sendable (PostgresTransaction, [UUID]) async throws -> Void
    ) async throws -> [UUID] {
        try await self.pool.withTransaction { transaction in
            // The cursors first, as the consumers do, so that nobody applies a follower meanwhile.
            _ = try await transaction.query(
                """
                SELECT 1 FROM stream_cursor c
                WHERE EXISTS (SELECT 1 FROM waiting w WHERE w.stream = c.stream AND w.subject = c.subject
                                                        AND \(Self.condition(filter)))
                ORDER BY c.stream, c.subject FOR UPDATE
                """)
            let replayable: SQL = action == "replay" ? "AND w.stream IS NOT NULL" : ""
            let ids = try await transaction.query(
                "SELECT w.id FROM waiting w WHERE \(Self.condition(filter)) \(replayable) ORDER BY w.stream, w.subject, w.number"
            ).rows.map { try $0.decode(UUID.self) }
            guard !dryRun, !ids.isEmpty else { return ids }
            try await transaction.execute(
                """
                INSERT INTO parked_action (message_id, action, stream, subject, number, type, cause, actor, reason)
                SELECT id, \(action), stream, subject, number, type, cause, \(actor), \(reason)
                FROM waiting WHERE id = ANY(\(ids)::uuid[])
                """)
            try await change(transaction, ids)
            return ids
        }
    }

    private static func condition(_ filter: Filter) -> SQL {
        var condition: SQL = "w.state = 'parked'"
        if !filter.ids.isEmpty { condition = condition + " AND w.id = ANY(\(filter.ids)::uuid[])" }
        if let type = filter.type { condition = condition + " AND w.type = \(type)" }
        if let cause = filter.cause { condition = condition + " AND position(\(cause) in w.cause) > 0" }
        return condition
    }

    /// A stable id for a delivery that has none of its own: the same bytes park once.
    static func id(of delivery: AMQPDelivery) -> UUID {
        var bytes = Array(delivery.routingKey.utf8)
        bytes.append(contentsOf: (delivery.properties.messageID ?? "").utf8)
        bytes.append(contentsOf: delivery.body)
        return Fingerprint.uuid(of: bytes)
    }
}
