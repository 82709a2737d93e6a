/// What a reply asks for, by its whole text and nothing else (§6.1). Anything that is not exactly one of the keywords is for
/// a person to read.
package enum ReplyMeaning: String, Sendable, Codable, CaseIterable {
    /// `1`: will come.
    case coming
    /// `2`: wants another day. A call task; nothing is cancelled by itself.
    case wantsChange
    /// `T TD N R 退订 取消订阅`: no more messages that only tell about the card. Applies to the number, for the purpose
    /// `outreach`.
    case optOut
    /// `全部退订`: no messages at all to this number.
    case optOutAll
    /// `KT`: messages again.
    case optIn
    case other

    /// The longest reply that is read, in UTF-16 units. Nobody writes a keyword in more.
    package static let longest = 1000

    /// Reads a reply.
    ///
    /// Half and full width, capitals, spaces, and signs around the word make no difference: refusing must be easy. A
    /// question mark does, since it asks.
    package init(_ text: String) {
        guard text.utf16.count <= Self.longest else {
            self = .other
            return
        }
        let folded = TextFolding.fold(text)
        let word = folded.drop { Self.around.contains($0) }
        let end = word.lastIndex { !Self.around.contains($0) }
        switch end.map({ String(word[...$0]) }) ?? "" {
        case "1": self = .coming
        case "2": self = .wantsChange
        case "T", "TD", "N", "R", "退订", "取消订阅": self = .optOut
        case "全部退订": self = .optOutAll
        case "KT": self = .optIn
        default: self = .other
        }
    }

    private static let around: Set<Character> = [
        " ", ".", ",", "!", ";", ":", "~", "'", "\"", "(", ")", "[", "]", "。", "、", "“", "”", "‘", "’", "【", "】", "「",
        "」", "《", "》",
    ]

    /// A reply as it may be stored and shown: without control characters and marks of direction, line breaks as spaces,
    /// and where it was longer than ``longest``, cut and marked.
    package static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var units = 0
        var isCut = false
        for scalar in text.unicodeScalars {
            let kept: Unicode.Scalar
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                guard scalar.properties.isWhitespace else { continue }
                kept = " "
            // A joiner makes one sign of several: it stays. What turns the direction of a line does not.
            case .format where scalar != "\u{200D}": continue
            case .privateUse, .surrogate, .unassigned: kept = "\u{FFFD}"
            default: kept = scalar
            }
            let width = UTF16.width(kept)
            guard units + width <= Self.longest else {
                isCut = true
                break
            }
            units += width
            result.append(kept)
        }
        return isCut ? String(result) + "…（已截断 cut）" : String(result)
    }
}
