import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/roster`: lists of people, doubles among them, figures; and households.
struct RosterController: Sendable {
    let importList: ImportRoster
    let doubles: SettleDoubles
    let overview: ReadRoster

    /// A list of 1000 people with relatives and long addresses.
    private static let longestList = 4 << 20

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("roster")
            .post { request, context in
                let list = try await request.decodeJSON(IntakeAPI.RosterList.self, upTo: Self.longestList)
                return try APIReply.json(try await self.importList.run(list, by: context.principal))
            }
            .get("figures") { _, context in
                try APIReply.json(try await self.overview.figures(by: context.principal))
            }
            .get("doubles") { request, context in
                try APIReply.json(
                    try await self.doubles.list(
                        limit: try request.query("limit", standard: 50, in: 1...200),
                        offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal))
            }
            .post("doubles") { request, context in
                let verdict = try await request.decodeJSON(IntakeAPI.DoubleVerdict.self)
                return try APIReply.json(try await self.doubles.settle(verdict, by: context.principal))
            }
        routes.get("persons/:id/household") { _, context in
            try APIReply.json(
                try await self.overview.household(of: try context.uuid("id"), by: context.principal))
        }
    }
}
