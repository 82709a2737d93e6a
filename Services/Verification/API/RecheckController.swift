import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// What is left over with the centre (R99).
struct RecheckController: Sendable {
    let list: ListLeftOvers

    func add(to api: RouterGroup<APIContext>) {
        api.get("recheck", use: self.leftOvers)
    }

    /// `GET /api/recheck?limit=&after=`
    @Sendable private func leftOvers(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.listLeftOvers)
        let limit = try request.query("limit", standard: ListLeftOvers.standardLimit, in: ListLeftOvers.limits)
        return try APIReply.json(
            try await self.list(after: try request.id("after"), limit: limit, for: principal))
    }
}
