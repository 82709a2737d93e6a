import Access
import FoundationEssentials

/// How a registered person can be reached; replaces what was known before. The subject is the person.
package struct ContactRegistered: MessageContract {
    package static let name = "contact.registered"
    package static let producers: [ServiceName] = [.intake]
    package static let consumers: [ServiceName] = [.notification]
    package static let sealedFields = ["contact"]

    package var personID: UUID
    package var division: String
    package var station: String
    package var contact: Sealed<Contact>
    package var registeredAt: Date

    package init(personID: UUID, division: String, station: String, contact: Sealed<Contact>, registeredAt: Date) {
        self.personID = personID
        self.division = division
        self.station = station
        self.contact = contact
        self.registeredAt = registeredAt
    }

    package static var example: Self {
        Self(
            personID: Example.person, division: "341602", station: "341602-01", contact: Example.sealed(),
            registeredAt: Example.instant)
    }
}
