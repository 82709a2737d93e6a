import Access
import Contracts
import FoundationEssentials
import ServiceRuntime
import Storage

/// Takes in a photo or signed form (R65–R67), until the check has handed the submission on.
struct StoreMaterial: Sendable {
    let clock: ProgrammeClock
    let submissions: SubmissionRepository
    let materials: MaterialRepository

    /// - Parameter body: reads the bytes; called only for who may store them, so that nobody else's are taken in.
    /// - Returns: the submission with its materials as they are now.
    func run(
        _ kind: MaterialKind, of id: UUID, contentType: String?, by principal: Principal,
        body: () async throws -> [UInt8]
    ) async throws -> IntakeAPI.Submission {
        guard let submission = try await self.submissions.find(id) else { throw IntakeRefusal.submissionUnknown }
        try AccessPolicy.decide(principal, .addMaterial, on: submission.resource)
        guard submission.takesMaterials else { throw IntakeRefusal.materialsClosed(submission.stage) }
        _ = try MaterialContent.mediaType(contentType, for: kind)

        let content = try MaterialContent(kind: kind, contentType: contentType, bytes: try await body())
        let materialID = UUIDv7.generate()
        let stored = try await self.materials.store(
            content, id: materialID, submission: id, at: self.clock.now(), by: principal.subject)
        guard stored else {
            // It was handed on while the bytes were under way.
            let now = try await self.submissions.find(id)
            throw IntakeRefusal.materialsClosed(now?.stage ?? submission.stage)
        }
        var answer = IntakeAPI.Submission(submission)
        answer.materials.removeAll { $0.kind == kind }
        answer.materials.append(MaterialReference(id: materialID, kind: kind, sha256: content.sha256))
        answer.materials.sort { $0.kind.rawValue < $1.kind.rawValue }
        return answer
    }
}
