/// Free text from forms: what may be stored and shown again. Pure; any thread.
package enum PlainText {
    package static func trimmed(_ text: String) -> String {
        var part = text[...]
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }

    /// No control characters and no invisible marks that reverse or hide text; PostgreSQL could not store U+0000 either.
    package static func isPrintable(_ text: String, length: ClosedRange<Int>) -> Bool {
        length.contains(text.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}
