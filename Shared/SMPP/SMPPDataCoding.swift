/// How the octets of a message are to be read (`data_coding`, §5.2.19).
package struct SMPPDataCoding: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The centre's own alphabet: here, as Kannel sends it, GSM 03.38 with one character in an octet.
    package static let standard = SMPPDataCoding(rawValue: 0)
    package static let ascii = SMPPDataCoding(rawValue: 1)
    package static let latin1 = SMPPDataCoding(rawValue: 3)
    package static let binary = SMPPDataCoding(rawValue: 4)
    /// UCS-2 in big-endian octets; what phones read, and what everybody sends, is UTF-16.
    package static let ucs2 = SMPPDataCoding(rawValue: 8)

    /// The text of a whole message: with ``ucs2`` the octets of all parts joined, since a sender may cut between the two
    /// halves of a surrogate pair.
    ///
    /// - Throws: ``SMPPError`` `coding` when the octets are no text, or the coding carries none.
    package func text(of octets: some Collection<UInt8>) throws(SMPPError) -> String {
        switch self {
        case .standard: return try GSMAlphabet.text(of: octets)
        case .ascii:
            guard octets.allSatisfy({ $0 < 0x80 }) else { throw Self.noText("ASCII") }
            return String(decoding: octets, as: UTF8.self)
        case .latin1: return String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
        case .ucs2:
            guard octets.count.isMultiple(of: 2) else { throw Self.noText("UTF-16: an odd number of octets") }
            var units: [UInt16] = []
            units.reserveCapacity(octets.count / 2)
            var high: UInt8?
            for octet in octets {
                if let first = high {
                    units.append(UInt16(first) << 8 | UInt16(octet))
                    high = nil
                } else {
                    high = octet
                }
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw Self.noText("UTF-16: half of a surrogate pair")
            }
            return text
        default: throw SMPPError(.coding, "data_coding \(self.rawValue) carries no text", status: .submitFailed)
        }
    }

    /// The octets of a text in ``standard``, when its alphabet has all of it, or else in ``ucs2``.
    package static func octets(of text: String) -> (coding: SMPPDataCoding, octets: [UInt8]) {
        if let octets = GSMAlphabet.octets(of: text) { return (.standard, octets) }
        return (.ucs2, Self.ucs2Octets(of: text))
    }

    package static func ucs2Octets(of text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    private static func noText(_ why: String) -> SMPPError {
        SMPPError(.coding, "the octets are no text in \(why)", status: .submitFailed)
    }
}

/// The default alphabet of GSM (3GPP TS 23.038 §6.2.1), one character in an octet, with its extension after 0x1B.
package enum GSMAlphabet {
    private static let basic = Array(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
            .unicodeScalars)
    private static let extended: [UInt8: Unicode.Scalar] = [
        0x0A: "\u{0C}", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|",
        0x65: "€",
    ]
    private static let positions: [Unicode.Scalar: [UInt8]] = {
        var positions: [Unicode.Scalar: [UInt8]] = [:]
        for (index, scalar) in Self.basic.enumerated() where index != 0x1B { positions[scalar] = [UInt8(index)] }
        for (octet, scalar) in Self.extended { positions[scalar] = [0x1B, octet] }
        return positions
    }()

    package static func text(of octets: some Collection<UInt8>) throws(SMPPError) -> String {
        var scalars = String.UnicodeScalarView()
        var escaped = false
        for octet in octets {
            guard octet < 0x80 else {
                throw SMPPError(.coding, "an octet above 0x7F in the default alphabet", status: .submitFailed)
            }
            if escaped {
                // A phone shows the basic character for an extension it does not know.
                scalars.append(Self.extended[octet] ?? Self.basic[Int(octet)])
                escaped = false
            } else if octet == 0x1B {
                escaped = true
            } else {
                scalars.append(Self.basic[Int(octet)])
            }
        }
        return String(scalars)
    }

    /// `nil` when the alphabet lacks a character of it.
    package static func octets(of text: String) -> [UInt8]? {
        var octets: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let position = Self.positions[scalar] else { return nil }
            octets += position
        }
        return octets
    }
}
