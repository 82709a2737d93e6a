import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Puts an end to a submission, or has a card taken back wherever it is (N32).
struct WithdrawCase: Sendable {
    let mover: CaseMover
    let clock: ProgrammeClock

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ submission: UUID, _ withdrawal: ReviewAPI.Withdrawal, by principal: Principal
    ) async throws -> ReviewAPI.Standing {
        let now = self.clock.now()
        return try await self.mover.move(submission, .withdrawReview, by: principal, at: now) { found in
            try found.withdrawal(
                on: withdrawal.ground, note: withdrawal.note, round: withdrawal.round, by: principal.subject, at: now)
        } same: { last in
            last.outcome == .withdraw && last.ground == withdrawal.ground
        }
    }
}
