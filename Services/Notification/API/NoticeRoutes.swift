import Access
import Contracts
import FoundationEssentials
import Hummingbird
import ServiceRuntime

/// `/api/notices`: what people should be told. Every notice is `recorded`; what became of it is told by
/// `/api/messages`.
struct NoticeRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let notices: NoticeReader

    /// Answer to `GET /api/notices/count`.
    struct Count: Codable, Sendable {
        let count: Int
    }

    func add(to api: RouterGroup<APIContext>) {
        api.get("notices") { request, context in try await self.list(request, context) }
        api.get("notices/count") { request, context in try await self.count(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        var filter = try self.filter(request, context)
        if let text = request.filter("submission") {
            guard let submission = UUID(uuidString: text) else {
                throw APIProblem.badRequest(
                    "query.submission", zh: "参数 submission 应为申请编号。",
                    en: "The parameter “submission” must be a submission's id.")
            }
            filter.submission = submission
        }
        let limit = try request.query("limit", standard: 100, in: 1...2_000)
        let offset = try request.query("offset", standard: 0, in: 0...10_000_000)
        let page = try await self.notices.page(filter, limit: limit, offset: offset)
        let total = try await self.notices.count(filter)
        return try APIReply.json(NotificationAPI.WorkList(notices: page.map(Self.shown), total: total))
    }

    private func count(_ request: Request, _ context: APIContext) async throws -> Response {
        let filter = try self.filter(request, context)
        return try APIReply.json(Count(count: try await self.notices.count(filter)))
    }

    /// What the caller may see, narrowed by the purpose asked for: a station its own people, an applicant themselves.
    private func filter(_ request: Request, _ context: APIContext) throws -> NoticeFilter {
        let principal = try context.require(
            .readNotices,
            on: Resource(division: self.division, station: context.principal.station, person: context.principal.person))
        var filter = NoticeFilter(station: principal.station, person: principal.person)
        if let text = request.filter("purpose") {
            guard let purpose = NoticePurpose(rawValue: text) else {
                let known = NoticePurpose.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIProblem.badRequest(
                    "query.purpose", zh: "参数 purpose 应为下列之一：\(known)。",
                    en: "The parameter “purpose” must be one of: \(known).")
            }
            filter.purpose = purpose
        }
        return filter
    }

    private static func shown(_ notice: Notice) -> NotificationAPI.Notice {
        NotificationAPI.Notice(
            id: notice.id, personID: notice.personID, submissionID: notice.submissionID, purpose: notice.purpose,
            reason: notice.reason, state: notice.state.rawValue, requestedAt: notice.requestedAt, tellBy: notice.tellBy)
    }
}

extension Request {
    /// A condition of a list; one given without a value is none.
    fileprivate func filter(_ name: String) -> String? {
        self.query(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
