import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The statements of the inbox: cursors, held, deferred and parked messages.
///
/// A batch needs two round trips besides its handlers': ``open(_:claimed:read:)``, and the commit with what it leaves.
struct InboxStore: Sendable {
    let transaction: PostgresTransaction

    /// Locks the subjects' cursors, and says how far each was applied and what waits for it, in one round trip.
    ///
    /// What waits is read by a statement of its own after the locks, so that it sees what their last holder wrote.
    func open(
        _ keys: [SubjectKey], claimed: Set<UUID> = [], read: (Envelope, [UInt8]) -> Incoming.Content
    ) async throws -> (applied: [SubjectKey: Int], waiting: [SubjectKey: [WaitingRow]]) {
        let results = try await self.transaction.batch(Self.locking(keys) + [Self.waiting(keys)])
        return (try Self.applied(results[1]), try Self.waiting(results[2], claimed: claimed, read: read))
    }

    /// Which of these messages were applied, or given up by a person.
    func settled(_ ids: [UUID]) async throws -> Set<UUID> {
        let rows = try await self.transaction.query(
            """
            SELECT message_id FROM inbox WHERE message_id = ANY(\(ids)::uuid[])
            UNION SELECT message_id FROM parked_action WHERE message_id = ANY(\(ids)::uuid[])
            """
        ).rows
        return Set(try rows.map { try $0.decode(UUID.self) })
    }

    /// Locks the subjects' cursors.
    func lock(_ keys: [SubjectKey]) async throws { try await self.transaction.batch(Self.locking(keys)) }

    /// In key order, making those that are new.
    private static func locking(_ keys: [SubjectKey]) -> [SQL] {
        let streams = keys.map(\.stream)
        let subjects = keys.map(\.subject)
        return [
            """
            INSERT INTO stream_cursor (stream, subject)
            SELECT s, u FROM unnest(\(streams)::text[], \(subjects)::uuid[]) AS k(s, u) ORDER BY s, u
            ON CONFLICT DO NOTHING
            """,
            """
            SELECT c.stream, c.subject, c.applied
            FROM stream_cursor c JOIN unnest(\(streams)::text[], \(subjects)::uuid[]) AS k(s, u)
              ON c.stream = k.s AND c.subject = k.u
            ORDER BY c.stream, c.subject FOR UPDATE OF c
            """,
        ]
    }

    private static func applied(_ result: PostgresResult) throws -> [SubjectKey: Int] {
        var applied: [SubjectKey: Int] = [:]
        for row in result.rows {
            let (stream, subject, number) = try row.decode(String.self, UUID.self, Int.self)
            applied[SubjectKey(stream: stream, subject: subject)] = number
        }
        return applied
    }

    private static func waiting(_ keys: [SubjectKey]) -> SQL {
        """
        SELECT w.id, w.state, w.stream, w.subject, w.number, w.type, w.lane, w.producer, w.sent_at, w.correlation,
               w.causation, w.traceparent, w.body, w.attempts, w.failures
        FROM unnest(\(keys.map(\.stream))::text[], \(keys.map(\.subject))::uuid[]) AS k(s, u)
        JOIN waiting w ON w.stream = k.s AND w.subject = k.u
        """
    }

    private static func waiting(
        _ result: PostgresResult, claimed: Set<UUID>, read: (Envelope, [UInt8]) -> Incoming.Content
    ) throws -> [SubjectKey: [WaitingRow]] {
        var waiting: [SubjectKey: [WaitingRow]] = [:]
        for row in result.rows {
            let (
                id, state, stream, subject, number, type, lane, producer, sentAt, correlation, causation, traceparent,
                body,
                attempts, failures
            ) = try row.decode(
                UUID.self, String.self, String.self, UUID.self, Int.self, String.self, String.self, String.self,
                Date.self,
                UUID.self, UUID?.self, String?.self, [UInt8].self, Int.self, Int.self)
            guard let state = WaitingRow.State(rawValue: state), let lane = Lane(rawValue: lane),
                let producer = ServiceName(rawValue: producer)
            else { continue }
            let envelope = Envelope(
                id: id, type: type, subject: subject, stream: stream, number: number, producer: producer, lane: lane,
                sentAt: sentAt, correlation: correlation, causation: causation, traceparent: traceparent)
            let incoming = Incoming(envelope: envelope, body: body, content: read(envelope, body))
            waiting[incoming.key, default: []].append(
                WaitingRow(
                    incoming: incoming, state: state, attempts: attempts, failures: failures,
                    claimed: claimed.contains(id)))
        }
        return waiting
    }

