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
/// Woken in process after each commit; a poll finds the rows of instances that died. The claim is a row lock, so a relay
/// that dies gives its rows back at once, and it is never held longer than the publisher's time-out (2 s): rows an alarmed
/// broker does not take must not look claimed for ever.
package struct OutboxRelay: Service {
    /// Rows of one claim: more gains nothing once the confirm window is full.
    static let batch = 500
    static let pollInterval = Duration.milliseconds(50)

    let service: ServiceName
    let pool: PostgresPool
    let publisher: AMQPPublisher
    let codec: EnvelopeCodec
    let signal: WakeSignal
    let faults: FaultPlan
    let metrics: MessagingMetrics
    let logger: Logger

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    // The net under the in-process signal.
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.pollInterval)
                        self.signal.wake(.poll)
                    }
                }
                for await reason in self.signal.wakeUps {
                    await self.drain(probing: reason == .poll)
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.signal.finish()
        }
        // What the last requests wrote should not wait for the next start.
        await self.drain(probing: true)
    }

    private func drain(probing: Bool) async {
        do {
            while try await self.relayOnce(probing: probing) == Self.batch, !Task.isCancelled {}
        } catch let error as PostgresError where error.isConnectionLoss {
            self.metrics.relayFailed("database")
        } catch is CancellationError {
        } catch {
            self.metrics.relayFailed("other")
            self.logger.error("the outbox could not be relayed", metadata: ["error": "\(error)"])
        }
    }

    /// Relays one batch.
    ///
    /// - Parameter probing: Look first whether there is anything: an idle look then costs one round trip and no transaction.
    /// - Returns: how many rows it confirmed; fewer than a batch means there is no more to do now.
    package func relayOnce(probing: Bool = true) async throws -> Int {
        if probing {
            let pending = try await self.pool.query("SELECT 1 FROM outbox LIMIT 1")
            guard !pending.rows.isEmpty else { return 0 }
        }
        let confirmed = try await self.pool.withTransaction { transaction in
            let rows = try await transaction.query(
                """
                SELECT id, destination, lane, type, subject, number, correlation, causation, traceparent, body, written_at
                FROM outbox WHERE not_before <= clock_timestamp() ORDER BY id LIMIT \(Self.batch) FOR UPDATE SKIP LOCKED
                """
            ).rows
            guard !rows.isEmpty else { return 0 }
            self.faults.reached(.relayClaimed)
            var confirmed: [UUID] = []
            var failed: [(UUID, String)] = []
            var claimed: [(id: UUID, message: AMQPMessage)] = []
            for row in rows {
                let id = try row.decode(UUID.self, column: "id")
                do {
                    claimed.append((id, try self.message(row)))
                } catch {
                    // One row that has no key or no known receiver must not stop the others.
                    failed.append((id, "cannot be written as a message: \(error)"))
                }
            }
            let outcomes = await self.publisher.publish(claimed.map(\.message))
            self.faults.reached(.relayConfirmed)
            for ((id, _), outcome) in zip(claimed, outcomes) {
                self.metrics.published(outcome)
                switch outcome {
                case .confirmed: confirmed.append(id)
                case .returned(let code, let reason): failed.append((id, "returned \(code) \(reason)"))
                case .refused: failed.append((id, "refused by the broker"))
                case .unknown: failed.append((id, "no answer from the broker"))
                case .blocked: failed.append((id, "the broker takes nothing now"))
                }
            }
            if !confirmed.isEmpty {
                try await transaction.execute(
                    """
                    WITH done AS (
                        DELETE FROM outbox WHERE id = ANY(\(confirmed)::uuid[])
                        RETURNING id, destination, lane, type, subject, number, correlation, causation, traceparent, body,
                                  written_at
                    )
                    INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, causation, traceparent,
                                         body, written_at)
                    SELECT * FROM done
                    """)
            }
            if !failed.isEmpty {
                // Grows to 5 s and is jittered, so that a returning broker is not met by everybody at once.
                try await transaction.execute(
                    """
                    UPDATE outbox o SET attempts = o.attempts + 1, error = f.error,
                        not_before = clock_timestamp()
                            + least(5, 0.1 * 2 ^ least(o.attempts, 6)) * (0.75 + random() / 2) * interval '1 second'
                    FROM unnest(\(failed.map(\.0))::uuid[], \(failed.map(\.1))::text[]) AS f(id, error) WHERE o.id = f.id
                    """)
            }
            self.faults.reached(.relayDeleted)
            return confirmed.count
        }
        self.faults.reached(.relayCommitted)
        return confirmed
    }

    private func message(_ row: PostgresRow) throws -> AMQPMessage {
        let (id, destination, lane, type, subject, number, correlation, causation, traceparent, body, writtenAt) =
            try row.decode(
                UUID.self, String.self, String.self, String.self, UUID.self, Int.self, UUID.self, UUID?.self, String?.self,
                String.self, Date.self)
        guard let destination = ServiceName(rawValue: destination), let lane = Lane(rawValue: lane) else {
            throw MessagingError(.corruptOutbox, "outbox row \(id) names no known service or lane")
        }
        let envelope = Envelope(
            id: id, type: type, subject: subject, stream: Envelope.stream(from: self.service, to: destination),
            number: number, producer: self.service, lane: lane, sentAt: writtenAt, correlation: correlation,
            causation: causation, traceparent: traceparent)
        return try self.codec.encode(envelope, body: Array(body.utf8), to: destination)
    }
}
