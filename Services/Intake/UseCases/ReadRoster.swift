import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// The roster as households and as figures: not one household, not one person missed (R25, R26).
struct ReadRoster: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository

    /// Everybody of the person's household whom the caller may see; the person alone when no household is on file.
    func household(of id: UUID, by principal: Principal) async throws -> IntakeAPI.Household {
        guard let file = try await self.persons.find(id) else { throw IntakeRefusal.personUnknown }
        try AccessPolicy.decide(principal, .readPerson, on: file.resource)
        let members =
            if let household = file.facts.household { try await self.persons.household(household) } else { [file] }
        let today = self.clock.today
        return IntakeAPI.Household(
            members: members.filter { AccessPolicy.allows(principal, .readPerson, on: $0.resource) }.map {
                IntakeAPI.Person($0, programme: self.programme, today: today)
            })
    }

    func figures(by principal: Principal) async throws -> IntakeAPI.RosterFigures {
        try AccessPolicy.decide(
            principal, .listPersons,
            on: Resource(division: self.programme.divisionCode, station: principal.station, person: principal.person))
        return IntakeAPI.RosterFigures(
            stations: try await self.persons.figures(station: principal.station).map {
                IntakeAPI.RosterFigures.Station(
                    station: $0.station, people: $0.people, completeFiles: $0.complete, submitted: $0.submitted,
                    delivered: $0.delivered)
            })
    }
}
