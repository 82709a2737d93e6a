import Access
import AccessJournal
import Contracts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// Forms to print and sign, and the base file form sent from home.
struct FormController: Sendable {
    let print: PrintForm
    let sign: RecordSignatures
    let baseForms: BaseForms
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("submissions/:id/forms/:kind") { request, context in
            guard let form = FormContent.Form(rawValue: try context.text("kind")) else {
                throw IntakeRefusal.formUnknown
            }
            let filled = try await self.print.run(form, of: try context.uuid("id"), by: context.principal)
            try await self.journal.note(
                .form, of: [filled.person], by: context.principal, purpose: try request.lookPurpose())
            return Self.page(FormPage.html(filled))
        }
        routes.post("submissions/:id/signatures") { request, context in
            let id = try context.uuid("id")
            let signatures = try await request.decodeJSON(IntakeAPI.Signatures.self)
            return try APIReply.json(try await self.sign.run(id, signatures, by: context.principal))
        }
        routes.get("forms/:kind") { _, context in
            try AccessPolicy.decide(context.principal, .readEmptyForm, on: .reach(of: context.principal))
            guard try context.text("kind") == "baseFile" else { throw IntakeRefusal.formUnknown }
            return Self.page(EmptyFormPage.baseFile())
        }
        routes.group("base-forms")
            .put(":id") { request, context in
                let id = try context.uuid("id")
                let form = try await request.decodeJSON(IntakeAPI.BaseForm.self)
                return try APIReply.json(try await self.baseForms.send(form, as: id, by: context.principal))
            }
            .get { request, context in
                try APIReply.json(
                    try await self.baseForms.list(
                        limit: try request.query("limit", standard: 50, in: 1...200),
                        offset: try request.query("offset", standard: 0, in: 0...1_000_000), by: context.principal))
            }
            .get(":id") { _, context in
                // Before the take-over there is no person yet: the form's id stands for its sender.
                let form = try await self.baseForms.read(try context.uuid("id"), by: context.principal)
                try await self.journal.note(.form, of: [form.personID ?? form.id], by: context.principal)
                return try APIReply.json(form)
            }
            .post(":id/takeover") { request, context in
                let id = try context.uuid("id")
                let registration = try await request.decodeJSON(IntakeAPI.Registration.self)
                let person = try await self.baseForms.takeOver(id, registration, by: context.principal)
                try await self.journal.note(.file, of: [person.id], by: context.principal)
                return try APIReply.json(person)
            }
    }

    /// A page that fetches nothing and runs nothing, whatever is written into it.
    static func page(_ html: String) -> Response {
        var response = APIReply.bytes(Array(html.utf8), contentType: "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return response
    }
}
