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
    /// Every field is present and was checked against the papers (R21, R22).
    let fileComplete: Bool
    let facts: PersonFacts
    /// Grows with every change; what was decided on an older one is decided again.
    let revision: Int

    var resource: Resource { Resource(division: self.division, station: self.station, person: self.id) }
}

/// The personal part of a file. At rest it exists only sealed, as one box.
struct PersonFacts: Codable, Sendable, Equatable {
    let name: String
    /// 18 characters, normalised.
    let identityNumber: String
    /// Sorted and without repeats, so that equal facts are equal values.
    let categories: [CardProgramme.Category]
    let phones: [String]
    let address: String?

    var categorySet: Set<CardProgramme.Category> { Set(self.categories) }

    /// Names the owner when the facts are sealed, so that a box moved to another row does not open.
    static func sealingContext(person: UUID) -> String { "person|\(person.uuidString)|facts" }
}

extension PersonFacts {
    /// Reads the facts out of a registration form.
    ///
    /// - Parameter today: a birth date after it is refused.
    static func read(
        _ form: IntakeAPI.Registration, today: CalendarDay
    ) throws(IntakeRefusal) -> (facts: PersonFacts, number: IdentityNumber) {
        let number: IdentityNumber
        do throws(IdentityNumberError) {
            number = try IdentityNumber(form.identityNumber, bornBy: today)
        } catch {
            throw .identityNumber(error)
        }
        let name = PlainText.trimmed(form.name)
        guard PlainText.isPrintable(name, length: 1...50) else { throw .nameMissing }
        guard !form.categories.isEmpty else { throw .categoriesMissing }
        guard form.phones.count <= 5, form.phones.allSatisfy(Self.isPhone) else { throw .phonesUnfit }
        let address = form.address.map(PlainText.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        if let address, !PlainText.isPrintable(address, length: 1...200) { throw .addressUnfit }
        let facts = PersonFacts(
            name: name, identityNumber: number.text,
            categories: Set(form.categories).sorted { $0.rawValue < $1.rawValue }, phones: form.phones, address: address
        )
        return (facts, number)
    }

    /// Written as people write them on forms; the voice service makes dialable numbers of them.
    private static func isPhone(_ text: String) -> Bool {
        (3...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " "),
                    UInt8(ascii: "("), UInt8(ascii: ")"):
                    true
                default: false
                }
            }
            && text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
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
