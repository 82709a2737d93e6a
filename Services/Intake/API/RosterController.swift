import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/roster`: lists of people, doubles among them, figures; and households.
struct RosterController: Sendable {
    let importList: ImportRoster
    let doubles: SettleDoubles
    let overview: ReadRoster
    let journal: AccessJournal

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
                let purpose = try request.lookPurpose()
                let doubles = try await self.doubles.list(
                    limit: try request.query("limit", standard: 50, in: 1...200),
                    offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal)
                try await self.journal.note(
                    .doubles, of: doubles.pairs.flatMap { [$0.one.id, $0.other.id] }, by: context.principal,
                    purpose: purpose)
                return try APIReply.json(doubles)
            }
            .post("doubles") { request, context in
                let verdict = try await request.decodeJSON(IntakeAPI.DoubleVerdict.self)
                let kept = try await self.doubles.settle(verdict, by: context.principal)
                try await self.journal.note(.doubles, of: [kept.id], by: context.principal)
                return try APIReply.json(kept)
            }
        routes.get("persons/:id/household") { request, context in
            let purpose = try request.lookPurpose()
            let household = try await self.overview.household(of: try context.uuid("id"), by: context.principal)
            try await self.journal.note(
                .household, of: household.members.map(\.id), by: context.principal, purpose: purpose)
            return try APIReply.json(household)
        }
    }
}
