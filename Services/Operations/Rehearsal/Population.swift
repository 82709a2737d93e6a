import CardProgramme
import Contracts
import FoundationEssentials

/// One synthetic person of a rehearsal. Names and numbers are made up; nobody carries them.
struct RehearsalPerson: Sendable {
    /// 0 ..< people
    let index: Int
    let name: String
    let identityNumber: IdentityNumber
    let categories: [CardProgramme.Category]
    let station: String
    let phone: String?
    let batch: Int
    let cardKind: CardKind
    let bank: String
}

/// The people of a rehearsal: the same for the same programme, number and seed.
struct Population: Sendable {
    let people: [RehearsalPerson]

    /// Rough shares of the categories among those entitled. The documents give none (R148 names only day-one counts), so
    /// these are assumptions: key persons are few, other veterans most.
    private static let shares: [(category: CardProgramme.Category, share: Double, ages: ClosedRange<Int>)] = [
        (.ruralDemobilized, 0.02, 84...95), (.disabledVeteran, 0.05, 25...80), (.warVeteran, 0.06, 55...92),
        (.testVeteran, 0.01, 58...85), (.martyrFamily, 0.02, 45...90), (.lineOfDutyFamily, 0.01, 40...85),
        (.illnessFamily, 0.01, 40...85), (.martyrElderlyChild, 0.02, 65...88), (.illVeteran, 0.05, 40...85),
        (.ruralSoldierOver60, 0.20, 61...83), (.otherVeteran, 0.51, 20...78), (.otherPreferential, 0.04, 25...80),
    ]
    static let banks = ["工商银行", "农业银行", "邮储银行", "光大银行"]

    init(programme: Programme, count: Int, chance: Chance) throws(OperationsError) {
        guard !programme.stations.isEmpty, let opening = programme.batches.first?.window.from else {
            throw OperationsError("The programme has no stations or no batches: nothing can be rehearsed.")
        }
        var people: [RehearsalPerson] = []
        people.reserveCapacity(count)
        var taken: Set<IdentityNumber> = []
        for index in 0..<count {
            let kind = Self.category(chance.unit(person: index, "category"))
            let age = kind.ages.lowerBound + chance.index(kind.ages.count, person: index, "age")
            var birth = opening.adding(days: -(age * 366 + chance.index(300, person: index, "birthday")))
            var number = try Self.number(programme.divisionCode, birth, index)
            while !taken.insert(number).inserted {
                birth = birth.adding(days: -1)
                number = try Self.number(programme.divisionCode, birth, index)
            }
            var categories = [kind.category]
            // Some hold two entitlements (N3); the earliest batch wins.
            if kind.category == .otherVeteran, chance.happens(0.03, person: index, "second") {
                categories.append(.otherPreferential)
            }
            let held = Set(categories)
            guard
                let batch = programme.batch(for: held, birthDate: number.birthDate, on: opening),
                let cardKind = CardKind.allowed(for: held).sorted(by: { $0.rawValue > $1.rawValue }).first
            else {
                throw OperationsError(
                    "The programme has no batch for \(kind.category.rawValue): add it to one of them.")
            }
            people.append(
                RehearsalPerson(
                    index: index, name: "测试\(Self.numeral(index))", identityNumber: number, categories: categories,
                    station: programme.stations[chance.index(programme.stations.count, person: index, "station")].code,
                    phone: chance.happens(0.9, person: index, "phone") ? "199\(Self.padded(index, 8))" : nil,
                    batch: batch, cardKind: cardKind,
                    bank: Self.banks[chance.index(Self.banks.count, person: index, "bank")]))
        }
        self.people = people
    }

    private static func number(
        _ division: String, _ birth: CalendarDay, _ index: Int
    ) throws(OperationsError) -> IdentityNumber {
        do {
            return try IdentityNumber.synthetic(division: division, birthDate: birth, sequence: index % 999 + 1)
        } catch {
            throw OperationsError("The programme's division \(division) makes no identity numbers: \(error.en)")
        }
    }

    private static func category(_ unit: Double) -> (category: CardProgramme.Category, ages: ClosedRange<Int>) {
        var rest = unit
        for (category, share, ages) in Self.shares {
            if rest < share { return (category, ages) }
            rest -= share
        }
        return (.otherVeteran, 20...78)
    }

    /// 0 → 甲, 1 → 乙, 10 → 乙甲: plainly nobody's name.
    private static func numeral(_ index: Int) -> String {
        let stems = Array("甲乙丙丁戊己庚辛壬癸")
        return String(String(index).compactMap { $0.wholeNumberValue.map { stems[$0] } })
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
