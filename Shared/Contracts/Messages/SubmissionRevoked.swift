import FoundationEssentials

/// 收回: the card is void for good: its holder has died, was convicted, or it was issued wrongly (N32). It is taken back
/// wherever it is, and never delivered.
package struct SubmissionRevoked: MessageContract {
    package static let name = "submission.revoked"
    package static let producers: [ServiceName] = [.review]
    package static let consumers: [ServiceName] = [.issuance]

    package var submissionID: UUID
    package var round: Int
    package var at: Date
    /// Opaque id of who recorded it.
    package var by: String

    package init(submissionID: UUID, round: Int, at: Date, by: String) {
        self.submissionID = submissionID
        self.round = round
        self.at = at
        self.by = by
    }

    package static var example: Self {
        Self(submissionID: Example.submission, round: 1, at: Example.instant, by: "superior-a")
    }
}
