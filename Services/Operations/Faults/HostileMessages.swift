import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import RabbitMQ
import Storage

/// What somebody with access to the broker and without a service's key might send.
struct HostileMessages: Sendable {
    let topology: MessageTopology
    let receiver: ServiceName
    let keyRing: KeyRing
    let producer: ServiceName

    /// Each of these must park, and change nothing.
    func all() throws -> [AMQPMessage] {
        [
            self.plain([]),
            self.plain(Array("not a message at all".utf8)),
            self.plain(Array(repeating: 0xff, count: 10 << 20)),
            self.manyHeaders(),
            try self.genuine { $0.properties.headers[EnvelopeCodec.Header.number] = .int(7_000) },
            try self.genuine { $0.properties.headers[EnvelopeCodec.Header.number] = .string("1") },
            try self.genuine { $0.properties.headers[EnvelopeCodec.Header.number] = .int(-1) },
            try self.genuine {
                $0.properties.headers[EnvelopeCodec.Header.signature] = .string(String(repeating: "0", count: 64))
            },
            try self.genuine { $0.properties.headers[EnvelopeCodec.Header.signature] = nil },
            try self.genuine { $0.properties.headers[EnvelopeCodec.Header.subject] = .string(UUID().uuidString) },
            try self.genuine {
                $0.properties.headers[EnvelopeCodec.Header.stream] = .string("review>\(self.receiver.rawValue)")
            },
            try self.genuine { $0.properties.type = SubmissionReturned.type },
            try self.genuine { $0.body += Array(" ".utf8) },
            try self.genuine { $0.properties.messageID = "not an id" },
        ]
    }

    private func plain(_ body: [UInt8]) -> AMQPMessage {
        AMQPMessage(
            exchange: self.topology.exchange,
            routingKey: self.topology.routingKey(for: "stranger", to: self.receiver, lane: .standard),
            properties: AMQPProperties(type: body.isEmpty ? nil : "stranger"), body: body)
    }

    /// Ten thousand headers, as many as one frame holds.
    private func manyHeaders() -> AMQPMessage {
        var message = self.plain([1])
        for number in 0..<10_000 { message.properties.headers["h\(number)"] = .bool(true) }
        return message
    }

    /// A message that would be good, changed after it was signed.
    private func genuine(_ change: (inout AMQPMessage) -> Void) throws -> AMQPMessage {
        let subject = UUIDv7.generate()
        let envelope = Envelope(
            id: UUIDv7.generate(), type: SubmissionAccepted.type, subject: subject,
            stream: Envelope.stream(from: self.producer, to: self.receiver), number: 1, producer: self.producer,
            lane: .standard, sentAt: Date.now, correlation: subject, causation: nil, traceparent: nil)
        var message = try EnvelopeCodec(keyRing: self.keyRing, topology: self.topology).encode(
            envelope, body: try ContractCoding.encode(SubmissionAccepted.example), to: self.receiver)
        change(&message)
        return message
    }

    /// - Returns: how many the broker has taken.
    func send(_ messages: [AMQPMessage], over broker: AMQPConfiguration) async throws -> Int {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        var configuration = broker
        // The largest of them is larger than what a service has under way at once.
        configuration.publishTimeout = .seconds(20)
        let publisher = AMQPPublisher(configuration: configuration, topology: self.topology.declaration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            defer { group.cancelAll() }
            var taken = 0
            for message in messages {
                let outcome = await publisher.publish([message]).first
                guard outcome == .confirmed else {
                    throw OperationsError(
                        "a hostile message was not even taken by the broker: \(outcome.map { "\($0)" } ?? "-")")
                }
                taken += 1
            }
            return taken
        }
    }
}
