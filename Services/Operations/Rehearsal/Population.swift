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
    /// The batch, or the phase of the station's own plan.
    var batch: Int
    let cardKind: CardKind
    let bank: String
    /// 户籍地 and 常住地 (R37); they differ for who lives elsewhere.
    let registeredDivision: String
    let residentDivision: String
    let serviceUnit: String
    let household: String
    /// What makes it hard to come to a counter (R35).
    let circumstances: [Circumstance]
    /// Of somebody near them, for some of those who live elsewhere.
    var relativePhone: String?

    var livesElsewhere: Bool { self.residentDivision != self.registeredDivision }

    /// What decides about their turn.
    var candidate: Candidate {
        Candidate(
            categories: Set(self.categories), birthDate: self.identityNumber.birthDate,
            registeredDivision: self.registeredDivision, residentDivision: self.residentDivision,
            circumstances: Set(self.circumstances))
    }

    func of(batch: Int) -> RehearsalPerson {
        var person = self
        person.batch = batch
        return person
    }

    /// The papers the person brings and a clerk looks at (N15).
    var originals: [MaterialKind] {
        let isFromAfar = DivisionCode.areOfDifferentProvinces(self.registeredDivision, self.station)
        return MaterialRules.national.originals(
            of: MaterialRules.national.needs(
                for: Set(self.categories), cardKind: self.cardKind, livesInAnotherProvince: isFromAfar))
    }

    /// The complete file, as the counter enters it.
    var registration: IntakeAPI.Registration {
        IntakeAPI.Registration(
            name: self.name, identityNumber: self.identityNumber.text, categories: self.categories,
            station: self.station, phones: self.phone.map { [$0] } ?? [], address: "测试路\(self.index + 1)号",
            fileComplete: true, registeredDivision: self.registeredDivision, residentDivision: self.residentDivision,
            circumstances: self.circumstances.isEmpty ? nil : self.circumstances, serviceUnit: self.serviceUnit,
            household: self.household, hasNoPhone: self.phone == nil ? true : nil,
            related: self.relativePhone.map {
                [IntakeAPI.RelatedPerson(role: .relative, name: "测试亲属", relation: "子女", phones: [$0])]
            })
    }
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
    /// 常住地 of who is registered here and lives elsewhere: cities many go to, and the neighbouring county. Rough
    /// assumptions as well; the plan only says that there are such people (R105).
    private static let elsewhere = ["310115", "330106", "320508", "340111", "341623", "110105", "440306"]
    private static let livingElsewhere = 0.15
    static let banks = ["工商银行", "农业银行", "邮储银行", "光大银行"]

    /// - Parameter rates: with how people's phones behave; without them phones have no habits, and people no relatives.
    init(programme: Programme, count: Int, chance: Chance, rates: RehearsalRates? = nil) throws(OperationsError) {
        guard !programme.stations.isEmpty else {
            throw OperationsError("The programme has no stations: nothing can be rehearsed.")
        }
        let opening = programme.batches.first?.window.from ?? programme.window.from
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
            guard
                let cardKind = programme.cardKinds(for: Set(categories)).sorted(by: { $0.rawValue > $1.rawValue }).first
            else { throw OperationsError("The programme has no card for \(kind.category.rawValue).") }
            let station = programme.stations[chance.index(programme.stations.count, person: index, "station")].code
            if programme.plan(at: station) != nil { Self.addClasses(&categories, index, chance) }
            let banks = programme.banks(at: station).isEmpty ? Self.banks : programme.banks(at: station)
            var person = RehearsalPerson(
                index: index, name: "测试\(Self.numeral(index))", identityNumber: number, categories: categories,
                station: station, phone: Self.phone(of: index, chance, rates), batch: 0, cardKind: cardKind,
                bank: banks[chance.index(banks.count, person: index, "bank")],
                registeredDivision: programme.divisionCode,
                residentDivision: chance.happens(Self.livingElsewhere, person: index, "elsewhere")
                    ? Self.elsewhere[chance.index(Self.elsewhere.count, person: index, "where")]
                    : programme.divisionCode,
                serviceUnit: "测试部队\(chance.index(400, person: index, "unit") + 1)",
                household: "测试户\(index - (chance.happens(0.1, person: index, "household") ? 1 : 0))",
                circumstances: programme.plan(at: station) == nil ? [] : Self.circumstances(index, age, chance))
            if rates != nil, person.livesElsewhere, chance.happens(0.5, person: index, "relative") {
                person.relativePhone = PhoneBook.relative(of: index)
            }
            // Counted on the first day they may come: an age rule may put them into an earlier phase by then.
            guard
                let first = programme.nextOpening(
                    of: person.candidate, at: station, notBefore: programme.window.from),
                let batch = programme.batch(of: person.candidate, at: station, on: first)
            else {
                throw OperationsError(
                    "The programme has no day for \(kind.category.rawValue) at \(station): give its phase a day, or add it to a batch."
                )
            }
            people.append(person.of(batch: batch))
        }
        self.people = people
    }

    /// The classes only offices with plans of their own speak of (R33, R34): most key persons draw a regular pension, and
    /// a few other veterans are retired officers. Rough assumptions as well.
    private static func addClasses(_ categories: inout [CardProgramme.Category], _ index: Int, _ chance: Chance) {
        if categories[0].isKeyPerson, chance.happens(0.8, person: index, "pension") {
            categories.append(.pensionRecipient)
        } else if categories[0] == .otherVeteran, chance.happens(0.04, person: index, "officer") {
            categories.append(.retiredOfficer)
        }
    }

    /// One in thirty, and one in eight of those past seventy-five. Assumptions.
    private static func circumstances(_ index: Int, _ age: Int, _ chance: Chance) -> [Circumstance] {
        guard chance.happens(age > 75 ? 0.125 : 0.033, person: index, "hardship") else { return [] }
        let all = Circumstance.allCases
        return [all[chance.index(all.count, person: index, "circumstance")]]
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

    /// Most have a phone of their own, some share the one of the person before them, some have none.
    private static func phone(of index: Int, _ chance: Chance, _ rates: RehearsalRates?) -> String? {
        let unit = chance.unit(person: index, "phone")
        if unit >= 0.9 { return nil }
        let owner = unit < 0.04 && index > 0 ? index - 1 : index
        return PhoneBook.mobile(of: owner, rates.flatMap { PhoneHabit.ofPhone(owner: owner, chance, $0) })
    }
}
