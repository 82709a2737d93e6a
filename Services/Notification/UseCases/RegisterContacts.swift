import Access
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import ShortMessages

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
        let read = try registrations.map { try self.stored($0) }
            .sorted { $0.contact.personID.uuidString < $1.contact.personID.uuidString }
        let calls = CallStore(sql: work.sql)
        // A death may be recorded at this moment: one of the two sees the other.
        try await calls.lock(people: read.map(\.contact.personID))
        let writer = ContactWriter(sql: work.sql)
        let new = try await writer.replace(read.map(\.contact), at: self.clock.now())
        try await writer.replaceNumbers(
            read.filter { new.contains($0.contact.personID) }.flatMap(\.numbers), of: new)
        let people = read.map(\.contact.personID)
        try await calls.follow(people)
        try await InquiryStore(sql: work.sql).follow(people)
        for death in try await calls.deathsNotHonoured(of: people) {
            try await calls.silence(death, by: "notification", at: self.clock.now())
        }
    }

    private func stored(
        _ registration: Received<ContactRegistered>
    ) throws -> (contact: StoredContact, numbers: [ContactNumber]) {
        let message = registration.message
        guard message.personID == registration.envelope.subject else {
            throw Unsound(rule: "it travels under another subject")
        }
        guard message.division == self.division else { throw Unsound(rule: "it belongs to another district") }
        let contact = try self.keyRing.open(
            message.contact, type: ContactRegistered.type, subject: message.personID, field: "contact")
        let details = ContactDetails(
            name: contact.name, phones: contact.phones, related: contact.related, address: contact.address)
        let stored = StoredContact(
            personID: message.personID, division: message.division, station: message.station,
            details: try self.seal.seal(details, person: message.personID), registeredAt: message.registeredAt,
            bornYear: contact.bornYear, residentDivision: contact.residentDivision,
            hasAddress: contact.address?.isEmpty == false, nameUnits: contact.name.utf16.count)
        // What is no number stays in the file for people to read; nothing can be sent there.
        let numbers = details.numbers.enumerated().compactMap { place, entry -> ContactNumber? in
            guard let number = try? PhoneNumber(entry.text) else { return nil }
            return ContactNumber(
                personID: message.personID, digest: self.seal.digest(number), place: place, isOwn: entry.isOwn,
                isMobile: number.isMobile)
        }
        return (stored, numbers)
    }
}
