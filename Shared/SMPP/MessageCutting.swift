/// Cuts the octets of a text into what fits into short messages.
package enum MessageCutting {
    /// One entry for each part: a single one without a header, or several with a header each.
    ///
    /// A message holds 140 octets: 70 units of UTF-16 or 160 characters of the GSM alphabet (7 bits each on the air). A part
    /// with its header of 6 octets holds 67 units or 153 characters. Cuts fall between units, never between the halves of a
    /// surrogate pair and never after an escape of the GSM alphabet.
    ///
    /// - Throws: ``SMPPError`` `length` when more than 255 parts were needed.
    package static func parts(
        of octets: [UInt8], coding: SMPPDataCoding, reference: UInt8
    ) throws(SMPPError) -> [(header: UserDataHeader?, octets: [UInt8])] {
        let (whole, room) = coding == .standard ? (160, 153) : (140, 134)
        if octets.count <= whole { return [(nil, octets)] }
        var pieces: [[UInt8]] = []
        var rest = octets[...]
        while !rest.isEmpty {
            var count = min(room, rest.count)
            if count < rest.count {
                let next = rest.index(rest.startIndex, offsetBy: count)
                if coding == .ucs2, rest[next] & 0xFC == 0xDC { count -= 2 }
                if coding == .standard, rest[next - 1] == 0x1B { count -= 1 }
            }
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        guard let total = UInt8(exactly: pieces.count) else {
            throw SMPPError(.length, "\(pieces.count) parts, and 255 are allowed", status: .invalidMessageLength)
        }
        var parts: [(header: UserDataHeader?, octets: [UInt8])] = []
        for (index, piece) in pieces.enumerated() {
            let header = try UserDataHeader(part: UInt8(index + 1), of: total, reference: reference)
            parts.append((header, piece))
        }
        return parts
    }
}
