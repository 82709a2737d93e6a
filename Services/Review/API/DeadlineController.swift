import Access
import CardProgramme
import Hummingbird
import ServiceRuntime

/// How the limits were kept.
struct DeadlineController: Sendable {
    let read: ReadDeadlines

    /// Answer of `GET /api/deadlines`.
    struct Figures: Codable, Sendable {
        /// R47.
        var initialReview: DutyFigures
        /// N18.
        var auditAndFiling: DutyFigures
    }

    func add(to api: RouterGroup<APIContext>) {
        api.get("deadlines", use: self.deadlines)
    }

    /// `GET /api/deadlines?from=&to=`: `kept` and `missed` count decisions of these days, both included; `openOverdue`
    /// counts what is past its day at this moment.
    @Sendable private func deadlines(_ request: Request, _ context: APIContext) async throws -> Response {
        let principal = try context.requireOwn(.readFigures)
        let from = try Self.day("from", of: request) ?? .earliest
        let to = try Self.day("to", of: request) ?? .latest
        guard from <= to else {
            throw APIProblem.unprocessable(
                "query.period", zh: "起始日期 from 不能晚于截止日期 to。", en: "The day “from” must not be later than “to”.")
        }
        let figures = try await self.read(from...to, for: principal)
        return try APIReply.json(
            Figures(
                initialReview: figures[.initialReview] ?? DutyFigures(),
                auditAndFiling: figures[.auditAndFiling] ?? DutyFigures()))
    }

    private static func day(_ name: String, of request: Request) throws(APIProblem) -> CalendarDay? {
        guard let text = request.query(name), !text.isEmpty else { return nil }
        guard let day = CalendarDay(text) else {
            throw .badRequest(
                "query.\(name)", zh: "参数 \(name) 应为实际存在的日期，格式为 2022-03-09。",
                en: "The parameter “\(name)” must be a date that exists, written 2022-03-09.")
        }
        return day
    }
}
