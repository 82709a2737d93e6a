import CardProgramme
import Contracts
import FoundationEssentials

/// The personal part of a file. At rest it exists only sealed, as one box.
struct PersonFacts: Codable, Sendable, Equatable {
    var name: String
    /// 18 characters, normalised.
    var identityNumber: String
    /// Sorted and without repeats, so that equal facts are equal values.
    var categories: [CardProgramme.Category]
    var phones: [String]
    var address: String?
    /// 户籍地 and 常住地, six digits (R37).
    var registeredDivision: String?
    var residentDivision: String?
    var circumstances: [Circumstance]?
    var serviceUnit: String?
    var household: String?
    var hasNoPhone: Bool?
    var civilCapacity: CivilCapacity?
    var related: [IntakeAPI.RelatedPerson]?
    /// A clerk has compared the file with the papers.
    var compared: Bool?

    var categorySet: Set<CardProgramme.Category> { Set(self.categories) }

    /// Names the owner when the facts are sealed, so that a box moved to another row does not open.
    static func sealingContext(person: UUID) -> String { "person|\(person.uuidString)|facts" }

    /// What the file still lacks before a submission can rest on it (R21).
    var missing: [FileElement] {
        let related = self.related ?? []
        return FileElement.allCases.filter { element in
            switch element {
            case .contact:
                self.phones.isEmpty && self.hasNoPhone != true && related.allSatisfy(\.phones.isEmpty)
            case .address: self.address == nil
            case .registeredDivision: self.registeredDivision == nil
            case .residentDivision: self.residentDivision == nil
            case .guardian:
                (self.civilCapacity ?? .full) != .full
                    && !related.contains { $0.role == .guardian && !$0.phones.isEmpty }
            case .comparedWithPapers: self.compared != true
            }
        }
    }

    var isComplete: Bool { self.missing.isEmpty }

    /// What two entries of one person agree in when a number was mistyped: name, birth date, unit. Nil without a unit,
    /// since name and birthday alone are shared by too many.
    var likeness: String? {
        guard let unit = self.serviceUnit, let birth = try? IdentityNumber(self.identityNumber).birthDate else {
            return nil
        }
        return Self.likeness(name: self.name, birthDate: birth, unit: unit)
    }

    static func likeness(name: String, birthDate: CalendarDay, unit: String) -> String {
        // Blanks inside names and units come and go with the form; they make no other person.
        let plain = (name + "|" + unit).filter { !$0.isWhitespace && $0 != "·" }
        return "\(plain)|\(birthDate)"
    }

    /// Who can be reached how, for the service that does it.
    var contact: Contact {
        Contact(
            name: self.name, phones: self.phones,
            related: self.related.map { related in
                related.map {
                    Contact.Related(role: $0.role, name: $0.name, relation: $0.relation, phones: $0.phones)
                }
            }, bornYear: (try? IdentityNumber(self.identityNumber).birthDate)?.year, address: self.address,
            residentDivision: self.residentDivision)
    }

    /// These facts with whatever `newer` knows; what it leaves out is kept.
    ///
    /// A list from another office never empties a field: what it lacks it does not know.
    func updated(by newer: PersonFacts) -> PersonFacts {
        var facts = self
        facts.name = newer.name
        facts.categories = newer.categories
        if !newer.phones.isEmpty { facts.phones = newer.phones }
        facts.address = newer.address ?? facts.address
        facts.registeredDivision = newer.registeredDivision ?? facts.registeredDivision
        facts.residentDivision = newer.residentDivision ?? facts.residentDivision
        facts.circumstances = newer.circumstances ?? facts.circumstances
        facts.serviceUnit = newer.serviceUnit ?? facts.serviceUnit
        facts.household = newer.household ?? facts.household
        // A statement that there is none lasts until there is one, and no list takes away a phone that is on file.
        facts.hasNoPhone = facts.phones.isEmpty ? newer.hasNoPhone ?? facts.hasNoPhone : nil
        facts.civilCapacity = newer.civilCapacity ?? facts.civilCapacity
        facts.related = newer.related ?? facts.related
        if newer.compared == true { facts.compared = true }
        return facts
    }
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
        let facts = PersonFacts(
            name: name, identityNumber: number.text,
            categories: Set(form.categories).sorted { $0.rawValue < $1.rawValue }, phones: form.phones,
            address: try Self.text(form.address, longest: 200, or: .addressUnfit),
            registeredDivision: try Self.division(form.registeredDivision),
            residentDivision: try Self.division(form.residentDivision),
            circumstances: form.circumstances.map { Set($0).sorted { $0.rawValue < $1.rawValue } },
            serviceUnit: try Self.text(form.serviceUnit, longest: 100, or: .serviceUnitUnfit),
            household: try Self.text(form.household, longest: 40, or: .householdUnfit), hasNoPhone: form.hasNoPhone,
            civilCapacity: form.civilCapacity, related: try form.related.map(Self.related),
            compared: form.fileComplete)
        return (facts, number)
    }

    private static func text(
        _ text: String?, longest: Int, or refusal: IntakeRefusal
    ) throws(IntakeRefusal) -> String? {
        guard let text = text.map(PlainText.trimmed), !text.isEmpty else { return nil }
        guard PlainText.isPrintable(text, length: 1...longest) else { throw refusal }
        return text
    }

    private static func division(_ text: String?) throws(IntakeRefusal) -> String? {
        guard let text, !PlainText.trimmed(text).isEmpty else { return nil }
        guard let code = DivisionCode.read(text) else { throw .divisionUnfit }
        return code
    }

    private static func related(
        _ people: [IntakeAPI.RelatedPerson]
    ) throws(IntakeRefusal) -> [IntakeAPI.RelatedPerson] {
        guard people.count <= 5 else { throw .relatedUnfit }
        var read: [IntakeAPI.RelatedPerson] = []
        for person in people {
            let name = PlainText.trimmed(person.name)
            let relation = PlainText.trimmed(person.relation)
            guard PlainText.isPrintable(name, length: 1...50), PlainText.isPrintable(relation, length: 1...20),
                person.phones.count <= 3, person.phones.allSatisfy(Self.isPhone)
            else { throw .relatedUnfit }
            read.append(
                IntakeAPI.RelatedPerson(role: person.role, name: name, relation: relation, phones: person.phones))
        }
        return read
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
