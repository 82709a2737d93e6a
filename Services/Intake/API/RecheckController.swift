import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/recheck`: what is left over with applicants and stations (R99).
struct RecheckController: Sendable {
    let list: ListLeftOvers

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("recheck") { request, context in
            let limit = try request.query("limit", standard: ListLeftOvers.standardLimit, in: ListLeftOvers.limits)
            return try APIReply.json(
                try await self.list.run(after: try request.id("after"), limit: limit, by: context.principal))
        }
    }
}
