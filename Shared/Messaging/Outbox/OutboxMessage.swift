import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// A committed message on its way to the broker.
struct OutboxMessage: Sendable {
    let envelope: Envelope
    let destination: ServiceName
    /// The payload alone, JSON.
    let body: String

    var id: UUID { self.envelope.id }

    init(envelope: Envelope, destination: ServiceName, body: String) {
        self.envelope = envelope
        self.destination = destination
        self.body = body
    }

    /// The columns ``init(_:from:)`` reads; the table is `emitted e`.
    static let columns: SQL =
        "e.id, e.destination, e.lane, e.type, e.subject, e.number, e.correlation, e.causation, e.traceparent, e.body, e.written_at"

    /// - Throws: ``MessagingError`` `corruptOutbox` when the row names no service or lane of today.
    init(_ row: PostgresRow, from service: ServiceName) throws {
        let (id, destination, lane, type, subject, number, correlation, causation, traceparent, body, writtenAt) =
            try row.decode(
                UUID.self, String.self, String.self, String.self, UUID.self, Int.self, UUID.self, UUID?.self,
                String?.self,
                String.self, Date.self)
        guard let destination = ServiceName(rawValue: destination), let lane = Lane(rawValue: lane) else {
            throw MessagingError(.corruptOutbox, "outbox row \(id) names no known service or lane")
        }
        self.envelope = Envelope(
            id: id, type: type, subject: subject, stream: Envelope.stream(from: service, to: destination),
            number: number,
            producer: service, lane: lane, sentAt: writtenAt, correlation: correlation, causation: causation,
            traceparent: traceparent)
        self.destination = destination
        self.body = body
    }
}
