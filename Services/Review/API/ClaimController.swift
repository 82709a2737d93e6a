import Access
import AccessJournal
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// Taking cases to work on, and giving them back.
struct ClaimController: Sendable {
    let claim: ClaimCases
    let release: ReleaseClaims
    let journal: AccessJournal

    /// Body of `POST /api/claims/release`; may be left out.
    struct Release: Codable, Sendable {
        /// Nil for everything the caller holds.
        var submissionIDs: [UUID]?
    }

    /// Answer to it.
    struct Released: Codable, Sendable {
        var released: Int
    }

    func add(to api: RouterGroup<APIContext>) {
        api.post("claims", use: self.claims)
        api.post("claims/release", use: self.releases)
    }

    /// `POST /api/claims`
    @Sendable private func claims(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.claimReview)
        let wanted = try await request.decodeJSON(CaseAPI.Claim.self)
        guard ClaimCases.limits.contains(wanted.limit) else { throw Self.limitOutOfBounds }
        let claimed = try await self.claim(limit: wanted.limit, by: principal)
        try await self.journal.note(claimed.cases, by: principal, purpose: nil)
        return try APIReply.json(claimed)
    }

    /// `POST /api/claims/release`
    @Sendable private func releases(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.claimReview)
        let body = try await request.bytes()
        let release = body.isEmpty ? Release() : try APICoding.decode(Release.self, from: Data(body))
        guard (release.submissionIDs?.count ?? 0) <= ClaimCases.limits.upperBound else { throw Self.limitOutOfBounds }
        return try APIReply.json(Released(released: try await self.release(release.submissionIDs, by: principal)))
    }

    private static let limitOutOfBounds = APIProblem.unprocessable(
        "claim.limit", zh: "一次可领取或释放 1 至 \(ClaimCases.limits.upperBound) 件申请。",
        en: "Claim or release between 1 and \(ClaimCases.limits.upperBound) submissions at a time.")
}
