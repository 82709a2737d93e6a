import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime
import Storage

/// One transaction of the service's own database together with the messages it sends: either both happen or neither.
///
/// Not `Sendable`: it lives inside the closure that got it.
package final class UnitOfWork {
    /// The transaction for the service's own statements.
    package let sql: PostgresTransaction
    private let producer: ServiceName
    private var pending: [Pending] = []
    /// Statements that nothing waits for: they travel with the commit.
    var last: [SQL] = []

    private struct Pending {
        let id: UUID
        let destination: ServiceName
        let lane: Lane
        let type: String
        let subject: UUID
        let body: String
        let causation: UUID?
        let traceparent: String?
    }

    init(sql: PostgresTransaction, producer: ServiceName) {
        self.sql = sql
        self.producer = producer
    }

    /// Adds a message to the transaction. It is numbered and written together with the commit, and published after it.
    ///
    /// - Parameters:
    ///   - subject: whose order the message belongs to: the submission, or the person.
    ///   - cause: the message being handled, if this one is its effect.
    /// - Throws: `EncodingError`, if the body has no JSON form.
    /// - Precondition: the contract names this service as producer and `destination` as consumer.
    package func emit<M: MessageContract>(
        _ message: M, subject: UUID, to destination: ServiceName, lane: Lane = .standard, because cause: Envelope? = nil
    ) throws {
        precondition(
            M.producers.contains(self.producer) && M.consumers.contains(destination),
            "\(M.type) does not go from \(self.producer) to \(destination)")
        let body = String(decoding: try ContractCoding.encode(message), as: UTF8.self)
        self.pending.append(
            Pending(
                id: UUIDv7.generate(), destination: destination, lane: lane, type: M.type, subject: subject, body: body,
                causation: cause?.id, traceparent: cause?.traceparent ?? TraceContext.current?.traceparent))
    }

    /// The statement that numbers the messages and writes them, the last of the transaction; nil when there are none.
    ///
    /// Its answer is read by ``committed(_:)``.
    func closing() -> SQL? {
        guard !self.pending.isEmpty else { return nil }
        // Heads are locked in key order, so that two transactions with overlapping subjects cannot deadlock here.
        struct Key: Hashable {
            let destination: String
            let subject: UUID
        }
        var counts: [Key: (count: Int, last: UUID)] = [:]
        var ordinals: [Int] = []
        for message in self.pending {
            let key = Key(destination: message.destination.rawValue, subject: message.subject)
            let count = (counts[key]?.count ?? 0) + 1
            counts[key] = (count, message.id)
            ordinals.append(count)
        }
        let keys = Array(counts.keys)
        // Each message is written once, into `emitted`; the outbox only points there.
        return """
            WITH head AS (
                INSERT INTO stream_head AS h (destination, subject, number, message_id)
                SELECT * FROM unnest(\(keys.map(\.destination))::text[], \(keys.map(\.subject))::uuid[],
                                     \(keys.map { counts[$0]?.count ?? 0 })::bigint[],
                                     \(keys.compactMap { counts[$0]?.last })::uuid[]) AS k(d, s, n, m)
                ORDER BY d, s
                ON CONFLICT (destination, subject)
                DO UPDATE SET number = h.number + EXCLUDED.number, message_id = EXCLUDED.message_id
                RETURNING destination, subject, number
            ), message AS (
                SELECT m.*, head.number - count(*) OVER (PARTITION BY m.destination, m.subject) + m.ordinal AS number
                FROM unnest(\(self.pending.map(\.id))::uuid[], \(self.pending.map(\.destination.rawValue))::text[],
                            \(self.pending.map(\.lane.rawValue))::text[], \(self.pending.map(\.type))::text[],
                            \(self.pending.map(\.subject))::uuid[], \(ordinals)::bigint[],
                            \(self.pending.map(\.causation))::uuid[], \(self.pending.map(\.traceparent))::text[],
                            \(self.pending.map(\.body))::text[])
                     AS m(id, destination, lane, type, subject, ordinal, causation, traceparent, body)
                JOIN head USING (destination, subject)
            ), written AS (
                INSERT INTO emitted (id, destination, lane, type, subject, number, correlation, causation, traceparent, body)
                SELECT id, destination, lane, type, subject, number, subject, causation, traceparent, body FROM message
            )
            INSERT INTO outbox (id, destination, subject, number)
            SELECT id, destination, subject, number FROM message RETURNING id, number, written_at
            """
    }

    /// The messages as they were committed, ready to be published.
    ///
    /// - Parameter result: The answer to ``closing()``. What cannot be read in it is left to the outbox.
    func committed(_ result: PostgresResult?) -> [OutboxMessage] {
        guard !self.pending.isEmpty, let result else { return [] }
        var known: [UUID: (number: Int, writtenAt: Date)] = [:]
        for row in result.rows {
            guard let (id, number, writtenAt) = try? row.decode(UUID.self, Int.self, Date.self) else { continue }
            known[id] = (number, writtenAt)
        }
        return self.pending.compactMap { message in
            known[message.id].map { number, writtenAt in
                OutboxMessage(
                    envelope: Envelope(
                        id: message.id, type: message.type, subject: message.subject,
                        stream: Envelope.stream(from: self.producer, to: message.destination), number: number,
                        producer: self.producer, lane: message.lane, sentAt: writtenAt, correlation: message.subject,
                        causation: message.causation, traceparent: message.traceparent),
                    destination: message.destination, body: message.body)
            }
        }
    }
}
