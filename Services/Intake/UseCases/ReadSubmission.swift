import Access
import Contracts
import FoundationEssentials

/// One submission, for those who may see it.
struct ReadSubmission: Sendable {
    let submissions: SubmissionRepository

    func run(_ id: UUID, by principal: Principal) async throws -> IntakeAPI.Submission {
        guard let submission = try await self.submissions.find(id) else { throw IntakeRefusal.submissionUnknown }
        try AccessPolicy.decide(principal, .readSubmission, on: submission.resource)
        return IntakeAPI.Submission(submission)
    }
}

extension IntakeAPI.Submission {
    init(_ record: SubmissionRecord) {
        self.init(
            id: record.id, personID: record.person, round: record.round, stage: record.stage, station: record.station,
            batch: record.batch, lane: record.lane, cardKind: record.cardKind, submittedAt: record.submittedAt,
            materials: record.materials, lastReason: record.lastReason)
    }
}
