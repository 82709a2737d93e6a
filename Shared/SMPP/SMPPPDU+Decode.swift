import NIOCore

/// The four numbers every PDU begins with.
package struct SMPPHeader: Sendable, Equatable {
    package let length: UInt32
    package let command: UInt32
    package let status: SMPPStatus
    package let sequence: UInt32

    /// Whether it answers a request; then nothing may be answered to it, or two peers could go on for ever.
    package var isResponse: Bool { self.command & 0x8000_0000 != 0 }
}

extension SMPPPDU {
    /// Reads one whole PDU; the buffer must hold exactly that.
    ///
    /// - Throws: ``SMPPError`` saying what is wrong; the header alone can then still be read with ``header(of:)``.
    package init(decoding buffer: ByteBuffer) throws(SMPPError) {
        guard let header = Self.header(of: buffer), header.length == buffer.readableBytes else {
            throw SMPPError(.framing, "the header's length is not that of the \(buffer.readableBytes) octets")
        }
        guard let command = SMPPCommandID(rawValue: header.command) else {
            throw SMPPError(
                .command, "command id 0x\(String(header.command, radix: 16)) is not known", status: .invalidCommandID)
        }
        var reader = SMPPReader(buffer: buffer, skipping: Self.headerLength)
        let body = try Self.body(command, header.status, &reader)
        try reader.expectEnd()
        self.init(sequence: header.sequence, status: header.status, body)
    }

    /// The header at the beginning of a buffer; `nil` when it has less than 16 octets.
    package static func header(of buffer: ByteBuffer) -> SMPPHeader? {
        var buffer = buffer
        guard
            let (length, command, status, sequence) = buffer.readMultipleIntegers(
                as: (UInt32, UInt32, UInt32, UInt32).self)
        else { return nil }
        return SMPPHeader(
            length: length, command: command, status: SMPPStatus(rawValue: status), sequence: sequence)
    }

    private static func body(
        _ command: SMPPCommandID, _ status: SMPPStatus, _ reader: inout SMPPReader
    ) throws(SMPPError) -> Body {
        switch command {
        case .bindReceiver: return .bind(.receiver, try reader.bind())
        case .bindTransmitter: return .bind(.transmitter, try reader.bind())
        case .bindTransceiver: return .bind(.transceiver, try reader.bind())
        case .bindReceiverResponse: return try reader.bindResponse(.receiver)
        case .bindTransmitterResponse: return try reader.bindResponse(.transmitter)
        case .bindTransceiverResponse: return try reader.bindResponse(.transceiver)
        case .submit: return .submit(try reader.shortMessage())
        case .deliver: return .deliver(try reader.shortMessage())
        case .submitResponse: return .submitResponse(messageID: try reader.messageID())
        case .deliverResponse: return .deliverResponse(messageID: try reader.messageID())
        case .enquireLink: return .enquireLink
        case .enquireLinkResponse: return .enquireLinkResponse
        case .unbind: return .unbind
        case .unbindResponse: return .unbindResponse
        case .genericNack: return .genericNack
        }
    }
}

/// Reads the fields of one PDU, each within its bounds.
struct SMPPReader {
    private var buffer: ByteBuffer

    init(buffer: ByteBuffer, skipping count: Int) {
        self.buffer = buffer
        self.buffer.moveReaderIndex(forwardBy: count)
    }

    private var isAtEnd: Bool { self.buffer.readableBytes == 0 }

    func expectEnd() throws(SMPPError) {
        guard self.isAtEnd else {
            throw SMPPError(.length, "\(self.buffer.readableBytes) octets are left over after the last field")
        }
    }

    private mutating func octet(_ field: StaticString) throws(SMPPError) -> UInt8 {
        guard let octet = self.buffer.readInteger(as: UInt8.self) else {
            throw SMPPError(.length, "the PDU ends before \(field)")
        }
        return octet
    }

