import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Records what the province ruled about a suspended case (N21): it goes on from where it was, or it is over.
struct RecordRuling: Sendable {
    let mover: CaseMover
    let clock: ProgrammeClock
    let rules: ReviewRules

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ submission: UUID, _ ruling: ReviewAPI.Ruling, by principal: Principal
    ) async throws -> ReviewAPI.Standing {
        let now = self.clock.now()
        let outcome: RecordedOutcome = ruling.outcome == .cleared ? .clear : .ruleAgainst
        return try await self.mover.move(
            submission, .recordRuling, by: principal, at: now, decidedAt: ruling.ruledAt
        ) { found in
            try found.ruling(
                ruling.outcome, ruledAt: ruling.ruledAt, note: ruling.note, round: ruling.round,
                by: principal.subject, at: now, rules: self.rules)
        } same: { last in
            // The same ruling sent again finds nothing suspended any more, and its own record.
            last.outcome == outcome && last.round == ruling.round
                && abs(last.decidedAt.timeIntervalSince(ruling.ruledAt)) < 0.001
        }
    }
}
