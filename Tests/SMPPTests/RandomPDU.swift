import SMPP

extension SeededGenerator {
    mutating func address(_ limit: Int = 20) -> SMPPAddress {
        SMPPAddress(self.text(limit), type: self.octet(), plan: self.octet())
    }

    mutating func parameters() -> [SMPPParameter] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in
            SMPPParameter(tag: UInt16(truncatingIfNeeded: self.next()), value: self.octets(0...300))
        }
    }

    mutating func shortMessage() -> SMPPShortMessage {
        var message = SMPPShortMessage(
            from: self.address(), to: self.address(), coding: SMPPDataCoding(rawValue: self.octet()),
            octets: self.octets(0...254))
        message.serviceType = self.text(5)
        message.esmClass = self.octet()
        message.protocolID = self.octet()
        message.priority = self.octet()
        if Bool.random(using: &self) { message.scheduledDelivery = "261122193518000+" }
        if Bool.random(using: &self) { message.validityPeriod = "000002000000000R" }
        message.registeredDelivery = self.octet()
        message.replaceIfPresent = self.octet()
        message.defaultMessageID = self.octet()
        message.parameters = self.parameters()
        return message
    }

    mutating func body() -> SMPPPDU.Body {
        let kind = SMPPBindKind.allCases.randomElement(using: &self) ?? .transceiver
        switch self.next() % 11 {
        case 0:
            return .bind(
                kind,
                SMPPBind(
                    systemID: self.text(15), password: self.text(8), systemType: self.text(12),
                    interfaceVersion: self.octet(), addressRange: self.address(40)))
        case 1: return .bindResponse(kind, systemID: self.text(15), parameters: self.parameters())
        case 2: return .submit(self.shortMessage())
        case 3: return .submitResponse(messageID: self.text(64))
        case 4: return .deliver(self.shortMessage())
        case 5: return .deliverResponse(messageID: self.text(64))
        case 6: return .enquireLink
        case 7: return .enquireLinkResponse
        case 8: return .unbind
        case 9: return .unbindResponse
        default: return .genericNack
        }
    }

    /// Any PDU there is, each field within its bounds.
    mutating func pdu() -> SMPPPDU {
        let body = self.body()
        let status =
            body.commandID.isResponse && Bool.random(using: &self) ? UInt32(truncatingIfNeeded: self.next()) : 0
        return SMPPPDU(
            sequence: UInt32(truncatingIfNeeded: self.next()), status: SMPPStatus(rawValue: status), body)
    }
}
