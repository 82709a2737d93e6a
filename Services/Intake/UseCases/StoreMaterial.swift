import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Portrait
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
        guard submission.takesMaterials || submission.materials.contains(where: { $0.kind == kind }) else {
            throw IntakeRefusal.materialsClosed(submission.stage)
        }
        _ = try MaterialContent.mediaType(contentType, for: kind)

        let content = try MaterialContent(kind: kind, contentType: contentType, bytes: try await body())
        guard submission.takesMaterials else { return try Self.repeated(content, kind, submission) }
        // Refused and not stored as “not usable”: the picture is retaken while the person is still there (R27), and nothing
        // lies in the store that could be taken for a photo later.
        if kind == .photo {
            let faults = PortraitCheck.faults(of: content.bytes)
            guard faults.isEmpty else { throw IntakeRefusal.photoUnsuitable(faults) }
        }
        let materialID = UUIDv7.generate()
        let stored = try await self.materials.store(
            content, id: materialID, submission: id, at: self.clock.now(), by: principal.subject)
        guard stored else {
            // It was handed on while the bytes were under way.
            return try Self.repeated(content, kind, try await self.submissions.find(id) ?? submission)
        }
        var answer = IntakeAPI.Submission(submission)
        answer.materials.removeAll { $0.kind == kind }
        answer.materials.append(MaterialReference(id: materialID, kind: kind, sha256: content.sha256))
        answer.materials.sort { $0.kind.rawValue < $1.kind.rawValue }
        return answer
    }

    /// A call whose answer was lost comes again, perhaps after the check has handed everything on: the same bytes are there,
    /// so it was heard.
    private static func repeated(
        _ content: MaterialContent, _ kind: MaterialKind, _ submission: SubmissionRecord
    ) throws(IntakeRefusal) -> IntakeAPI.Submission {
        guard submission.materials.contains(where: { $0.kind == kind && $0.sha256 == content.sha256 }) else {
            throw .materialsClosed(submission.stage)
        }
        return IntakeAPI.Submission(submission)
    }

    /// Stores a material that was looked at already. One of its kind that is there is left alone, whatever it is: the counter
    /// may have replaced it since. So is all of a submission that has been handed on: it was complete then.
    func run(_ content: MaterialContent, _ kind: MaterialKind, of id: UUID, by principal: Principal) async throws {
        guard let submission = try await self.submissions.find(id) else { throw IntakeRefusal.submissionUnknown }
        try AccessPolicy.decide(principal, .addMaterial, on: submission.resource)
        guard submission.takesMaterials,
            !submission.materials.contains(where: { $0.kind == kind })
        else { return }
        _ = try await self.materials.store(
            content, id: UUIDv7.generate(), submission: id, at: self.clock.now(), by: principal.subject)
    }
}
