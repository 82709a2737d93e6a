import Access
import CardProgramme
import Contracts
import ServiceRuntime

/// What the last amendment changed, and whom it concerns (R149).
struct ReadRecheck: Sendable {
    let programme: Programme
    let editions: EditionRepository

    func overview(by principal: Principal) async throws -> IntakeAPI.Amendment {
        try self.decide(principal)
        guard let (edition, before) = try await self.editions.newest() else { throw IntakeRefusal.noEdition }
        let counts = try await self.editions.counts(of: edition.id)
        let new = try Programme.parse(yaml: edition.yaml, file: "in force")
        let old = try before.map { try Programme.parse(yaml: $0.yaml, file: "before") }
        return IntakeAPI.Amendment(
            programme: edition.code, version: edition.version, earlierVersion: before?.version,
            takenOn: edition.takenOn,
            changes: old.map { $0.changes(to: new).map { IntakeAPI.Amendment.Change($0) } } ?? [],
            isFinished: edition.isFinished, lookedAt: edition.figures.looked,
            counts: Recheck.Effect.allCases.map { effect in
                IntakeAPI.Amendment.Count(
                    effect: effect.rawValue, people: counts[effect]?.people ?? 0,
                    underWay: counts[effect]?.underWay ?? 0)
            }, renumbered: edition.figures.renumbered, dueDaysMoved: edition.figures.dueMoved)
    }

    func people(
        _ effect: Recheck.Effect, limit: Int, offset: Int, by principal: Principal
    ) async throws -> IntakeAPI.Concerned {
        try self.decide(principal)
        guard let (edition, _) = try await self.editions.newest() else { throw IntakeRefusal.noEdition }
        let people = try await self.editions.concerned(by: edition.id, effect: effect, limit: limit, offset: offset)
        return IntakeAPI.Concerned(
            people: people.map { concerned in
                IntakeAPI.Concerned.Person(
                    personID: concerned.person, submissionID: concerned.submission, station: concerned.station,
                    opensBefore: concerned.finding.before, opensAfter: concerned.finding.after)
            }, total: try await self.editions.counts(of: edition.id)[effect]?.people ?? 0)
    }

    private func decide(_ principal: Principal) throws(AccessError) {
        try AccessPolicy.decide(principal, .readRecheck, on: Resource(division: self.programme.divisionCode))
    }
}
