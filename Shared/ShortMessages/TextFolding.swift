/// Brings what people and carriers type to one form: half width, upper case, nothing invisible.
///
/// Of Unicode's compatibility form (NFKC, UAX 15) it carries out what concerns digits, letters and signs of ASCII, which is
/// all that the keywords are made of besides common ideographs; canonical equivalents compare equal in Swift anyway.
package enum TextFolding {
    /// Half width, upper case, without format and control characters, trimmed; runs of spaces become one.
    package static func fold(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isSpacePending = false
        for scalar in text.unicodeScalars {
            guard let plain = Self.plain(scalar) else { continue }
            if plain.properties.isWhitespace {
                isSpacePending = !result.isEmpty
                continue
            }
            if isSpacePending { result.append(" ") }
            isSpacePending = false
            result.append(contentsOf: plain.properties.uppercaseMapping.unicodeScalars)
        }
        return String(result)
    }

    /// The ASCII character a compatibility character stands for, the character itself where it stands for none, and nil for
    /// what cannot be seen.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.properties.generalCategory {
        case .format, .privateUse, .surrogate, .unassigned: return nil
        case .control: return scalar.properties.isWhitespace ? " " : nil
        default: break
        }
        let value = scalar.value
        switch value {
        // Variation selectors, and the frame around the digit of an emoji.
        case 0xFE00...0xFE0F, 0x20E3: return nil
        case 0xFF01...0xFF5E: return Unicode.Scalar(value - 0xFEE0)
        case 0x00B9: return "1"
        case 0x00B2: return "2"
        // ① ⑴ ⒈ and the mathematical digits in five kinds.
        case 0x2460...0x2468: return Unicode.Scalar(0x31 + value - 0x2460)
        case 0x2474...0x247C: return Unicode.Scalar(0x31 + value - 0x2474)
        case 0x2488...0x2490: return Unicode.Scalar(0x31 + value - 0x2488)
        case 0x1D7CE...0x1D7FF: return Unicode.Scalar(0x30 + (value - 0x1D7CE) % 10)
        // Ⓐ ⓐ, and the mathematical letters in thirteen kinds.
        case 0x24B6...0x24CF: return Unicode.Scalar(0x41 + value - 0x24B6)
        case 0x24D0...0x24E9: return Unicode.Scalar(0x61 + value - 0x24D0)
        case 0x1D400...0x1D6A3:
            let index = (value - 0x1D400) % 52
            return Unicode.Scalar(index < 26 ? 0x41 + index : 0x61 + index - 26)
        default: return scalar
        }
    }
}
