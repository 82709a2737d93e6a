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
