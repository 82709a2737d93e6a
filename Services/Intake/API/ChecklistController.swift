import AccessJournal
import CardProgramme
import Contracts
import Hummingbird
import ServiceRuntime

/// What to bring, and what to do about a return.
struct ChecklistController: Sendable {
    let checklist: ReadChecklist
    let guidance: ReadGuidance
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("persons/:id/checklist") { request, context in
            let id = try context.uuid("id")
            var kind: CardKind?
            if let text = request.query("cardKind") {
                kind = CardKind(rawValue: text)
                guard kind != nil else { throw Self.kindUnknown }
            }
            let purpose = try request.lookPurpose()
            let list = try await self.checklist.run(person: id, cardKind: kind, by: context.principal)
            // What somebody must bring tells their category.
            try await self.journal.note(.file, of: [id], by: context.principal, purpose: purpose)
            return try APIReply.json(list)
        }
        routes.get("submissions/:id/checklist") { request, context in
            let purpose = try request.lookPurpose()
            let (person, list) = try await self.checklist.run(
                submission: try context.uuid("id"), by: context.principal)
            try await self.journal.note(.file, of: [person], by: context.principal, purpose: purpose)
            return try APIReply.json(list)
        }
        routes.get("submissions/:id/guidance") { _, context in
            let (person, guidance) = try await self.guidance.run(try context.uuid("id"), by: context.principal)
            if guidance.note != nil { try await self.journal.note(.note, of: [person], by: context.principal) }
            return try APIReply.json(guidance)
        }
    }

    private static let kindUnknown = APIProblem.badRequest(
        "query.cardKind", zh: "参数 cardKind 须为 veteran 或 bereavedFamily。",
        en: "The parameter “cardKind” must be veteran or bereavedFamily.")
}
