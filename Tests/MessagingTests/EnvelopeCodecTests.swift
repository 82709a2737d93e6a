import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import RabbitMQ
import Testing

@Suite("Envelopes on the wire")
struct EnvelopeCodecTests {
    private let rings: [ServiceName: KeyRing]
    private let names = MessageTopology(namespace: "test")

    init() throws {
        let files = try KeyRing.generate(services: ServiceName.allCases.map(\.rawValue))
        var rings: [ServiceName: KeyRing] = [:]
        for service in ServiceName.allCases { rings[service] = try KeyRing(json: files[service.rawValue] ?? "") }
        self.rings = rings
    }

    private func codec(_ service: ServiceName) throws -> EnvelopeCodec {
        EnvelopeCodec(keyRing: try #require(self.rings[service]), topology: self.names)
    }

    private let envelope = Envelope(
        id: UUID(), type: "submission.accepted.v1", subject: UUID(), stream: "intake>verification", number: 7,
        producer: .intake, lane: .first, sentAt: Date(timeIntervalSince1970: 1_646_791_200), correlation: UUID(),
        causation: UUID(), traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    private let body = Array("{\"round\":1}".utf8)

    private func delivery(_ message: AMQPMessage, _ change: (inout AMQPProperties) -> Void = { _ in }) -> AMQPDelivery {
        var properties = message.properties
        change(&properties)
        return AMQPDelivery(
            queue: "test.verification.first", exchange: message.exchange, routingKey: message.routingKey,
            properties: properties, body: message.body, redelivered: false,
            tag: DeliveryTag(generation: 1, channel: 1, number: 1))
    }

    private func message() throws -> AMQPMessage {
        try self.codec(.intake).encode(self.envelope, body: self.body, to: .verification)
    }

    @Test("What is written is read again, all of it")
    func roundTrip() throws {
        let read = try self.codec(.verification).decode(self.delivery(try self.message()), at: .verification)
        #expect(read == self.envelope)
    }

    @Test("The routing key leads to the receiver's lane, and the message is kept on disk")
    func routing() throws {
        let message = try self.message()
        #expect(message.exchange == "test.messages")
        #expect(message.routingKey == "verification.first.submission.accepted.v1")
        #expect(message.properties.persistent)
        #expect(message.properties.contentType == "application/json")
    }

    @Test("A number, subject, stream, lane, type or body that was changed does not fit the signature")
    func forgeries() throws {
        let message = try self.message()
        let codec = try self.codec(.verification)
        let changes: [(inout AMQPProperties) -> Void] = [
            { $0.headers[EnvelopeCodec.Header.number] = .int(8) },
            { $0.headers[EnvelopeCodec.Header.subject] = .string(UUID().uuidString) },
            { $0.headers[EnvelopeCodec.Header.lane] = .string("standard") },
            { $0.type = "submission.returned.v1" },
            { $0.messageID = UUID().uuidString },
        ]
        for change in changes {
            #expect(throws: EnvelopeProblem(reason: "the signature does not fit")) {
                try codec.decode(self.delivery(message, change), at: .verification)
            }
        }
        var other = message
        other.body.append(UInt8(ascii: " "))
        #expect(throws: EnvelopeProblem(reason: "the signature does not fit")) {
            try codec.decode(self.delivery(other), at: .verification)
        }
    }

    @Test("A message for one service is none for another")
    func wrongReceiver() throws {
        let message = try self.message()
        #expect(throws: EnvelopeProblem.self) {
            try self.codec(.review).decode(self.delivery(message), at: .review)
        }
        // Even when the stream's name is changed to fit, the key is the other service's.
        #expect(throws: EnvelopeProblem.self) {
            try self.codec(.review).decode(
                self.delivery(message) { $0.headers[EnvelopeCodec.Header.stream] = .string("intake>review") },
                at: .review)
        }
    }

    @Test("Whatever is missing or of another kind is said, and nothing crashes")
    func missing() throws {
        let message = try self.message()
        let codec = try self.codec(.verification)
        let changes: [(String, (inout AMQPProperties) -> Void)] = [
            ("no message id", { $0.messageID = nil }),
            ("no message id", { $0.messageID = "seven" }),
            ("no type", { $0.type = nil }),
            ("no subject", { $0.headers[EnvelopeCodec.Header.subject] = nil }),
            ("unknown producer", { $0.appID = "stranger" }),
            (
                "the stream is not one from its producer to verification",
                { $0.headers[EnvelopeCodec.Header.stream] = nil }
            ),
            ("no number", { $0.headers[EnvelopeCodec.Header.number] = .string("7") }),
            ("no number", { $0.headers[EnvelopeCodec.Header.number] = .int(0) }),
            ("unknown lane", { $0.headers[EnvelopeCodec.Header.lane] = .string("fast") }),
            ("not signed", { $0.headers[EnvelopeCodec.Header.signature] = nil }),
            ("not signed", { $0.headers[EnvelopeCodec.Header.signature] = .string("zz") }),
            ("not signed", { $0.headers[EnvelopeCodec.Header.key] = .table([:]) }),
        ]
        for (reason, change) in changes {
            #expect(throws: EnvelopeProblem(reason: reason)) {
                try codec.decode(self.delivery(message, change), at: .verification)
            }
        }
    }

    @Test("Hexadecimal goes both ways, and refuses what is none")
    func hexadecimal() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        #expect(Hexadecimal.decode("ABcd") == [0xab, 0xcd])
        #expect(Hexadecimal.decode("abc") == nil)
        #expect(Hexadecimal.decode("xy") == nil)
        #expect(Hexadecimal.decode("") == [])
    }

    @Test("Every service has two lanes and one exchange, and nothing has a delivery limit")
    func topology() {
        let declaration = self.names.declaration
        #expect(declaration.queues.count == ServiceName.allCases.count * 2 + 1)
        #expect(declaration.queues.allSatisfy { $0.arguments["x-queue-type"] == .string("quorum") })
        #expect(declaration.queues.allSatisfy { $0.arguments["x-delivery-limit"] == nil })
        #expect(Set(declaration.queues.map(\.name)) == Set(self.names.queueNames))
        for binding in declaration.bindings where binding.exchange == self.names.exchange {
            #expect(binding.routingKey.hasSuffix(".#"))
        }
    }
}
