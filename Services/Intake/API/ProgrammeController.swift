import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/plans` and `/api/programme`: what is open where, and what the last amendment meant.
struct ProgrammeController: Sendable {
    let plan: ReadStationPlan
    let recheck: ReadRecheck

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("plans/:code") { request, context in
            let code = try context.text("code")
            return try APIReply.json(
                try self.plan.run(code, on: try Self.day(request), by: context.principal))
        }
        routes.get("programme/recheck") { _, context in
            try APIReply.json(try await self.recheck.overview(by: context.principal))
        }
        routes.get("programme/recheck/people") { request, context in
            try APIReply.json(
                try await self.recheck.people(
                    try Self.effect(request), limit: try request.query("limit", standard: 50, in: 1...200),
                    offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal))
        }
    }

    private static func day(_ request: Request) throws(APIProblem) -> CalendarDay? {
        guard let text = request.query("day") else { return nil }
        guard let day = CalendarDay(text) else {
            throw .badRequest(
                "query.day", zh: "参数 day 应为实际存在的日期，格式为 2022-03-20。",
                en: "The parameter “day” must be a date that exists, written 2022-03-20.")
        }
        return day
    }

    private static func effect(_ request: Request) throws(APIProblem) -> Recheck.Effect {
        guard let text = request.query("effect") else { return .uncovered }
        guard let effect = Recheck.Effect(rawValue: text) else {
            let known = Recheck.Effect.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "query.effect", zh: "参数 effect 不正确。可用：\(known)。",
                en: "The parameter “effect” is unknown. Known: \(known).")
        }
        return effect
    }
}
