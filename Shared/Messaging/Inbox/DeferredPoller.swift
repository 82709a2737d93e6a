import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import ServiceLifecycle

/// Tries again what was deferred and is due, and releases held messages whose turn has come.
///
/// Each claim moves the due time on and counts the attempt before anything runs, so a message that kills the process is
/// not met at once again, and two instances do not try the same one.
struct DeferredPoller: Service {
    static let interval = Duration.milliseconds(100)
    static let batch = 100

    let endpoint: EndpointCore
    let processor: InboxProcessor
    let policy: RetryPolicy

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await self.pass() {}
                } catch is CancellationError {
                    return
                } catch {
                    if (error as? PostgresError)?.isOutage != true {
                        self.endpoint.logger.error(
                            "deferred messages could not be tried", metadata: ["error": "\(error)"])
                    }
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// - Returns: whether there may be more to do at once.
    func pass() async throws -> Bool {
        let some = try await self.endpoint.pool.query("SELECT 1 FROM waiting WHERE state <> 'parked' LIMIT 1")
        guard !some.rows.isEmpty else { return false }
        // Postponed for too long: a person must look.
        _ = try await self.endpoint.pool.query(
            """
            UPDATE waiting SET state = 'parked', due_at = NULL
            WHERE state = 'deferred' AND due_at <= clock_timestamp()
              AND received_at < clock_timestamp() - \(self.policy.maximumPostponement.milliseconds) * interval '1 millisecond'
            """)
        let claimed = try await self.endpoint.pool.query(
            """
            UPDATE waiting w SET attempts = w.attempts + 1,
                due_at = clock_timestamp() + least(60, 0.1 * 2 ^ least(w.attempts, 10)) * (1 + random() / 2) * interval '1 second'
            WHERE w.id IN (SELECT id FROM waiting WHERE state = 'deferred' AND due_at <= clock_timestamp()
                           ORDER BY due_at LIMIT \(Self.batch) FOR UPDATE SKIP LOCKED)
            RETURNING w.id, w.stream, w.subject
            """
        ).rows
        let releasable = try await self.endpoint.pool.query(
            """
            SELECT w.id, w.stream, w.subject FROM waiting w JOIN stream_cursor c USING (stream, subject)
            WHERE w.state IN ('held', 'skipped') AND w.number <= c.applied + 1 LIMIT \(Self.batch)
            """
        ).rows
        var due: [UUID: SubjectKey] = [:]
        for row in claimed + releasable {
            let (id, stream, subject) = try row.decode(UUID.self, String.self, UUID.self)
            due[id] = SubjectKey(stream: stream, subject: subject)
        }
        guard !due.isEmpty else { return false }
        let claims = Set(try claimed.map { try $0.decode(UUID.self, column: "id") })
        try await self.attempt(due, claims: claims)
        // Held rows at or below the cursor were applied from another copy.
        _ = try await self.endpoint.pool.query(
            """
            DELETE FROM waiting w USING stream_cursor c
            WHERE w.stream = c.stream AND w.subject = c.subject AND w.state IN ('held', 'skipped') AND w.number <= c.applied
            """)
        return claimed.count == Self.batch || releasable.count == Self.batch
    }

    /// Tries the messages together; what several attempts have left without a verdict may be what crashes the process,
    /// is tried alone, and parks in the end.
    private func attempt(_ due: [UUID: SubjectKey], claims: Set<UUID>) async throws {
        let attempts = try await self.processor.beginAttempts(Array(due.keys))
        var batch = InboxBatch(claimed: claims)
        var suspects: [UUID] = []
        for (id, key) in due {
            if attempts[id, default: 1] > ConsumerLoop.suspectDeliveries {
                suspects.append(id)
            } else {
                batch.arrivals[key] = []
            }
        }
        if !batch.isEmpty { try await self.processor.process(batch) }
        for id in suspects {
            guard let key = due[id] else { continue }
            let alone = attempts[id, default: 1] - ConsumerLoop.suspectDeliveries
            if alone > ConsumerLoop.suspectAttempts {
                try await self.processor.park(
                    id, of: key, because: "tried \(attempts[id, default: 1] - 1) times without a verdict")
            } else {
                var single = InboxBatch(claimed: claims.intersection([id]))
                single.arrivals[key] = []
                try await self.processor.process(single, limit: 1)
            }
        }
        try await self.processor.endAttempts(Array(due.keys))
    }
}
