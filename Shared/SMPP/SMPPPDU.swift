/// One protocol data unit of SMPP 3.4: the header's sequence and status, and what it says.
package struct SMPPPDU: Sendable, Equatable {
    /// The most octets a PDU may have here. The specification has no bound; 70 KB hold every message with a payload
    /// parameter of its full 64 KB.
    package static let largest = 70 << 10
    /// Octets of the header: length, command id, status, sequence.
    package static let headerLength = 16

    /// Ties a response to its request. Requests count 1 … 0x7FFFFFFF; others are taken as they come.
    package var sequence: UInt32
    /// Always ``SMPPStatus/ok`` in a request.
    package var status: SMPPStatus
    package var body: Body

    package init(sequence: UInt32, status: SMPPStatus = .ok, _ body: Body) {
        self.sequence = sequence
        self.status = status
        self.body = body
    }

    /// What a PDU says. A response with an error may come without its body; its text is then empty.
    package enum Body: Sendable, Equatable {
        case bind(SMPPBindKind, SMPPBind)
        case bindResponse(SMPPBindKind, systemID: String, parameters: [SMPPParameter])
        case submit(SMPPShortMessage)
        case submitResponse(messageID: String)
        case deliver(SMPPShortMessage)
        /// The specification wants the message id empty; some centres fill it.
        case deliverResponse(messageID: String)
        case enquireLink
        case enquireLinkResponse
        case unbind
        case unbindResponse
        case genericNack
    }

    package var commandID: SMPPCommandID { self.body.commandID }
}

/// `command_id` of the PDUs known here (§5.1.2.1). Bit 31 marks a response.
package enum SMPPCommandID: UInt32, Sendable, CaseIterable {
    case genericNack = 0x8000_0000
    case bindReceiver = 0x0000_0001
    case bindReceiverResponse = 0x8000_0001
    case bindTransmitter = 0x0000_0002
    case bindTransmitterResponse = 0x8000_0002
    case submit = 0x0000_0004
    case submitResponse = 0x8000_0004
    case deliver = 0x0000_0005
    case deliverResponse = 0x8000_0005
    case unbind = 0x0000_0006
    case unbindResponse = 0x8000_0006
    case bindTransceiver = 0x0000_0009
    case bindTransceiverResponse = 0x8000_0009
    case enquireLink = 0x0000_0015
    case enquireLinkResponse = 0x8000_0015

    package var isResponse: Bool { self.rawValue & 0x8000_0000 != 0 }
}

/// In which directions messages may pass on a session.
package enum SMPPBindKind: String, Sendable, CaseIterable {
    /// The centre delivers, the client submits nothing.
    case receiver
    /// The client submits, the centre delivers nothing.
    case transmitter
    case transceiver

    package var receives: Bool { self != .transmitter }
    package var transmits: Bool { self != .receiver }
}

/// What a client says of itself when it binds (§4.1). The password is never in its description.
package struct SMPPBind: Sendable, Equatable, CustomStringConvertible {
    /// At most 15 characters.
    package var systemID: String
    /// At most 8 characters.
    package var password: String
    /// At most 12 characters.
    package var systemType: String
    /// 0x34 for SMPP 3.4.
    package var interfaceVersion: UInt8
    package var addressRange: SMPPAddress

    package init(
        systemID: String, password: String, systemType: String = "", interfaceVersion: UInt8 = 0x34,
        addressRange: SMPPAddress = SMPPAddress("")
    ) {
        self.systemID = systemID
        self.password = password
        self.systemType = systemType
        self.interfaceVersion = interfaceVersion
        self.addressRange = addressRange
    }

    package var description: String { "bind of \(self.systemID), version \(self.interfaceVersion)" }
}

/// An optional parameter (TLV, §5.3), kept as it came, in order, whether known here or not.
package struct SMPPParameter: Sendable, Equatable {
    package var tag: UInt16
    package var value: [UInt8]

    package init(tag: UInt16, value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    package static let receiptedMessageID: UInt16 = 0x001E
    package static let scInterfaceVersion: UInt16 = 0x0210
    package static let sarReference: UInt16 = 0x020C
    package static let sarTotal: UInt16 = 0x020E
    package static let sarNumber: UInt16 = 0x020F
    package static let messagePayload: UInt16 = 0x0424
    package static let moreMessagesToSend: UInt16 = 0x0426
    package static let messageState: UInt16 = 0x0427
}

extension SMPPPDU.Body {
    package var commandID: SMPPCommandID {
        switch self {
        case .bind(.receiver, _): .bindReceiver
        case .bind(.transmitter, _): .bindTransmitter
        case .bind(.transceiver, _): .bindTransceiver
        case .bindResponse(.receiver, _, _): .bindReceiverResponse
        case .bindResponse(.transmitter, _, _): .bindTransmitterResponse
        case .bindResponse(.transceiver, _, _): .bindTransceiverResponse
        case .submit: .submit
        case .submitResponse: .submitResponse
        case .deliver: .deliver
        case .deliverResponse: .deliverResponse
        case .enquireLink: .enquireLink
        case .enquireLinkResponse: .enquireLinkResponse
        case .unbind: .unbind
        case .unbindResponse: .unbindResponse
        case .genericNack: .genericNack
        }
    }
}
