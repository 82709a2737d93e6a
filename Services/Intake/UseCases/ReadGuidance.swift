import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// What to do about a return, for the applicant and who helps (R63, R64).
struct ReadGuidance: Sendable {
    let programme: Programme
    let submissions: SubmissionRepository
    let keyRing: KeyRing

    func run(_ id: UUID, by principal: Principal) async throws -> (person: UUID, guidance: IntakeAPI.Guidance) {
        guard let submission = try await self.submissions.find(id) else { throw IntakeRefusal.submissionUnknown }
        try AccessPolicy.decide(principal, .readProgress, on: submission.resource)
        // The clerk's words may name somebody, and the superior levels have no need of them.
        let isTheirs = principal.role == .applicant || principal.role == .station
        let note = isTheirs ? self.keyRing.openNote(stored: submission.lastNote, of: id) : nil
        return (
            submission.person,
            IntakeAPI.Guidance(Guidance(submission, note: note, programme: self.programme), of: submission)
        )
    }
}
