import FoundationEssentials

/// 联系不上: whose card has been at the station for so many months, and nobody could tell them (N25). The subject is the
/// submission.
package struct HolderUnreached: MessageContract {
    package static let name = "holder.unreached"
    package static let producers: [ServiceName] = [.notification]
    package static let consumers: [ServiceName] = [.issuance]

    package var submissionID: UUID
    package var personID: UUID
    /// When the card's arrival was to be told.
    package var arrivedAt: Date
    /// Messages handed to a provider, and calls made, all in vain.
    package var messages: Int
    package var calls: Int
    package var at: Date

    package init(submissionID: UUID, personID: UUID, arrivedAt: Date, messages: Int, calls: Int, at: Date) {
        self.submissionID = submissionID
        self.personID = personID
        self.arrivedAt = arrivedAt
        self.messages = messages
        self.calls = calls
        self.at = at
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, personID: Example.person, arrivedAt: Example.instant, messages: 1,
            calls: 3, at: Example.instant)
    }
}
