import Access
import ArgumentParser
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import RabbitMQ
import Storage

/// `youdai seal`: turns a contract's fixture into a message a stock AMQP client can publish.
struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract:
            "Seal and sign a message body, and print what to publish as JSON: exchange, routing key, properties, body.")

    @OptionGroup var installation: InstallationOptions
    @Option(help: "Type of the message: submission.accepted.v1.")
    var type: String
    @Option(help: "Who sends it.")
    var from: String
    @Option(help: "Who receives it.")
    var to: String
    @Option(help: "Number within the stream and subject, from 1.")
    var number = 1
    @Option(help: "Lane: first or standard.")
    var lane = "standard"
    @Option(help: "Prefix of the names on the broker, when it is not the installation's.")
    var namespace: String?
    @Option(
        help:
            "JSON file with the body; the sealed members stand there in the clear. Without it, the contract's example.")
    var body: String?

    private struct Publication: Encodable {
        var exchange: String
        var routingKey: String
        var messageID: String
        var type: String
        var correlationID: String
        var appID: String
        var timestamp: Int
        var headers: [String: Header]
        var body: String
    }

    private enum Header: Encodable {
        case text(String)
        case number(Int)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    func run() throws {
        let installation = try self.installation.load()
        guard let producer = ServiceName(rawValue: self.from), let receiver = ServiceName(rawValue: self.to) else {
            throw OperationsError(
                "--from and --to name services: \(ServiceName.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard let lane = Lane(rawValue: self.lane) else { throw OperationsError("--lane is first or standard.") }
        guard let contract = ContractRegistry.contract(ofType: self.type) else {
            throw OperationsError(
                "There is no contract \(self.type): take \(ContractRegistry.all.map { $0.type }.joined(separator: ", "))."
            )
        }
        guard contract.producers.contains(producer), contract.consumers.contains(receiver) else {
            throw OperationsError("\(self.type) does not go from \(self.from) to \(self.to).")
        }
        let keyRing: KeyRing
        do {
            keyRing = try KeyRing(file: "\(installation.keysDirectory)/\(producer.rawValue).json")
        } catch {
            throw OperationsError("\(error)")
        }
        let (subject, body) = try FixtureSealing(keyRing: keyRing, receiver: receiver).seal(contract, file: self.body)
        let envelope = Envelope(
            id: UUIDv7.generate(), type: self.type, subject: subject,
            stream: Envelope.stream(from: producer, to: receiver), number: self.number, producer: producer, lane: lane,
            sentAt: Date.now, correlation: subject, causation: nil, traceparent: nil)
        let codec = EnvelopeCodec(
            keyRing: keyRing, topology: MessageTopology(namespace: self.namespace ?? installation.namespace))
        let message = try codec.encode(envelope, body: body, to: receiver)
        let publication = Publication(
            exchange: message.exchange, routingKey: message.routingKey, messageID: envelope.id.uuidString,
            type: envelope.type, correlationID: envelope.correlation.uuidString, appID: producer.rawValue,
            timestamp: Int(envelope.sentAt.timeIntervalSince1970),
            headers: message.properties.headers.compactMapValues { value in
                value.string.map(Header.text) ?? value.int.map(Header.number)
            }, body: String(decoding: body, as: UTF8.self))
        Terminal.write(String(decoding: try ContractCoding.encode(publication), as: UTF8.self) + "\n")
    }
}

/// Seals a fixture's secret members for its receiver.
struct FixtureSealing {
    let keyRing: KeyRing
    let receiver: ServiceName

    func seal(_ contract: any MessageContract.Type, file: String?) throws -> (subject: UUID, body: [UInt8]) {
        let data: [UInt8]
        if let file {
            guard let content = try? Data(contentsOf: URL(filePath: file)) else {
                throw OperationsError("\(file) cannot be read: check the path.")
            }
            data = Array(content)
        } else {
            data = try Self.example(contract)
        }
        switch contract {
        case is SubmissionAccepted.Type:
            var message = try self.open(SubmissionAccepted.self, data)
            message.value.applicant = try self.keyRing.seal(
                try message.secret(Applicant.self) ?? Self.applicant, for: self.receiver.rawValue,
                type: contract.type, subject: message.value.submissionID, field: "applicant")
            return (message.value.submissionID, try ContractCoding.encode(message.value))
        case is SubmissionVerified.Type:
            var message = try self.open(SubmissionVerified.self, data)
            message.value.applicant = try self.keyRing.seal(
                try message.secret(Applicant.self) ?? Self.applicant, for: self.receiver.rawValue,
                type: contract.type, subject: message.value.submissionID, field: "applicant")
            return (message.value.submissionID, try ContractCoding.encode(message.value))
        case is SubmissionApproved.Type:
            var message = try self.open(SubmissionApproved.self, data)
            message.value.applicant = try self.keyRing.seal(
                try message.secret(Applicant.self) ?? Self.applicant, for: self.receiver.rawValue,
                type: contract.type, subject: message.value.submissionID, field: "applicant")
            return (message.value.submissionID, try ContractCoding.encode(message.value))
        case is ContactRegistered.Type:
            var message = try self.open(ContactRegistered.self, data)
            message.value.contact = try self.keyRing.seal(
                try message.secret(Contact.self) ?? Contact(name: "测试甲", phones: ["19900000000"]),
                for: self.receiver.rawValue, type: contract.type, subject: message.value.personID, field: "contact")
            return (message.value.personID, try ContractCoding.encode(message.value))
        case is SubmissionReturned.Type:
            var message = try self.open(SubmissionReturned.self, data)
            message.value.note = try self.keyRing.sealNote(
                try message.secret(String.self) ?? "测试说明", for: self.receiver, of: message.value.submissionID)
            return (message.value.submissionID, try ContractCoding.encode(message.value))
        default:
            let subject = try ContractCoding.decode(SubjectOnly.self, from: data).submissionID
            return (subject, data)
        }
    }

    private static let applicant = Applicant(
        name: "测试甲", identityNumber: "341602199001010009", categories: [.otherVeteran])

    private struct SubjectOnly: Decodable { let submissionID: UUID }

    private struct Opened<M: MessageContract> {
        var value: M
        let data: [UInt8]

        /// The member as it stands in the clear in the given file; nil when it is sealed already.
        func secret<Secret: Decodable>(_ type: Secret.Type) throws -> Secret? {
            try ContractCoding.decode(Members<Secret>.self, from: self.data).found
        }
    }

    /// The sealed member of a body, if it stands there in the clear.
    private struct Members<Secret: Decodable>: Decodable {
        let found: Secret?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            let key = container.allKeys.first { ["applicant", "contact", "note"].contains($0.stringValue) }
            self.found = key.flatMap { try? container.decode(Secret.self, forKey: $0) }
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private func open<M: MessageContract>(_ type: M.Type, _ data: [UInt8]) throws -> Opened<M> {
        do {
            return Opened(value: try ContractCoding.decode(type, from: data), data: data)
        } catch {
            throw OperationsError("The file is not a \(M.type): \(error)")
        }
    }

    private static func example(_ contract: any MessageContract.Type) throws -> [UInt8] {
        try ContractCoding.encode(contract.example)
    }
}
