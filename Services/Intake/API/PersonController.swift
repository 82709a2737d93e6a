import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/persons`: registration and the file.
struct PersonController: Sendable {
    let register: RegisterPerson
    let read: ReadPerson

    func add(to routes: RouterGroup<APIContext>) {
        routes.group("persons")
            .post { request, context in
                let form = try await request.decodeJSON(IntakeAPI.Registration.self)
                let (person, isNew) = try await self.register.run(form, by: context.principal)
                return try APIReply.json(person, status: isNew ? .created : .ok)
            }
            .get(":id") { _, context in
                try APIReply.json(try await self.read.run(try context.uuid("id"), by: context.principal))
            }
    }
}
