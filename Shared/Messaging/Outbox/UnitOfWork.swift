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

    /// How many messages were written to the outbox.
    private(set) var emittedCount = 0

    /// Adds a message to the transaction. It is numbered and written to the outbox when the closure has returned, and
    /// published after the commit.
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

    /// Numbers the messages and writes them to the outbox, in one statement.
    func flush() async throws {
        guard !self.pending.isEmpty else { return }
        defer {
            self.emittedCount += self.pending.count
            self.pending.removeAll()
        }
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
        try await self.sql.execute(
            """
            WITH head AS (
                INSERT INTO stream_head AS h (destination, subject, number, message_id)
                SELECT * FROM unnest(\(keys.map(\.destination))::text[], \(keys.map(\.subject))::uuid[],
                                     \(keys.map { counts[$0]?.count ?? 0 })::bigint[],
                                     \(keys.compactMap { counts[$0]?.last })::uuid[]) AS k(d, s, n, m)
                ORDER BY d, s
                ON CONFLICT (destination, subject)
                DO UPDATE SET number = h.number + EXCLUDED.number, message_id = EXCLUDED.message_id
                RETURNING destination, subject, number
            ), emitted_now AS (
                SELECT *, count(*) OVER (PARTITION BY destination, subject) AS total
                FROM unnest(\(self.pending.map(\.id))::uuid[], \(self.pending.map(\.destination.rawValue))::text[],
                            \(self.pending.map(\.lane.rawValue))::text[], \(self.pending.map(\.type))::text[],
                            \(self.pending.map(\.subject))::uuid[], \(ordinals)::bigint[],
                            \(self.pending.map(\.causation))::uuid[], \(self.pending.map(\.traceparent))::text[],
                            \(self.pending.map(\.body))::text[])
                     AS m(id, destination, lane, type, subject, ordinal, causation, traceparent, body)
            )
            INSERT INTO outbox (id, destination, lane, type, subject, number, correlation, causation, traceparent, body)
            SELECT m.id, m.destination, m.lane, m.type, m.subject, head.number - m.total + m.ordinal, m.subject,
                   m.causation, m.traceparent, m.body
            FROM emitted_now m JOIN head USING (destination, subject)
            """)
    }
}