    /// A C-octet string: ASCII closed by a zero, `limit` octets at most with it.
    private mutating func text(_ field: StaticString, limit: Int) throws(SMPPError) -> String {
        let view = self.buffer.readableBytesView.prefix(limit)
        guard let end = view.firstIndex(of: 0) else {
            guard view.count == limit else { throw SMPPError(.length, "the PDU ends within \(field)") }
            throw SMPPError(
                .text, "\(field) is longer than \(limit - 1) characters", status: .invalidParameter)
        }
        let bytes = view[..<end]
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw SMPPError(.text, "\(field) is not ASCII", status: .invalidParameter)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        self.buffer.moveReaderIndex(forwardBy: bytes.count + 1)
        return text
    }

    private mutating func address(_ field: StaticString, limit: Int = 21) throws(SMPPError) -> SMPPAddress {
        let type = try self.octet(field)
        let plan = try self.octet(field)
        return SMPPAddress(try self.text(field, limit: limit), type: type, plan: plan)
    }

    /// A time: one octet, or seventeen, and nothing between (§7.1.1).
    private mutating func time(_ field: StaticString) throws(SMPPError) -> String {
        let text = try self.text(field, limit: 17)
        guard text.isEmpty || text.utf8.count == 16 else {
            throw SMPPError(.text, "\(field) has \(text.utf8.count) characters", status: .invalidParameter)
        }
        return text
    }

    private mutating func parameters() throws(SMPPError) -> [SMPPParameter] {
        var parameters: [SMPPParameter] = []
        while !self.isAtEnd {
            guard let (tag, length) = self.buffer.readMultipleIntegers(as: (UInt16, UInt16).self),
                let value = self.buffer.readBytes(length: Int(length))
            else {
                throw SMPPError(
                    .parameter, "an optional parameter goes beyond the PDU", status: SMPPStatus(rawValue: 0xC0))
            }
            parameters.append(SMPPParameter(tag: tag, value: value))
        }
        return parameters
    }

    mutating func bind() throws(SMPPError) -> SMPPBind {
        let systemID = try self.text("system_id", limit: 16)
        let password = try self.text("password", limit: 9)
        let systemType = try self.text("system_type", limit: 13)
        let version = try self.octet("interface_version")
        return SMPPBind(
            systemID: systemID, password: password, systemType: systemType, interfaceVersion: version,
            addressRange: try self.address("address_range", limit: 41))
    }

    mutating func bindResponse(_ kind: SMPPBindKind) throws(SMPPError) -> SMPPPDU.Body {
        if self.isAtEnd { return .bindResponse(kind, systemID: "", parameters: []) }
        let systemID = try self.text("system_id", limit: 16)
        return .bindResponse(kind, systemID: systemID, parameters: try self.parameters())
    }

    mutating func messageID() throws(SMPPError) -> String {
        self.isAtEnd ? "" : try self.text("message_id", limit: 65)
    }

    mutating func shortMessage() throws(SMPPError) -> SMPPShortMessage {
        let serviceType = try self.text("service_type", limit: 6)
        let source = try self.address("source_addr")
        let destination = try self.address("destination_addr")
        var message = SMPPShortMessage(from: source, to: destination)
        message.serviceType = serviceType
        message.esmClass = try self.octet("esm_class")
        message.protocolID = try self.octet("protocol_id")
        message.priority = try self.octet("priority_flag")
        message.scheduledDelivery = try self.time("schedule_delivery_time")
        message.validityPeriod = try self.time("validity_period")
        message.registeredDelivery = try self.octet("registered_delivery")
        message.replaceIfPresent = try self.octet("replace_if_present_flag")
        message.coding = SMPPDataCoding(rawValue: try self.octet("data_coding"))
        message.defaultMessageID = try self.octet("sm_default_msg_id")
        let length = Int(try self.octet("sm_length"))
        guard length <= 254 else {
            throw SMPPError(.length, "sm_length is \(length), and 254 are allowed", status: .invalidMessageLength)
        }
        guard let octets = self.buffer.readBytes(length: length) else {
            throw SMPPError(.length, "the PDU ends within short_message", status: .invalidMessageLength)
        }
        message.octets = octets
        message.parameters = try self.parameters()
        return message
    }
}
