import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What was returned and not mended, and what waits for its check longer than the station aims at (R99, A8).
struct ListLeftOvers: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let submissions: SubmissionRepository

    static let limits = 1...500
    static let standardLimit = 200

    func run(after: UUID?, limit: Int, by principal: Principal) async throws -> RecheckAPI.LeftOvers {
        // Not the caller's own division: this database holds one district's submissions.
        try AccessPolicy.decide(
            principal, .listLeftOvers,
            on: Resource(division: self.programme.divisionCode, station: principal.station, person: principal.person))
        let items = try await self.submissions.leftOvers(
            today: self.clock.today, station: principal.station, after: after, limit: limit)
        return RecheckAPI.LeftOvers(items: items, next: items.count == limit ? items.last?.submissionID : nil)
    }
}
