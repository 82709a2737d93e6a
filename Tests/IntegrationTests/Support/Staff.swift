import Access
import CardProgramme
import FoundationEssentials
import Portrait
import TestSupport

/// Who calls. Subjects are opaque, as in service.
enum Staff {
    static let division = "341602"
    static let ownStation = "341602-01"
    static let otherStation = "341602-02"

    static func station(_ code: String = Self.ownStation) -> Principal {
        Principal(subject: "\(code)-a", role: .station, division: Self.division, station: code)
    }
    /// Of volunteers, who see only the kits made for them (R14).
    static func team(_ code: String = Self.ownStation) -> Principal {
        Principal(subject: "team-\(code)", role: .homeTeam, division: Self.division, station: code)
    }
    static func centre(_ clerk: String = "a") -> Principal {
        Principal(subject: "centre-\(clerk)", role: .centre, division: Self.division)
    }
    static func bureau(_ clerk: String = "a") -> Principal {
        Principal(subject: "bureau-\(clerk)", role: .bureau, division: Self.division)
    }
    static let superior = Principal(subject: "superior-a", role: .superior, division: Self.division)
    static let cardMaker = Principal(subject: "maker-a", role: .cardMaker, division: Self.division)
    static let auditor = Principal(subject: "auditor-a", role: .auditor, division: Self.division)
    static let `operator` = Principal(subject: "operator-a", role: .operator, division: Self.division)

    static func applicant(_ person: UUID) -> Principal {
        Principal(
            subject: "applicant-\(person.uuidString.suffix(12))", role: .applicant, division: Self.division,
            person: person)
    }
}

/// A synthetic person, told apart by a number. Name, identity number, phone and address are to be found nowhere in clear.
struct TestPerson: Sendable {
    let number: Int
    var station = Staff.ownStation
    var categories: [CardProgramme.Category] = [.warVeteran]
    var fileComplete = true

    var name: String {
        let stems = Array("甲乙丙丁戊己庚辛壬癸")
        let branches = Array("子丑寅卯辰巳午未申酉戌亥")
        return "测试\(stems[self.number % 10])\(branches[self.number / 10 % 12])\(branches[self.number / 120 % 12])"
    }

    var identityNumber: String {
        get throws {
            let born = (CalendarDay("1951-01-01") ?? CalendarDay(.now)).adding(days: self.number)
            return try IdentityNumber.synthetic(
                division: "341602", birthDate: born, sequence: (self.number * 7 + 101) % 990
            ).text
        }
    }

    /// The number as it stood on papers before 1999: without century and check character.
    var legacyNumber: String {
        get throws {
            let text = try self.identityNumber
            return String(text.prefix(6) + text.dropFirst(8).prefix(9))
        }
    }

    var phone: String {
        let digits = String(self.number)
        return "1990055" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    var address: String { "测试巷第\(self.number)号之壹" }

    func registration() throws -> JSON {
        [
            "name": .string(self.name), "identityNumber": .string(try self.identityNumber),
            "categories": .array(self.categories.map { .string($0.rawValue) }), "station": .string(self.station),
            "phones": .array([.string(self.phone)]), "address": .string(self.address),
            "fileComplete": .bool(self.fileComplete), "registeredDivision": .string("341602"),
            "residentDivision": .string("341602"),
        ]
    }

    /// A drawing that satisfies the photo rule, of 30 KB, different for each person.
    var photo: [UInt8] { SyntheticPortrait.picture(of: self.number, bytes: 30_720) }

    /// The papers a clerk looks at (N15).
    var originals: [MaterialKind] {
        let kind = CardKind.allowed(for: Set(self.categories)).contains(.veteran) ? CardKind.veteran : .bereavedFamily
        return MaterialRules.national.originals(
            of: MaterialRules.national.needs(for: Set(self.categories), cardKind: kind))
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { (name: $0.0, value: $0.1) })
    }
}
