import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Carries out the bureau's decision about one submission (R83–R85, N20): two round trips, whatever the decision.
struct DecideCase: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let rules: ReviewRules
    let remarks: RemarkSeal
    let announcement: StageAnnouncement

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ submission: UUID, _ decision: Decision, by principal: Principal
    ) async throws -> CaseAPI.Outcome {
        // Also checked with the case at hand; here it spares the database a decision that can never be one.
        _ = try ReviewCase.step(ofBureau: decision, rules: self.rules)
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            let store = CaseStore(sql: unit.sql)
            guard let found = try await store.find(submission) else { throw CaseRefusal.notFound }
            try AccessPolicy.decide(principal, .decideReview, on: found.resource)
            let verdict = try found.verdict(on: decision, by: principal.subject, at: now, rules: self.rules)
            let sealed = try self.remarks.seal(verdict.ground, note: verdict.note, of: submission)
            guard try await store.carryOut(verdict, on: found, sealed: sealed, by: principal.subject, at: now) else {
                throw CaseRefusal.overtaken
            }
            let moved = found.moved(by: verdict, note: sealed.note, subject: principal.subject)
            try self.announcement.announce(verdict, of: moved, by: principal.subject, to: unit)
            return CaseAPI.Outcome(
                submissionID: found.submissionID, round: found.round, stage: verdict.stage, dueOn: verdict.due?.day)
        }
    }
}
