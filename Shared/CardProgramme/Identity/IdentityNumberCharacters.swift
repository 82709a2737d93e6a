/// The characters of a typed identity number: blanks dropped, full-width forms made plain, read in one pass over UTF-8.
struct IdentityNumberCharacters {
    /// How many characters there are, 15 or 18: digits, and X if it is the last.
    private(set) var count = 0
    /// The digits as one integer, without the 18th character.
    private(set) var value: UInt64 = 0
    /// The value of the 18th character, 0…10, when there are 18.
    private(set) var last: UInt8 = 0
    /// Whether the last character is X.
    private(set) var endsWithX = false

    private enum Symbol {
        case digit(UInt8)
        case x
        case blank
        case other
    }

    init(_ text: String) throws(IdentityNumberError) {
        let bytes = text.utf8Span.span
        // The longest number (18 full-width characters) and generous blanks; anything longer is refused unread.
        guard bytes.count <= 256 else { throw .length }
        var ended = false
        var index = 0
        while index < bytes.count {
            // Nearly every number comes as plain digits.
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit < 10, !ended, !self.endsWithX {
                self.append(digit)
                index += 1
                continue
            }
            switch Self.symbol(bytes, &index) {
            case .blank:
                // Blanks before the first character are skipped, blanks after one may only be followed by blanks.
                if self.count > 0 { ended = true }
            case .digit(let digit):
                guard !ended, !self.endsWithX else { throw .character }
                self.append(digit)
            case .x:
                guard !ended, !self.endsWithX, self.count > 0 else { throw .character }
                self.count += 1
                self.endsWithX = true
                self.last = 10
            case .other:
                throw .character
            }
        }
        if self.count == 0 { throw .empty }
        if self.count != 18, self.count != 15 { throw .length }
    }

    private mutating func append(_ digit: UInt8) {
        self.count += 1
        if self.count <= 17 {
            self.value = self.value &* 10 &+ UInt64(digit)
        } else {
            self.last = digit
        }
    }

    /// The character at an index, which moves behind it.
    private static func symbol(_ bytes: Span<UInt8>, _ index: inout Int) -> Symbol {
        let first = bytes[index]
        // How many bytes a character has follows from its first one; the text is valid UTF-8.
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let second = length > 1 && index + 1 < bytes.count ? bytes[index + 1] : 0
        let third = length > 2 && index + 2 < bytes.count ? bytes[index + 2] : 0
        index += length
        switch (first, second, third) {
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _, _): return .digit(first - UInt8(ascii: "0"))
        case (UInt8(ascii: "x"), _, _), (UInt8(ascii: "X"), _, _): return .x
        // Space, tab, line ends; U+00A0 no-break space.
        case (0x20, _, _), (0x09...0x0D, _, _), (0xC2, 0xA0, _): return .blank
        case (0xEF, 0xBC, 0x90...0x99): return .digit(third - 0x90)
        case (0xEF, 0xBC, 0xB8), (0xEF, 0xBD, 0x98): return .x
        // U+3000; U+200B–U+200F zero width and direction marks; U+202A–U+202F embedding marks and narrow space;
        // U+2060 word joiner; U+FEFF byte order mark.
        case (0xE3, 0x80, 0x80), (0xE2, 0x80, 0x8B...0x8F), (0xE2, 0x80, 0xAA...0xAF), (0xE2, 0x81, 0xA0),
            (0xEF, 0xBB, 0xBF):
            return .blank
        default: return .other
        }
    }
}
