/// What a JPEG says about itself before its first pixel. Read here, so that nothing is allocated for a size a file only claims.
struct JPEGHeader: Hashable, Sendable {
    let width: Int
    let height: Int
    /// Pixels per inch of the JFIF segment; nil when it states none or two different ones.
    let density: Int?

    /// - Returns: nil when the bytes do not begin like a JPEG with a frame and a scan.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var density: Int?
        var size: (width: Int, height: Int)?
        var place = 2
        while place + 4 <= bytes.count {
            guard bytes[place] == 0xFF else { return nil }
            let marker = bytes[place + 1]
            switch marker {
            case 0xFF:
                // A fill byte.
                place += 1
                continue
            case 0x01, 0xD0...0xD8:
                place += 2
                continue
            case 0xD9: return nil
            default: break
            }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2, place + 2 + length <= bytes.count else { return nil }
            let segment = bytes[(place + 4)..<(place + 2 + length)]
            switch marker {
            case 0xE0: density = Self.density(segment) ?? density
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard segment.count >= 6, size == nil else { return nil }
                let start = segment.startIndex
                size = (
                    Int(segment[start + 3]) << 8 | Int(segment[start + 4]),
                    Int(segment[start + 1]) << 8 | Int(segment[start + 2])
                )
            case 0xDA:
                guard let size, size.width > 0, size.height > 0 else { return nil }
                self.width = size.width
                self.height = size.height
                self.density = density
                return
            default: break
            }
            place += 2 + length
        }
        return nil
    }

    /// “JFIF”, version, unit, horizontal and vertical density.
    private static func density(_ segment: ArraySlice<UInt8>) -> Int? {
        guard segment.count >= 12, segment.starts(with: [0x4A, 0x46, 0x49, 0x46, 0x00]) else { return nil }
        let start = segment.startIndex
        let across = Int(segment[start + 8]) << 8 | Int(segment[start + 9])
        let down = Int(segment[start + 10]) << 8 | Int(segment[start + 11])
        guard across == down, across > 0 else { return nil }
        return switch segment[start + 7] {
        case 1: across
        // Per centimetre: 118 is what programs write for 300 per inch.
        case 2: (across * 254 + 50) / 100
        default: nil
        }
    }
}
