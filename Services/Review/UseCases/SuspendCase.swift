import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Records that something was found which only the province may judge (N21): the submission waits for the ruling, or the
/// card that is ordered already is held back wherever it is.
struct SuspendCase: Sendable {
    let mover: CaseMover
    let clock: ProgrammeClock
    let rules: ReviewRules

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ submission: UUID, _ suspension: ReviewAPI.Suspension, by principal: Principal
    ) async throws -> ReviewAPI.Standing {
        let now = self.clock.now()
        return try await self.mover.move(submission, .suspendReview, by: principal, at: now) { found in
            try found.suspension(
                on: suspension.ground, note: suspension.note, round: suspension.round,
                level: principal.role == .bureau ? .bureau : .province, by: principal.subject, at: now,
                rules: self.rules)
        } same: { last in
            last.outcome == .suspend && last.ground == suspension.ground
        }
    }
}
