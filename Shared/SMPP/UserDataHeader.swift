/// Place of a part in a long message (3GPP TS 23.040 §9.2.3.24.1 and .8).
package struct Concatenation: Sendable, Hashable {
    /// Chosen by the sender, the same for all parts; used again after 256 or 65,536 messages.
    package let reference: UInt16
    /// Parts in all, 1 … 255.
    package let total: Int
    /// This part, 1 … ``total``.
    package let number: Int

    /// - Throws: ``SMPPError`` `userData` unless 1 ≤ number ≤ total.
    package init(reference: UInt16, total: UInt8, number: UInt8) throws(SMPPError) {
        guard number >= 1, number <= total else {
            throw SMPPError(.userData, "part \(number) of \(total)", status: .invalidParameter)
        }
        self.reference = reference
        self.total = Int(total)
        self.number = Int(number)
    }
}

/// The header before the text of a short message (3GPP TS 23.040 §9.2.3.24): its length, then elements.
package struct UserDataHeader: Sendable, Equatable {
    package struct Element: Sendable, Equatable {
        package var id: UInt8
        package var data: [UInt8]

        package init(id: UInt8, data: [UInt8]) {
            self.id = id
            self.data = data
        }
    }

    package var elements: [Element]
    /// Read from the elements when the header is made.
    package let concatenation: Concatenation?

    /// Reads it from the beginning of a message's octets.
    package init(reading octets: [UInt8]) throws(SMPPError) {
        guard let length = octets.first, octets.count > Int(length) else {
            throw SMPPError(
                .userData, "a header of \(octets.first ?? 0) octets in \(octets.count)", status: .invalidMessageLength)
        }
        var rest = octets.dropFirst().prefix(Int(length))
        var elements: [Element] = []
        while let id = rest.popFirst() {
            guard let count = rest.popFirst(), rest.count >= Int(count) else {
                throw SMPPError(.userData, "an element goes beyond its header", status: .invalidParameter)
            }
            elements.append(Element(id: id, data: Array(rest.prefix(Int(count)))))
            rest = rest.dropFirst(Int(count))
        }
        try self.init(elements)
    }

    /// - Throws: ``SMPPError`` `userData` when the elements are longer than 255 octets or contradict themselves.
    package init(_ elements: [Element]) throws(SMPPError) {
        guard elements.allSatisfy({ $0.data.count <= 255 }),
            elements.reduce(0, { $0 + 2 + $1.data.count }) <= 255
        else { throw SMPPError(.userData, "a header longer than 255 octets", status: .invalidParameter) }
        self.elements = elements
        var concatenation: Concatenation?
        for element in elements {
            switch (element.id, element.data.count) {
            case (0x00, 3):
                concatenation = try Concatenation(
                    reference: UInt16(element.data[0]), total: element.data[1], number: element.data[2])
            case (0x08, 4):
                concatenation = try Concatenation(
                    reference: UInt16(element.data[0]) << 8 | UInt16(element.data[1]), total: element.data[2],
                    number: element.data[3])
            case (0x00, _), (0x08, _):
                throw SMPPError(.userData, "a concatenation of the wrong length", status: .invalidParameter)
            default: break
            }
        }
        self.concatenation = concatenation
    }

    /// The header of one part, as most senders write it: an eight-bit reference.
    package init(part: UInt8, of total: UInt8, reference: UInt8) throws(SMPPError) {
        try self.init([Element(id: 0x00, data: [reference, total, part])])
    }

    /// Octets with the length's own: where the text begins.
    package var length: Int { self.elements.reduce(1) { $0 + 2 + $1.data.count } }

    package var octets: [UInt8] {
        self.elements.reduce(into: [UInt8(truncatingIfNeeded: self.length - 1)]) { octets, element in
            octets.append(element.id)
            octets.append(UInt8(truncatingIfNeeded: element.data.count))
            octets += element.data
        }
    }
}
