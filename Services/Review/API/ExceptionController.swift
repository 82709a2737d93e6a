import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// What interrupts the straight way of a case: suspension, ruling, withdrawal, and rows that contradict what is recorded.
struct ExceptionController: Sendable {
    let suspend: SuspendCase
    let rule: RecordRuling
    let withdraw: WithdrawCase
    let list: ListContradictions
    let settle: SettleContradiction

    func add(to api: RouterGroup<APIContext>) {
        api.post("cases/:submissionID/suspension", use: self.suspension)
        api.post("cases/:submissionID/ruling", use: self.ruling)
        api.post("cases/:submissionID/withdrawal", use: self.withdrawal)
        api.get("contradictions", use: self.contradictions)
        api.post("contradictions/:id/settlement", use: self.settlement)
    }

    /// `POST /api/cases/{submissionID}/suspension`
    @Sendable private func suspension(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.suspendReview)
        let submission = try context.uuid("submissionID")
        let body = try await request.decodeJSON(ReviewAPI.Suspension.self)
        return try APIReply.json(try await self.suspend(submission, body, by: principal))
    }

    /// `POST /api/cases/{submissionID}/ruling`
    @Sendable private func ruling(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.recordRuling)
        let submission = try context.uuid("submissionID")
        let body = try await request.decodeJSON(ReviewAPI.Ruling.self)
        return try APIReply.json(try await self.rule(submission, body, by: principal))
    }

    /// `POST /api/cases/{submissionID}/withdrawal`
    @Sendable private func withdrawal(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.withdrawReview)
        let submission = try context.uuid("submissionID")
        let body = try await request.decodeJSON(ReviewAPI.Withdrawal.self)
        return try APIReply.json(try await self.withdraw(submission, body, by: principal))
    }

    /// `GET /api/contradictions?limit=&offset=`
    @Sendable private func contradictions(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.listContradictions)
        let page = try await self.list(
            limit: try request.query(
                "limit", standard: ListContradictions.standardLimit, in: ListContradictions.limits),
            offset: try request.query("offset", standard: 0, in: WorkListPage.offsets), for: principal)
        return try APIReply.json(page)
    }

    /// `POST /api/contradictions/{id}/settlement`
    @Sendable private func settlement(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.settleContradiction)
        let id = try context.uuid("id")
        let body = try await request.decodeJSON(ReviewAPI.Settlement.self)
        return try APIReply.json(try await self.settle(id, body, by: principal))
    }
}
