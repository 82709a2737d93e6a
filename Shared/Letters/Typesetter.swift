/// Lays texts out and refuses what cannot be printed as it is meant.
///
/// Of one call and one thread, as its ``FontHandle`` is.
struct Typesetter {
    private let fonts: FontHandle

    init(_ fonts: LetterFonts) throws(LetterError) { self.fonts = try FontHandle(fonts) }

    /// - Parameter mostLines: more are too long.
    func text(
        _ text: String, _ style: TextStyle, _ part: LetterError.Part, mostLines: Int = .max
    ) throws(LetterError) -> TextHandle {
        try Self.check(text, part)
        let handle = try self.fonts.text(text, style)
        guard handle.unknownGlyphs == 0 else { throw LetterError(.noGlyph(part)) }
        guard handle.lineCount <= mostLines else { throw LetterError(.tooLong(part)) }
        return handle
    }

    /// One line, in the first of the sizes with which it is not wider than `width`.
    func line(
        _ text: String, sizes: [Double], isBold: Bool = false, width: Double, alignment: TextStyle.Alignment = .left,
        _ part: LetterError.Part
    ) throws(LetterError) -> TextHandle {
        for size in sizes {
            let style = TextStyle(size: size, isBold: isBold, width: width, alignment: alignment)
            let handle = try self.text(text, style, part)
            if handle.lineCount == 1 { return handle }
        }
        throw LetterError(.tooLong(part))
    }

    /// Words of our own.
    func label(_ text: String, size: Double, isBold: Bool = false) throws(LetterError) -> TextHandle {
        try self.text(text, TextStyle(size: size, isBold: isBold), .body)
    }

    static func isEmpty(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    static func check(_ text: String, _ part: LetterError.Part) throws(LetterError) {
        guard !Self.isEmpty(text) else { throw LetterError(.empty(part)) }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: throw LetterError(.control(part))
            // Hanazono has drawings of its own there, which are not those of a police or social security font.
            case .privateUse: throw LetterError(.privateUse(part))
            default: break
            }
        }
    }

    /// Of six digits, as mainland postcodes are.
    static func check(postcode: String, _ part: LetterError.Part) throws(LetterError) {
        guard postcode.utf8.count == 6, postcode.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw LetterError(.digits(part))
        }
    }
}
