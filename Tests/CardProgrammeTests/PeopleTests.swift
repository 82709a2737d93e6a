import CardProgramme
import Testing

@Suite("Categories, card kinds and ages")
struct PeopleTests {
    private let today = day("2022-03-01")
    private let born = day("1950-01-01")

    @Test("key persons are the classes of the first two batches and those who draw a pension")
    func keyPersons() {
        let others = Category.allCases.filter { !$0.isKeyPerson }
        #expect(Set(others) == [.retiredOfficer, .otherVeteran, .otherPreferential])
        #expect(
            Set(Category.allCases.filter(\.isBereavedFamily)) == [.martyrFamily, .lineOfDutyFamily, .illnessFamily])
    }

    @Test("codes and names are unique and codes are stable")
    func codes() {
        #expect(
            Category.allCases.map(\.rawValue) == [
                "ruralDemobilized", "disabledVeteran", "warVeteran", "testVeteran", "martyrFamily", "lineOfDutyFamily",
                "illnessFamily",
                "martyrElderlyChild", "illVeteran", "ruralSoldierOver60", "pensionRecipient", "retiredOfficer",
                "otherVeteran",
                "otherPreferential",
            ])
        #expect(Set(Category.allCases.map(\.chinese)).count == Category.allCases.count)
        #expect(Set(Category.allCases.map(\.english)).count == Category.allCases.count)
        #expect(CardKind.allCases.map(\.rawValue) == ["veteran", "bereavedFamily"])
        #expect(Lane.allCases.map(\.rawValue) == ["first", "standard"])
    }

    @Test("a rural soldier counts as over 60 from the sixtieth birthday on, before it as another veteran")
    func sixty() {
        let held: Set<Category> = [.ruralSoldierOver60]
        let birth = day("1962-04-15")
        #expect(Category.effective(held, birthDate: birth, on: day("2022-04-14")) == [.otherVeteran])
        #expect(Category.effective(held, birthDate: birth, on: day("2022-04-15")) == held)
        #expect(Lane.lane(for: held, birthDate: birth, on: day("2022-04-14")) == .standard)
        #expect(Lane.lane(for: held, birthDate: birth, on: day("2022-04-15")) == .first)
        #expect(
            Category.effective([.warVeteran, .ruralSoldierOver60], birthDate: birth, on: today) == [
                .warVeteran, .otherVeteran,
            ])
    }

    @Test("one key category among several puts a person into the first lane")
    func lanes() {
        #expect(Lane.lane(for: [.otherVeteran, .disabledVeteran], birthDate: born, on: today) == .first)
        #expect(Lane.lane(for: [.otherVeteran, .retiredOfficer], birthDate: born, on: today) == .standard)
        #expect(Lane.lane(for: [], birthDate: born, on: today) == .standard)
    }

    @Test("the card kinds somebody may apply for follow from all categories held")
    func kinds() {
        #expect(CardKind.allowed(for: []).isEmpty)
        #expect(CardKind.allowed(for: [.otherVeteran]) == [.veteran])
        #expect(CardKind.allowed(for: [.martyrFamily]) == [.bereavedFamily])
        #expect(CardKind.allowed(for: [.martyrElderlyChild]) == [.bereavedFamily])
        #expect(CardKind.allowed(for: [.otherPreferential]) == [.bereavedFamily])
        #expect(CardKind.allowed(for: [.warVeteran, .martyrFamily]) == [.veteran, .bereavedFamily])
        #expect(CardKind.allowed(for: [.pensionRecipient]) == [.veteran, .bereavedFamily])
        for category in Category.allCases { #expect(!CardKind.allowed(for: [category]).isEmpty) }
        for category in Category.allCases where category.isBereavedFamily {
            #expect(CardKind.allowed(for: [category]) == [.bereavedFamily])
        }
    }

    @Test(
        "满 60 includes the birthday, 超过 80 does not",
        arguments: [
            ("2022-02-28", false, false), ("2022-03-01", true, false), ("2022-03-02", true, true),
        ])
    func ages(_ date: String, _ completed: Bool, _ past: Bool) {
        #expect(AgeRule.hasCompleted(60, born: day("1962-03-01"), on: day(date)) == completed)
        #expect(AgeRule.isPast(80, born: day("1942-03-01"), on: day(date)) == past)
        #expect(AgeRule.isHardToTravel(born: day("1942-03-01"), circumstances: [], on: day(date)) == past)
        #expect(AgeRule.isHardToTravel(born: day("1990-01-01"), circumstances: [.bedridden], on: day(date)))
    }

    @Test("nobody has an age before being born")
    func unborn() {
        #expect(!AgeRule.hasCompleted(0, born: day("2022-03-02"), on: day("2022-03-01")))
    }
}
