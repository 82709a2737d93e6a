import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// Kits for teams, what they bring back, and statements to be compared.
struct VisitController: Sendable {
    let kits: Kits
    let takeIn: TakeInVisits
    let comparisons: CompareStatement
    let journal: AccessJournal

    /// Fifty people with a photo and a few pages each, in base64.
    private static let largest = 16 << 20

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("kits")
            .put(":id") { request, context in
                let id = try context.uuid("id")
                let content = try await request.decodeJSON(IntakeAPI.NewKit.self)
                let (kit, isNew) = try await self.kits.make(id, content, by: context.principal)
                try await self.journal.note(
                    .visit, of: kit.visits.map(\.personID), by: context.principal, purpose: .visit)
                return try APIReply.json(kit, status: isNew ? .created : .ok)
            }
            .get { _, context in try APIReply.json(try await self.kits.list(by: context.principal)) }
            .get(":id") { _, context in
                let kit = try await self.kits.read(try context.uuid("id"), by: context.principal)
                try await self.journal.note(
                    .visit, of: kit.visits.map(\.personID), by: context.principal, purpose: .visit)
                return try APIReply.json(kit)
            }
        routes.post("visits") { request, context in
            let visits = try await request.decodeJSON(IntakeAPI.Visits.self, upTo: Self.largest)
            return try APIReply.json(try await self.takeIn.run(visits, by: context.principal))
        }
        routes.group("comparisons")
            .get { request, context in
                try APIReply.json(
                    try await self.comparisons.list(
                        limit: try request.query("limit", standard: 50, in: 1...200),
                        offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal))
            }
            .post(":id/result") { request, context in
                let id = try context.uuid("id")
                let result = try await request.decodeJSON(IntakeAPI.ComparisonResult.self)
                return try APIReply.json(try await self.comparisons.settle(id, result, by: context.principal))
            }
    }
}