    // MARK: - Statements for the round trip of the commit

    /// Moves the cursors and notes the applied ids.
    static func advance(_ moves: [(key: SubjectKey, number: Int, last: UUID)], applied: [UUID]) -> SQL? {
        if moves.isEmpty { return nil }
        return """
            WITH moved AS (
                UPDATE stream_cursor c SET applied = m.n, message_id = m.i
                FROM unnest(\(moves.map(\.key.stream))::text[], \(moves.map(\.key.subject))::uuid[],
                            \(moves.map(\.number))::bigint[], \(moves.map(\.last))::uuid[]) AS m(s, u, n, i)
                WHERE c.stream = m.s AND c.subject = m.u
            )
            INSERT INTO inbox (message_id) SELECT unnest(\(applied)::uuid[]) ON CONFLICT DO NOTHING
            """
    }

    static func remove(_ ids: [UUID]) -> SQL? {
        ids.isEmpty ? nil : "DELETE FROM waiting WHERE id = ANY(\(ids)::uuid[])"
    }

    /// Keeps messages that cannot be applied now.
    static func keep(
        _ messages: [(incoming: Incoming, state: WaitingRow.State, cause: String?, failures: Int, delay: Duration?)]
    ) -> SQL? {
        if messages.isEmpty { return nil }
        let envelopes = messages.map(\.incoming.envelope)
        return """
            INSERT INTO waiting (id, state, stream, subject, number, type, lane, producer, sent_at, correlation, causation,
                                 traceparent, body, attempts, failures, cause, due_at)
            SELECT id, state, stream, subject, number, type, lane, producer, sent_at, correlation, causation, traceparent,
                   body, CASE state WHEN 'deferred' THEN 1 ELSE 0 END, failures, cause,
                   CASE state WHEN 'deferred' THEN clock_timestamp() + delay * interval '1 millisecond' END
            FROM unnest(\(envelopes.map(\.id))::uuid[], \(messages.map(\.state.rawValue))::text[],
                        \(envelopes.map(\.stream))::text[], \(envelopes.map(\.subject))::uuid[],
                        \(envelopes.map(\.number))::bigint[], \(envelopes.map(\.type))::text[],
                        \(envelopes.map(\.lane.rawValue))::text[], \(envelopes.map(\.producer.rawValue))::text[],
                        \(envelopes.map(\.sentAt))::timestamptz[], \(envelopes.map(\.correlation))::uuid[],
                        \(envelopes.map(\.causation))::uuid[], \(envelopes.map(\.traceparent))::text[],
                        \(messages.map(\.incoming.body))::bytea[], \(messages.map(\.failures))::int[],
                        \(messages.map(\.cause))::text[], \(messages.map { $0.delay?.milliseconds ?? 0 })::bigint[])
                 AS m(id, state, stream, subject, number, type, lane, producer, sent_at, correlation, causation,
                      traceparent, body, failures, cause, delay)
            ON CONFLICT DO NOTHING
            """
    }

    /// Changes what is known of messages that already wait.
    static func update(
        _ rows: [(id: UUID, state: WaitingRow.State, cause: String, failures: Int, delay: Duration)]
    ) -> SQL? {
        if rows.isEmpty { return nil }
        return """
            UPDATE waiting w SET state = m.state, cause = m.cause, failures = m.failures,
                attempts = greatest(w.attempts, 1),
                due_at = CASE m.state WHEN 'deferred'
                         THEN clock_timestamp() + m.delay * interval '1 millisecond' END
            FROM unnest(\(rows.map(\.id))::uuid[], \(rows.map(\.state.rawValue))::text[], \(rows.map(\.cause))::text[],
                        \(rows.map(\.failures))::int[], \(rows.map(\.delay.milliseconds))::bigint[])
                 AS m(id, state, cause, failures, delay)
            WHERE w.id = m.id
            """
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    package var milliseconds: Int {
        let (seconds, attoseconds) = self.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
