import FoundationEssentials

/// The bureau has recorded that a person has died (N32): nothing more is said to them. The subject is the person.
package struct PersonDied: MessageContract {
    package static let name = "person.died"
    package static let producers: [ServiceName] = [.review]
    package static let consumers: [ServiceName] = [.notification]

    package var personID: UUID
    /// In which case it was recorded.
    package var submissionID: UUID
    package var at: Date

    package init(personID: UUID, submissionID: UUID, at: Date) {
        self.personID = personID
        self.submissionID = submissionID
        self.at = at
    }

    package static var example: Self {
        Self(personID: Example.person, submissionID: Example.submission, at: Example.instant)
    }
}
