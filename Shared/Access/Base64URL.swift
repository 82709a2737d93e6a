import FoundationEssentials

/// Base64url without padding (RFC 7515 §2), strict: what does not re-encode to itself is refused, so one token has
/// exactly one spelling.
package enum Base64URL {
    package static func encode(_ bytes: some DataProtocol) -> String {
        let text = Data(bytes).base64EncodedString()
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "+"): out.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): out.append(UInt8(ascii: "_"))
            case UInt8(ascii: "="): break
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    package static func decode(_ text: Substring) -> Data? {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + 3)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): out.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): out.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: out.append(byte)
            }
        }
        while out.count % 4 != 0 { out.append(UInt8(ascii: "=")) }
        guard let data = Data(base64Encoded: Data(out)), Self.encode(data) == text else { return nil }
        return data
    }
}
