import Access
import CardProgramme
import Contracts
import FoundationEssentials
import RabbitMQ

/// Why a delivery cannot be taken for a message of this project. Such a delivery parks without touching any subject.
package struct EnvelopeProblem: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Envelope ⇄ AMQP properties. Header names are ours because the CloudEvents binding is for AMQP 1.0 only.
package struct EnvelopeCodec: Sendable {
    package enum Header {
        package static let subject = "youdai-subject"
        package static let stream = "youdai-stream"
        package static let number = "youdai-number"
        package static let lane = "youdai-lane"
        package static let causation = "youdai-causation"
        package static let key = "youdai-key"
        package static let signature = "youdai-signature"
        package static let traceparent = "traceparent"
    }

    let keyRing: KeyRing
    let topology: MessageTopology

    package init(keyRing: KeyRing, topology: MessageTopology) {
        self.keyRing = keyRing
        self.topology = topology
    }

    /// - Throws: `AccessError` when there is no key for the destination.
    package func encode(_ envelope: Envelope, body: [UInt8], to destination: ServiceName) throws -> AMQPMessage {
        let (keyID, signature) = try self.keyRing.signature(
            for: destination.rawValue, over: envelope.signedBytes(body: body))
        var headers: [String: AMQPFieldValue] = [
            Header.subject: .string(envelope.subject.uuidString),
            Header.stream: .string(envelope.stream),
            Header.number: .int(envelope.number),
            Header.lane: .string(envelope.lane.rawValue),
            Header.key: .string(keyID),
            Header.signature: .string(Hexadecimal.encode(signature)),
        ]
        if let causation = envelope.causation { headers[Header.causation] = .string(causation.uuidString) }
        if let traceparent = envelope.traceparent { headers[Header.traceparent] = .string(traceparent) }
        return AMQPMessage(
            exchange: self.topology.exchange,
            routingKey: self.topology.routingKey(for: envelope.type, to: destination, lane: envelope.lane),
            properties: AMQPProperties(
                messageID: envelope.id.uuidString, type: envelope.type, correlationID: envelope.correlation.uuidString,
                contentType: "application/json", appID: envelope.producer.rawValue, timestamp: envelope.sentAt,
                headers: headers),
            body: body)
    }

    /// Reads a delivery's envelope and proves that a holder of this service's key wrote it.
    package func decode(_ delivery: AMQPDelivery, at receiver: ServiceName) throws(EnvelopeProblem) -> Envelope {
        let properties = delivery.properties
        let id = try Self.uuid(properties.messageID, "message id")
        guard let type = properties.type else { throw EnvelopeProblem(reason: "no type") }
        let subject = try Self.uuid(Self.text(properties, Header.subject), "subject")
        guard let producer = properties.appID.flatMap(ServiceName.init(rawValue:)) else {
            throw EnvelopeProblem(reason: "unknown producer")
        }
        guard let stream = Self.text(properties, Header.stream),
            stream == Envelope.stream(from: producer, to: receiver)
        else { throw EnvelopeProblem(reason: "the stream is not one from its producer to \(receiver.rawValue)") }
        guard case .int(let number)? = properties.headers[Header.number], number >= 1 else {
            throw EnvelopeProblem(reason: "no number")
        }
        guard let lane = Self.text(properties, Header.lane).flatMap(Lane.init(rawValue:)) else {
            throw EnvelopeProblem(reason: "unknown lane")
        }
        let envelope = Envelope(
            id: id, type: type, subject: subject, stream: stream, number: number, producer: producer, lane: lane,
            sentAt: properties.timestamp ?? Date(timeIntervalSince1970: 0),
            correlation: (try? Self.uuid(properties.correlationID, "")) ?? subject,
            causation: try? Self.uuid(Self.text(properties, Header.causation), ""),
            traceparent: Self.text(properties, Header.traceparent))
        guard let keyID = Self.text(properties, Header.key),
            let signature = Self.text(properties, Header.signature).flatMap(Hexadecimal.decode)
        else { throw EnvelopeProblem(reason: "not signed") }
        guard
            self.keyRing.isValidSignature(
                keyID: keyID, signature: signature, over: envelope.signedBytes(body: delivery.body))
        else { throw EnvelopeProblem(reason: "the signature does not fit") }
        return envelope
    }

    private static func text(_ properties: AMQPProperties, _ header: String) -> String? {
        guard case .string(let text)? = properties.headers[header] else { return nil }
        return text
    }

    private static func uuid(_ text: String?, _ what: String) throws(EnvelopeProblem) -> UUID {
        guard let text, let value = UUID(uuidString: text) else { throw EnvelopeProblem(reason: "no \(what)") }
        return value
    }
}

/// Lower-case hexadecimal.
package enum Hexadecimal {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
