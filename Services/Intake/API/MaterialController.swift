import AccessJournal
import CardProgramme
import Contracts
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/api/submissions/{id}/materials/{kind}`: the papers and pictures themselves, as raw bytes.
struct MaterialController: Sendable {
    let store: StoreMaterial
    let fetch: FetchMaterial
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("submissions/:id/materials")
            .put(":kind") { request, context in
                let id = try context.uuid("id")
                let kind = try Self.kind(context)
                let submission = try await self.store.run(
                    kind, of: id, contentType: request.headers[.contentType], by: context.principal
                ) {
                    try await request.bytes(upTo: MaterialContent.largest)
                }
                return try APIReply.json(submission)
            }
            .get(":kind") { request, context in
                let purpose = try request.lookPurpose()
                let material = try await self.fetch.run(
                    try Self.kind(context), of: try context.uuid("id"), by: context.principal)
                try await self.journal.note(
                    .material, of: [material.person], by: context.principal, purpose: purpose)
                var response = APIReply.bytes(material.bytes, contentType: material.type.rawValue)
                // Lets the reviewer see that these are the bytes the message named.
                response.headers[.eTag] = "\"\(material.sha256)\""
                return response
            }
    }

    private static func kind(_ context: APIContext) throws -> MaterialKind {
        guard let kind = MaterialKind(rawValue: try context.text("kind")) else {
            throw IntakeRefusal.materialKindUnknown
        }
        return kind
    }
}
