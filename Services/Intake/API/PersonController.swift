import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/persons`: registration and the file.
struct PersonController: Sendable {
    let register: RegisterPerson
    let read: ReadPerson
    let journal: AccessJournal

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("persons")
            .post { request, context in
                let form = try await request.decodeJSON(IntakeAPI.Registration.self)
                let (person, isNew) = try await self.register.run(form, by: context.principal)
                // A known file answers with more than the form said.
                if !isNew { try await self.journal.note(.file, of: [person.id], by: context.principal) }
                return try APIReply.json(person, status: isNew ? .created : .ok)
            }
            .get(":id") { request, context in
                let purpose = try request.lookPurpose()
                let person = try await self.read.run(try context.uuid("id"), by: context.principal)
                try await self.journal.note(.file, of: [person.id], by: context.principal, purpose: purpose)
                return try APIReply.json(person)
            }
    }
}
