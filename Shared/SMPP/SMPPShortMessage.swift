/// A number with its type and plan (§5.2.5, §5.2.6). It is somebody's number: its description shows its length only.
package struct SMPPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Type of number: 0 unknown, 1 international, 2 national, 5 alphanumeric.
    package var type: UInt8
    /// Numbering plan: 0 unknown, 1 ISDN (E.164).
    package var plan: UInt8
    /// At most 20 characters of ASCII (40 in a bind's address range).
    package var number: String

    package init(_ number: String, type: UInt8 = 0, plan: UInt8 = 1) {
        self.number = number
        self.type = type
        self.plan = plan
    }

    package var description: String { "a number of \(self.number.utf8.count) digits" }
}

/// The body that submit_sm and deliver_sm share (§4.4.1, §4.6.1).
package struct SMPPShortMessage: Sendable, Equatable {
    /// At most 5 characters.
    package var serviceType = ""
    package var source: SMPPAddress
    package var destination: SMPPAddress
    /// Mode, type and features; see ``isReceipt`` and ``hasUserDataHeader``.
    package var esmClass: UInt8 = 0
    package var protocolID: UInt8 = 0
    package var priority: UInt8 = 0
    /// Empty, or 16 characters `YYMMDDhhmmsstnnp` (§7.1.1).
    package var scheduledDelivery = ""
    /// Empty, or 16 characters `YYMMDDhhmmsstnnp`.
    package var validityPeriod = ""
    /// Bits 0 and 1: 1 a receipt in any case, 2 only on failure.
    package var registeredDelivery: UInt8 = 0
    package var replaceIfPresent: UInt8 = 0
    package var coding: SMPPDataCoding
    package var defaultMessageID: UInt8 = 0
    /// At most 254 octets, a user data header among them.
    package var octets: [UInt8]
    package var parameters: [SMPPParameter] = []

    package init(
        from source: SMPPAddress, to destination: SMPPAddress, coding: SMPPDataCoding = .standard, octets: [UInt8] = []
    ) {
        self.source = source
        self.destination = destination
        self.coding = coding
        self.octets = octets
    }

    /// Whether a deliver_sm is a delivery receipt of the centre (message type in bits 2 to 5 of `esm_class`).
    package var isReceipt: Bool {
        get { self.esmClass & 0x3C == 0x04 }
        set { self.esmClass = self.esmClass & ~0x3C | (newValue ? 0x04 : 0) }
    }

    /// Whether the octets begin with a user data header (bit 6 of `esm_class`).
    package var hasUserDataHeader: Bool {
        get { self.esmClass & 0x40 != 0 }
        set { self.esmClass = self.esmClass & ~0x40 | (newValue ? 0x40 : 0) }
    }

    /// Whether its sender wants a receipt of its success.
    package var wantsReceipt: Bool { self.registeredDelivery & 0x03 == 1 }
    /// Whether its sender wants a receipt of its failure.
    package var wantsFailureReceipt: Bool { [1, 2].contains(self.registeredDelivery & 0x03) }

    package func parameter(_ tag: UInt16) -> [UInt8]? {
        self.parameters.first { $0.tag == tag }?.value
    }

    /// The octets, wherever they are: `message_payload` counts when `short_message` is empty (§5.3.2.32).
    package var content: [UInt8] {
        self.octets.isEmpty ? self.parameter(SMPPParameter.messagePayload) ?? [] : self.octets
    }

    /// The content parted into header and text octets.
    ///
    /// - Throws: ``SMPPError`` `userData` when the header that `esm_class` announces is none.
    package func parted() throws(SMPPError) -> (header: UserDataHeader?, octets: [UInt8]) {
        let content = self.content
        guard self.hasUserDataHeader else { return (nil, content) }
        let header = try UserDataHeader(reading: content)
        return (header, Array(content.dropFirst(header.length)))
    }

    /// Which part of which long message this is, by the user data header or by the `sar_…` parameters (§5.3.2.22).
    ///
    /// - Returns: `nil` for a message of one part.
    package func concatenation() throws(SMPPError) -> Concatenation? {
        if let concatenation = try self.parted().header?.concatenation { return concatenation }
        guard let reference = self.parameter(SMPPParameter.sarReference), reference.count == 2,
            let total = self.parameter(SMPPParameter.sarTotal), total.count == 1,
            let number = self.parameter(SMPPParameter.sarNumber), number.count == 1
        else { return nil }
        return try Concatenation(
            reference: UInt16(reference[0]) << 8 | UInt16(reference[1]), total: total[0], number: number[0])
    }
}
