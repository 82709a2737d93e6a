import Access
import AccessJournal
import Contracts
import Hummingbird
import ServiceRuntime

/// `/api/contacts`: how a person can be reached, phones masked.
struct ContactRoutes: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let contacts: ContactReader
    let seal: ContactSeal
    let journal: AccessJournal

    func add(to api: RouterGroup<APIContext>) {
        api.get("contacts/{personID}") { request, context in try await self.one(request, context) }
    }

    private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        let person = try context.uuid("personID")
        guard let contact = try await self.contacts.contact(of: person) else {
            // Whoever may not look at any contact learns no more than that.
            try context.require(
                .readContacts,
                on: Resource(
                    division: self.division, station: context.principal.station, person: context.principal.person))
            throw Refusal.unknown(
                "contact.unknown", zh: "没有此人的联系方式。请核对人员编号；刚建档的请稍候再查。",
                en: "No contact of this person is known. Check the id; somebody just registered appears after a moment."
            )
        }
        try context.require(
            .readContacts, on: Resource(division: contact.division, station: contact.station, person: person))
        try await self.journal.note(
            .contact, of: [person], by: context.principal, purpose: try request.lookPurpose())
        let details = try self.seal.open(contact.details, person: person)
        return try APIReply.json(
            NotificationAPI.MaskedContact(
                personID: person, name: details.name, maskedPhones: details.phones.map(PhoneMask.mask)))
    }
}
