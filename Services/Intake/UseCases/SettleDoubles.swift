import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Files that look like one person entered twice: shown to the centre, which says whether they are (R25, R123).
struct SettleDoubles: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let persons: PersonRepository
    let endpoint: MessageEndpoint

    private var district: Resource { Resource(division: self.programme.divisionCode) }

    func list(limit: Int, offset: Int, by principal: Principal) async throws -> IntakeAPI.Doubles {
        try AccessPolicy.decide(principal, .settleDoubles, on: self.district)
        let (pairs, total) = try await self.persons.doubles(limit: limit, offset: offset)
        let today = self.clock.today
        return IntakeAPI.Doubles(
            pairs: pairs.map { pair in
                IntakeAPI.Doubles.Pair(
                    one: IntakeAPI.Person(pair.one, programme: self.programme, today: today),
                    other: IntakeAPI.Person(pair.other, programme: self.programme, today: today))
            }, total: total)
    }

    /// - Returns: the file that goes on; of two people the first named.
    func settle(_ verdict: IntakeAPI.DoubleVerdict, by principal: Principal) async throws -> IntakeAPI.Person {
        try AccessPolicy.decide(principal, .settleDoubles, on: self.district)
        let both = [verdict.one, verdict.other]
        guard verdict.one != verdict.other, verdict.keep.map(both.contains) ?? true else {
            throw IntakeRefusal.keptIsNoneOfBoth
        }
        let files = try await self.persons.find(both)
        guard files.count == 2 else { throw IntakeRefusal.personUnknown }
        let at = self.clock.now()
        let closing = try await self.endpoint.transaction { work -> PersonRepository.Closing in
            guard let kept = verdict.keep else {
                return try await self.persons.tellApart(
                    verdict.one, verdict.other, by: principal.subject, at: at, in: work.sql)
            }
            return try await self.persons.close(
                kept == verdict.one ? verdict.other : verdict.one, keeping: kept, by: principal.subject, at: at,
                in: work.sql)
        }
        switch closing {
        case .closed: break
        case .hasSubmission: throw IntakeRefusal.doubleHasSubmission
        case .isClosed: throw IntakeRefusal.isDouble
        }
        guard let file = files[verdict.keep ?? verdict.one] else { throw IntakeRefusal.personUnknown }
        return IntakeAPI.Person(file, programme: self.programme, today: self.clock.today)
    }
}
