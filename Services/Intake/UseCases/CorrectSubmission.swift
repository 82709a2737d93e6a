import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Hands in again what was returned, mended (R64, R71). Goes on after the intake stage has ended.
struct CorrectSubmission: Sendable {
    let dueDays: DueDays
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let endpoint: MessageEndpoint

    func run(
        _ id: UUID, _ correction: IntakeAPI.Correction, by principal: Principal
    ) async throws -> IntakeAPI.Submission {
        for _ in 0..<3 {
            guard let (submission, file) = try await self.submissions.findWithFile(id) else {
                throw IntakeRefusal.submissionUnknown
            }
            try AccessPolicy.decide(principal, .correctSubmission, on: submission.resource)
            let now = self.clock.now()
            var mended = try StationCheck.correct(
                submission, with: correction, facts: file.facts, programme: self.dueDays.programme)
            mended.dueOn = self.dueDays.day(of: mended.stage, since: now)
            let move = SubmissionRepository.Move(
                before: submission, after: mended, step: .corrected, reason: nil, at: now, by: principal.subject)
            let applied = try await self.endpoint.transaction { work in
                try await self.submissions.apply(move, in: work.sql)
            }
            if applied { return IntakeAPI.Submission(mended) }
        }
        throw IntakeRefusal.busy
    }
}
