import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import RabbitMQ
import ServiceLifecycle
import ServiceRuntime

/// Publishes what committed transactions left in the outbox, and deletes only what the broker confirmed.
///
/// What this process commits comes from memory, at once. What anybody else left, or this process could not publish, is
/// found in the table when its `not_before` has passed: a second after it was written, or when its last try is to be
/// repeated. A claim there moves `not_before` on by ``lease`` and holds no transaction open, so a relay that dies, or a
/// broker that takes nothing, pins neither rows nor old row versions. Two relays may publish the same message; its
/// receiver applies it once.
package struct OutboxRelay: Service {
    /// Messages of one pass: more gains nothing once the confirm window is full.
    static let batch = 500
    static let pollInterval = Duration.milliseconds(250)
    /// How long a claimed row is left to its relay: longer than the publisher's time-out (2 s).
    static let lease = Duration.seconds(3)

    let service: ServiceName
    let pool: PostgresPool
    let publisher: AMQPPublisher
    let codec: EnvelopeCodec
    let handOff: OutboxHandOff
    let signal: WakeSignal
    let faults: FaultPlan
    let metrics: MessagingMetrics
    let logger: Logger

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.pollInterval)
                        await self.attempt { while try await self.sweep() == Self.batch, !Task.isCancelled {} }
                    }
                }
                for await _ in self.signal.wakeUps { await self.attempt(self.relayHandedOver) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.signal.finish()
        }
        // What the last requests wrote should not wait for the next start.
        await self.attempt(self.relayHandedOver)
    }

    private func attempt(_ pass: () async throws -> Void) async {
        do {
            try await pass()
        } catch let error as PostgresError where error.isConnectionLoss {
            self.metrics.relayFailed("database")
        } catch is CancellationError {
        } catch {
            self.metrics.relayFailed("other")
            self.logger.error("the outbox could not be relayed", metadata: ["error": "\(error)"])
        }
    }

    /// Publishes what this process has committed.
    private func relayHandedOver() async throws {
        while true {
            // A broker that is away or blocked would only cost the time-out each time; the table keeps everything.
            guard self.publisher.state.connected, !self.publisher.state.blocked else { return self.handOff.forget() }
            let messages = self.handOff.take(Self.batch)
            guard !messages.isEmpty else { return }
            _ = try await self.relay(messages)
        }
    }

    /// Publishes what has stood in the table too long.
    ///
    /// - Returns: how many rows it took; fewer than a batch means there is no more to do now.
    package func sweep() async throws -> Int {
        // An idle look costs one short round trip and no transaction.
        let due = try await self.pool.query("SELECT 1 FROM outbox WHERE not_before <= clock_timestamp() LIMIT 1")
        guard !due.rows.isEmpty else { return 0 }
        let rows = try await self.pool.query(
            """
            WITH due AS (
                UPDATE outbox SET not_before = clock_timestamp() + \(Self.lease.milliseconds) * interval '1 millisecond'
                WHERE id = ANY(ARRAY(
                    SELECT id FROM outbox WHERE not_before <= clock_timestamp() ORDER BY id LIMIT \(Self.batch)
                    FOR UPDATE SKIP LOCKED))
                RETURNING id, destination, subject, number, day
            )
            SELECT \(OutboxMessage.columns) FROM due JOIN emitted e USING (subject, destination, number, day)
            WHERE e.id = due.id ORDER BY e.id
            """
        ).rows
        var messages: [OutboxMessage] = []
        var failed: [(UUID, String)] = []
        for row in rows {
            do {
                messages.append(try OutboxMessage(row, from: self.service))
            } catch {
                // One row that names no known receiver must not stop the others.
                failed.append((try row.decode(UUID.self, column: "id"), "cannot be read: \(error)"))
            }
        }
        try await self.postpone(failed)
        _ = try await self.relay(messages)
        return rows.count
    }

    /// - Returns: how many the broker confirmed.
    private func relay(_ messages: [OutboxMessage]) async throws -> Int {
        guard !messages.isEmpty else { return 0 }
        self.faults.reached(.relayClaimed)
        var confirmed: [UUID] = []
        var failed: [(UUID, String)] = []
        var encoded: [(id: UUID, message: AMQPMessage)] = []
        for message in messages {
            do {
                encoded.append(
                    (
                        message.id,
                        try self.codec.encode(message.envelope, body: Array(message.body.utf8), to: message.destination)
                    ))
            } catch {
                // A receiver whose key is missing must not hold back the others.
                failed.append((message.id, "cannot be written as a message: \(error)"))
            }
        }
        let outcomes = await self.publisher.publish(encoded.map(\.message))
        self.faults.reached(.relayConfirmed)
        for ((id, _), outcome) in zip(encoded, outcomes) {
            switch outcome {
            case .confirmed: confirmed.append(id)
            case .returned(let code, let reason): failed.append((id, "returned \(code) \(reason)"))
            case .refused: failed.append((id, "refused by the broker"))
            case .unknown: failed.append((id, "no answer from the broker"))
            case .blocked: failed.append((id, "the broker takes nothing now"))
            }
        }
        self.metrics.published(outcomes)
        if !confirmed.isEmpty {
            try await self.pool.execute("DELETE FROM outbox WHERE id = ANY(\(confirmed)::uuid[])")
            self.faults.reached(.relayDeleted)
        }
        try await self.postpone(failed)
        return confirmed.count
    }

    /// Leaves messages for a later sweep; the pause grows to 5 s and is jittered, so that a returning broker is not met
    /// by everybody at once.
    private func postpone(_ failed: [(UUID, String)]) async throws {
        guard !failed.isEmpty else { return }
        try await self.pool.execute(
            """
            UPDATE outbox o SET attempts = o.attempts + 1, error = f.error,
                not_before = clock_timestamp()
                    + least(5, 0.1 * 2 ^ least(o.attempts, 6)) * (0.75 + random() / 2) * interval '1 second'
            FROM unnest(\(failed.map(\.0))::uuid[], \(failed.map(\.1))::text[]) AS f(id, error) WHERE o.id = f.id
            """)
    }
}
