import Access
import FoundationEssentials

/// What a decider writes beside a coded reason. It is free text about a person, so it travels and is kept sealed.
///
/// Every service keeps a note exactly as it arrived, sealed for that service, and opens it only to show it to whoever
/// may read the case.
package enum ReturnNote {
    /// The longest note, in characters; the rest belongs into a conversation.
    package static let longest = 200

    /// Trimmed, or nil when nothing is left of it.
    package static func trimmed(_ text: String?) -> String? {
        guard var part = text?[...] else { return nil }
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return part.isEmpty ? nil : String(part)
    }

    /// Whether a note may be stored and shown: not too long, no control characters and no marks that hide text.
    package static func isFit(_ text: String) -> Bool {
        text.count <= Self.longest
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }

    /// The text a box is stored as.
    package static func stored(_ note: Sealed<String>) -> String { "\(note.keyID) \(note.box)" }

    /// The box again; nil when the text is none.
    package static func box(stored text: String) -> Sealed<String>? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return Sealed(keyID: String(parts[0]), box: String(parts[1]))
    }
}

extension KeyRing {
    /// Seals a note for a service that may read it.
    package func sealNote(
        _ text: String, for service: ServiceName, of submission: UUID
    ) throws(AccessError) -> Sealed<String> {
        try self.seal(text, for: service.rawValue, type: SubmissionReturned.type, subject: submission, field: "note")
    }

    /// Opens a note as it was stored; one that cannot be opened says so instead of hiding the case it belongs to.
    package func openNote(stored text: String?, of submission: UUID) -> String? {
        guard let text else { return nil }
        guard let box = ReturnNote.box(stored: text),
            let note = try? self.open(box, type: SubmissionReturned.type, subject: submission, field: "note")
        else { return "（无法解密 unreadable）" }
        return note
    }
}
