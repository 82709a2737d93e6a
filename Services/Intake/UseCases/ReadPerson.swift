import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// A person's file, for those who may see it.
struct ReadPerson: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository

    func run(_ id: UUID, by principal: Principal) async throws -> IntakeAPI.Person {
        guard let file = try await self.persons.find(id) else { throw IntakeRefusal.personUnknown }
        try AccessPolicy.decide(principal, .readPerson, on: file.resource)
        return IntakeAPI.Person(file, programme: self.programme, today: self.clock.today)
    }
}

extension IntakeAPI.Person {
    init(_ file: PersonFile, programme: Programme, today: CalendarDay) {
        let kinds = programme.cardKinds(for: file.facts.categorySet)
        self.init(
            id: file.id, maskedIdentityNumber: (try? IdentityNumber(file.facts.identityNumber))?.masked ?? "",
            name: file.facts.name, categories: file.facts.categories, station: file.station,
            batch: SubmissionGate.batch(of: file.facts, at: file.station, programme: programme, today: today),
            cardKinds: CardKind.allCases.filter(kinds.contains), fileComplete: file.fileComplete,
            missing: file.facts.missing, registeredDivision: file.facts.registeredDivision,
            residentDivision: file.facts.residentDivision)
    }
}
