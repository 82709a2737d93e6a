import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// What to bring, and what to do about a return.
struct ChecklistController: Sendable {
    let checklist: ReadChecklist
    let guidance: ReadGuidance

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("persons/:id/checklist") { request, context in
            let id = try context.uuid("id")
            var kind: CardKind?
            if let text = request.query("cardKind") {
                kind = CardKind(rawValue: text)
                guard kind != nil else { throw Self.kindUnknown }
            }
            return try APIReply.json(
                try await self.checklist.run(person: id, cardKind: kind, by: context.principal))
        }
        routes.get("submissions/:id/checklist") { _, context in
            try APIReply.json(
                try await self.checklist.run(submission: try context.uuid("id"), by: context.principal))
        }
        routes.get("submissions/:id/guidance") { _, context in
            try APIReply.json(try await self.guidance.run(try context.uuid("id"), by: context.principal))
        }
    }

    private static let kindUnknown = APIProblem.badRequest(
        "query.cardKind", zh: "参数 cardKind 须为 veteran 或 bereavedFamily。",
        en: "The parameter “cardKind” must be veteran or bereavedFamily.")
}
