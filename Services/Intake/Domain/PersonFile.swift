import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// A person's file (建档立卡, R21): what every submission rests on.
struct PersonFile: Sendable, Equatable {
    let id: UUID
    /// Division of the programme.
    let division: String
    /// Code of the station that keeps the file.
    let station: String
    let facts: PersonFacts
    /// Grows with every change; what was decided on an older one is decided again.
    let revision: Int

    /// The file that is kept instead of this one, when both were found to be one person.
    var duplicateOf: UUID?

    /// Every element is present and was compared with the papers (R21, R22).
    var fileComplete: Bool { self.facts.isComplete }

    var resource: Resource { Resource(division: self.division, station: self.station, person: self.id) }
}

/// Free text from forms: what may be stored and shown again.
enum PlainText {
    static func trimmed(_ text: String) -> String {
        var part = text[...]
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }

    /// No control characters and no invisible marks that reverse or hide text; PostgreSQL could not store U+0000 either.
    static func isPrintable(_ text: String, length: ClosedRange<Int>) -> Bool {
        length.contains(text.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}
