/// What a clerk writes about a call. Sealed at rest; never in logs.
struct CallNote: Sendable, Equatable {
    static let longest = 500

    let text: String

    /// - Throws: ``CallRefusal/noteWrong`` for an empty or overlong one, or one with control characters.
    init(_ text: String) throws(CallRefusal) {
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        let isBlank = text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
        guard !isBlank, text.unicodeScalars.count <= Self.longest, !hasControl else { throw .noteWrong }
        self.text = text
    }
}
