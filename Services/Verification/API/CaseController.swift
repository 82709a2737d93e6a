import Access
import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// Looking at cases and deciding about them.
struct CaseController: Sendable {
    let list: ListCases
    let show: ShowCase
    let decide: DecideCase

    func add(to api: RouterGroup<APIContext>) {
        api.get("cases", use: self.cases)
        api.get("cases/:submissionID", use: self.case)
        api.post("cases/:submissionID/decision", use: self.decision)
    }

    /// `GET /api/cases?stage=&limit=&offset=`; without a stage, what waits for the centre.
    @Sendable private func cases(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.listVerifications)
        let page = WorkListPage(
            stage: try Self.stage(of: request),
            limit: try request.query("limit", standard: WorkListPage.standardLimit, in: WorkListPage.limits),
            offset: try request.query("offset", standard: 0, in: WorkListPage.offsets))
        return try APIReply.json(try await self.list(page, for: principal))
    }

    /// `GET /api/cases/{submissionID}`
    @Sendable private func `case`(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.readVerification)
        return try APIReply.json(try await self.show(try context.uuid("submissionID"), for: principal))
    }

    /// `POST /api/cases/{submissionID}/decision`
    @Sendable private func decision(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.decideVerification)
        let submission = try context.uuid("submissionID")
        let decision = try await request.decodeJSON(Decision.self)
        return try APIReply.json(try await self.decide(submission, decision, by: principal))
    }

    private static func stage(of request: Request) throws(APIProblem) -> SubmissionStage? {
        guard let text = request.query("stage"), !text.isEmpty else { return nil }
        guard let stage = SubmissionStage(rawValue: text), WorkListPage.stages.contains(stage) else {
            let known = WorkListPage.stages.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "query.stage", zh: "参数 stage 应为以下之一：\(known)。", en: "The parameter “stage” must be one of: \(known).")
        }
        return stage
    }
}
