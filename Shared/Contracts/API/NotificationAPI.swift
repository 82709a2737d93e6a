import CardProgramme
import FoundationEssentials

/// Bodies of notification's interface.
package enum NotificationAPI {
    /// A notice somebody requested. It stays `recorded`; what became of it, ``Message``s say.
    package struct Notice: Codable, Sendable {
        package var id: UUID
        package var personID: UUID
        package var submissionID: UUID
        package var purpose: NoticePurpose
        package var reason: ReturnReason?
        package var state: String
        package var requestedAt: Date
        package var tellBy: CalendarDay?

        package init(
            id: UUID, personID: UUID, submissionID: UUID, purpose: NoticePurpose, reason: ReturnReason?, state: String,
            requestedAt: Date, tellBy: CalendarDay?
        ) {
            self.id = id
            self.personID = personID
            self.submissionID = submissionID
            self.purpose = purpose
            self.reason = reason
            self.state = state
            self.requestedAt = requestedAt
            self.tellBy = tellBy
        }
    }

    /// `GET /api/notices?submission=&purpose=&limit=&offset=`.
    package struct WorkList: Codable, Sendable {
        package var notices: [Notice]
        package var total: Int

        package init(notices: [Notice], total: Int) {
            self.notices = notices
            self.total = total
        }
    }

    /// `GET /api/contacts/{personID}`: how a person can be reached, phone numbers masked.
    package struct MaskedContact: Codable, Sendable {
        package var personID: UUID
        package var name: String
        package var maskedPhones: [String]

        package init(personID: UUID, name: String, maskedPhones: [String]) {
            self.personID = personID
            self.name = name
            self.maskedPhones = maskedPhones
        }
    }
}
