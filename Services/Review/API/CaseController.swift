import Access
import AccessJournal
import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// Looking at cases, and the bureau's decisions about them.
struct CaseController: Sendable {
    let list: ListCases
    let show: ShowCase
    let decide: DecideCase
    let history: ShowHistory
    let journal: AccessJournal

    func add(to api: RouterGroup<APIContext>) {
        api.get("cases", use: self.cases)
        api.get("cases/:submissionID", use: self.case)
        api.get("cases/:submissionID/history", use: self.lines)
        api.post("cases/:submissionID/decision", use: self.decision)
    }

    /// `GET /api/cases?stage=&limit=&offset=`; without a stage, what waits for the caller. A case is overdue when its
    /// `dueOn` is past.
    @Sendable private func cases(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.listReviews)
        let page = WorkListPage(
            stages: try Self.stage(of: request).map { [$0] } ?? WorkListPage.standardStages(for: principal.role),
            limit: try request.query("limit", standard: WorkListPage.standardLimit, in: WorkListPage.limits),
            offset: try request.query("offset", standard: 0, in: WorkListPage.offsets))
        let purpose = try request.lookPurpose()
        let cases = try await self.list(page, for: principal)
        try await self.journal.note(cases.cases, by: principal, purpose: purpose)
        return try APIReply.json(cases)
    }

    /// `GET /api/cases/{submissionID}`
    @Sendable private func `case`(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.readReview)
        let purpose = try request.lookPurpose()
        let shown = try await self.show(try context.uuid("submissionID"), for: principal)
        try await self.journal.note([shown], by: principal, purpose: purpose)
        return try APIReply.json(shown)
    }

    /// `GET /api/cases/{submissionID}/history`
    @Sendable private func lines(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.readReviewHistory)
        let purpose = try request.lookPurpose()
        let (person, showsGrounds, history) = try await self.history(
            try context.uuid("submissionID"), for: principal)
        if showsGrounds { try await self.journal.note(.ground, of: [person], by: principal, purpose: purpose) }
        return try APIReply.json(history)
    }

    /// `POST /api/cases/{submissionID}/decision`
    @Sendable private func decision(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.decideReview)
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

extension AccessJournal {
    /// Cases shown with the name of whom they are about; one without shows nobody.
    func note(_ cases: [CaseAPI.Case], by principal: Principal, purpose: LookPurpose?) async throws {
        try await self.note(
            .reviewCase, of: cases.filter { !$0.name.isEmpty }.map(\.personID), by: principal, purpose: purpose)
    }
}
