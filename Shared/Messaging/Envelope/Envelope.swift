import CardProgramme
import Contracts
import FoundationEssentials

/// Everything about a message except its body (ARCHITECTURE §3.8). On the wire these are AMQP properties and headers.
package struct Envelope: Sendable, Hashable {
    /// UUIDv7, the same for every delivery of this message.
    package var id: UUID
    /// `submission.accepted.v1`
    package var type: String
    package var subject: UUID
    /// Who numbered it for whom: `intake>verification`.
    package var stream: String
    /// 1, 2, 3 … within one stream and subject.
    package var number: Int
    package var producer: ServiceName
    package var lane: Lane
    /// When the producer wrote it, real time; ages are measured with it, rules never read it.
    package var sentAt: Date
    package var correlation: UUID
    /// The message whose effect this one is.
    package var causation: UUID?
    package var traceparent: String?

    package init(
        id: UUID, type: String, subject: UUID, stream: String, number: Int, producer: ServiceName, lane: Lane,
        sentAt: Date,
        correlation: UUID, causation: UUID?, traceparent: String?
    ) {
        self.id = id
        self.type = type
        self.subject = subject
        self.stream = stream
        self.number = number
        self.producer = producer
        self.lane = lane
        self.sentAt = sentAt
        self.correlation = correlation
        self.causation = causation
        self.traceparent = traceparent
    }

    package static func stream(from producer: ServiceName, to destination: ServiceName) -> String {
        "\(producer.rawValue)>\(destination.rawValue)"
    }

    /// What the producer signs: whoever can put bytes on the broker still cannot invent, renumber or redirect a message.
    package func signedBytes(body: [UInt8]) -> [UInt8] {
        var bytes = Array(
            "v1\n\(self.id)\n\(self.type)\n\(self.subject)\n\(self.stream)\n\(self.number)\n\(self.lane.rawValue)\n"
                .utf8)
        bytes.append(contentsOf: body)
        return bytes
    }
}

/// A message of type `M` as its handler gets it.
package struct Received<M: MessageContract>: Sendable {
    package let envelope: Envelope
    package let message: M
}

/// A handler's word that a message is not possible yet: another producer's message must come first.
package struct Postponed: Sendable {
    package let id: UUID
    package let reason: String

    /// - Parameters:
    ///   - id: the envelope's id.
    ///   - reason: for staff, without personal data.
    package init(_ id: UUID, reason: String) {
        self.id = id
        self.reason = reason
    }
}
