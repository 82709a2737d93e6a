import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// Key verification (重点核查, R99–R102): what is left over here, and the docket of what is left over anywhere.
struct RecheckController: Sendable {
    let list: ListLeftOvers
    let docket: KeepDocket
    let journal: AccessJournal

    func add(to api: RouterGroup<APIContext>) {
        api.get("recheck", use: self.leftOvers)
        api.get("docket", use: self.page)
        api.post("docket", use: self.listing)
        api.post("docket/:submissionID/findings", use: self.finding)
        api.post("docket/:submissionID/outcome", use: self.outcome)
    }

    /// `GET /api/recheck?limit=&after=`
    @Sendable private func leftOvers(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.listLeftOvers)
        let limit = try request.query("limit", standard: ListLeftOvers.standardLimit, in: ListLeftOvers.limits)
        return try APIReply.json(try await self.list(after: try request.id("after"), limit: limit, for: principal))
    }

    /// `GET /api/docket?station=&state=&limit=&offset=`
    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.readDocket)
        let page = try await self.docket.page(
            station: try Self.station(of: request), state: try Self.state(of: request),
            limit: try request.query("limit", standard: KeepDocket.standardLimit, in: KeepDocket.limits),
            offset: try request.query("offset", standard: 0, in: WorkListPage.offsets), for: principal)
        try await self.note(page.entries, by: principal)
        return try APIReply.json(page)
    }

    /// `POST /api/docket`
    @Sendable private func listing(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.manageDocket)
        let listing = try await request.decodeJSON(RecheckAPI.Listing.self)
        guard KeepDocket.limits.contains(listing.items.count) else {
            let limit = KeepDocket.limits.upperBound
            throw APIProblem.unprocessable(
                "docket.count", zh: "一次可登记 1 至 \(limit) 件，请分次提交。", en: "List between 1 and \(limit) items at a time.")
        }
        return try APIReply.json(try await self.docket.list(listing.items, by: principal))
    }

    /// `POST /api/docket/{submissionID}/findings`
    @Sendable private func finding(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.investigate)
        let submission = try context.uuid("submissionID")
        let finding = try await request.decodeJSON(RecheckAPI.NewFinding.self)
        let entry = try await self.docket.add(finding, to: submission, by: principal)
        try await self.note([entry], by: principal)
        return try APIReply.json(entry)
    }

    /// `POST /api/docket/{submissionID}/outcome`
    @Sendable private func outcome(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.manageDocket)
        let submission = try context.uuid("submissionID")
        let conclusion = try await request.decodeJSON(RecheckAPI.Conclusion.self)
        let entry = try await self.docket.conclude(submission, as: conclusion, by: principal)
        try await self.note([entry], by: principal)
        return try APIReply.json(entry)
    }

    /// Who reads findings is on record with whom they are about; for a submission that never reached review its own id stands.
    private func note(_ entries: [RecheckAPI.Entry], by principal: Principal) async throws {
        let read = entries.filter { entry in entry.findings.contains { !$0.text.isEmpty } }.map(\.item.submissionID)
        try await self.journal.note(.finding, of: try await self.docket.people(of: read), by: principal)
    }

    private static func station(of request: Request) throws(APIProblem) -> String? {
        guard let text = request.query("station"), !text.isEmpty else { return nil }
        guard DocketRefusal.isCode(text) else {
            throw .badRequest(
                "query.station", zh: "参数 station 应为服务站编号，例如 341602-01。",
                en: "The parameter “station” must be a station's code such as 341602-01.")
        }
        return text
    }

    private static func state(of request: Request) throws(APIProblem) -> RecheckAPI.State? {
        guard let text = request.query("state"), !text.isEmpty else { return nil }
        guard let state = RecheckAPI.State(rawValue: text) else {
            let known = RecheckAPI.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "query.state", zh: "参数 state 应为以下之一：\(known)。", en: "The parameter “state” must be one of: \(known).")
        }
        return state
    }
}
