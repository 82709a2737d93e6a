import Access
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Keeps how people can be reached, a whole batch of registrations at a time.
struct RegisterContacts: Sendable {
    /// Code of the district this installation works for.
    let division: String
    let keyRing: KeyRing
    let seal: ContactSeal
    let clock: ProgrammeClock

    /// A registration this service does not take.
    struct Unsound: Error, CustomStringConvertible {
        let rule: String
        var description: String { "the contact cannot be kept: \(self.rule)" }
    }

    /// - Throws: For the whole batch when one registration cannot be read; the message layer then finds which.
    func callAsFunction(_ registrations: [Received<ContactRegistered>], in work: UnitOfWork) async throws {
        let contacts = try registrations.map { try self.stored($0) }
            .sorted { $0.personID.uuidString < $1.personID.uuidString }
        try await ContactWriter(sql: work.sql).replace(contacts, at: self.clock.now())
        try await CallStore(sql: work.sql).follow(contacts.map(\.personID))
    }

    private func stored(_ registration: Received<ContactRegistered>) throws -> StoredContact {
        let message = registration.message
        guard message.personID == registration.envelope.subject else {
            throw Unsound(rule: "it travels under another subject")
        }
        guard message.division == self.division else { throw Unsound(rule: "it belongs to another district") }
        let contact = try self.keyRing.open(
            message.contact, type: ContactRegistered.type, subject: message.personID, field: "contact")
        let details = ContactDetails(name: contact.name, phones: contact.phones, related: contact.related)
        return StoredContact(
            personID: message.personID, division: message.division, station: message.station,
            details: try self.seal.seal(details, person: message.personID), registeredAt: message.registeredAt)
    }
}
