import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Gives a material to whoever decides, on their own token (ARCHITECTURE §3.10).
struct FetchMaterial: Sendable {
    let submissions: SubmissionRepository
    let materials: MaterialRepository

    func run(
        _ kind: MaterialKind, of id: UUID, by principal: Principal
    ) async throws -> (person: UUID, type: MaterialContent.MediaType, sha256: String, bytes: [UInt8]) {
        guard let submission = try await self.submissions.find(id) else { throw IntakeRefusal.submissionUnknown }
        try AccessPolicy.decide(principal, .readMaterial, on: submission.resource)
        guard let material = try await self.materials.fetch(kind, of: id) else { throw IntakeRefusal.materialUnknown }
        return (submission.person, material.type, material.sha256, material.bytes)
    }
}
