import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import RabbitMQ

extension InboxProcessor {
    /// Parks deliveries that are not ours: whole, with their cause, and without touching any subject.
    func park(_ strangers: [(delivery: AMQPDelivery, reason: String)]) async throws {
        guard !strangers.isEmpty else { return }
        try await self.untilDatabaseAnswers {
            try await self.endpoint.transaction { work in
                for (delivery, reason) in strangers {
                    // The id is made from the bytes: the sender's own id proves nothing and may be somebody else's.
                    try await work.sql.execute(
                        """
                        INSERT INTO waiting (id, state, type, body, cause)
                        VALUES (\(ParkedMessages.id(of: delivery)), 'parked',
                                \(delivery.properties.type.map { String($0.prefix(100)) }), \(delivery.body), \(reason))
                        ON CONFLICT DO NOTHING
                        """)
                }
            }
        }
        for (delivery, reason) in strangers {
            self.endpoint.metrics.failed("unknown", parked: true)
            self.endpoint.logger.error(
                "message parked",
                metadata: ["message.id": "\(ParkedMessages.id(of: delivery))", "cause": "\(reason)"])
        }
    }

    /// Notes that an attempt begins, before anything runs: a message that kills the process is counted as well.
    ///
    /// - Returns: which attempt this is, from 1.
    func beginSuspect(_ id: UUID) async throws -> Int { try await self.beginAttempts([id])[id] ?? 1 }

    func endSuspect(_ id: UUID) async throws { try await self.endAttempts([id]) }

    func beginAttempts(_ ids: [UUID]) async throws -> [UUID: Int] {
        try await self.untilDatabaseAnswers {
            let rows = try await self.endpoint.pool.query(
                """
                INSERT INTO suspect (message_id, attempts) SELECT DISTINCT id, 1 FROM unnest(\(ids)::uuid[]) AS m(id) ORDER BY id
                ON CONFLICT (message_id) DO UPDATE SET attempts = suspect.attempts + 1 RETURNING message_id, attempts
                """
            ).rows
            return Dictionary(
                try rows.map { try $0.decode(UUID.self, Int.self) }, uniquingKeysWith: { first, _ in first })
        }
    }

    func endAttempts(_ ids: [UUID]) async throws {
        try await self.untilDatabaseAnswers {
            _ = try await self.endpoint.pool.query("DELETE FROM suspect WHERE message_id = ANY(\(ids)::uuid[])")
        }
    }

    /// Parks a message that already waits.
    func park(_ id: UUID, of key: SubjectKey, because cause: String) async throws {
        try await self.untilDatabaseAnswers {
            try await self.endpoint.transaction { work in
                // The cursor first, as everywhere: nobody applies it meanwhile.
                try await InboxStore(transaction: work.sql).lock([key])
                try await work.sql.execute(
                    "UPDATE waiting SET state = 'parked', cause = \(cause), due_at = NULL WHERE id = \(id)")
            }
        }
        self.endpoint.metrics.failed("unknown", parked: true)
        self.endpoint.logger.error("message parked", metadata: ["message.id": "\(id)", "cause": "\(cause)"])
    }

    func untilDatabaseAnswers<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        var outage = 0
        while true {
            try Self.checkEnd(afterFailures: outage)
            do {
                return try await body()
            } catch let error as PostgresError where error.isOutage || error.isRetryable {
                outage += 1
                try await Task.sleep(for: min(.milliseconds(100) * (1 << min(outage, 5)), .seconds(2)))
            }
        }
    }
}
