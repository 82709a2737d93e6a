import Access
import Contracts
import Hummingbird
import ServiceRuntime

/// Where what city, province and bank decided is recorded.
struct SuperiorController: Sendable {
    let record: RecordSuperiorDecisions

    func add(to api: RouterGroup<APIContext>) {
        api.post("decisions", use: self.decisions)
    }

    /// `POST /api/decisions`; answers 200 with one outcome for each item, in their order.
    @Sendable private func decisions(_ request: Request, _ context: APIContext) async throws -> Response {
        // Per item the action of its level is asked again, with the case's own division.
        let principal = try context.requireOwn(.recordAudit)
        let list = try await request.decodeJSON(CaseAPI.SuperiorDecisions.self)
        guard RecordSuperiorDecisions.limits.contains(list.decisions.count) else {
            let limit = RecordSuperiorDecisions.limits.upperBound
            throw APIProblem.unprocessable(
                "decisions.count", zh: "一次可登记 1 至 \(limit) 条结果，请分次提交。",
                en: "Record between 1 and \(limit) decisions at a time.")
        }
        return try APIReply.json(try await self.record(list.decisions, by: principal))
    }
}
