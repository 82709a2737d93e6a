import FoundationEssentials

/// 恢复办理: the pause is over; the card goes on from where it was (N21).
package struct SubmissionResumed: MessageContract {
    package static let name = "submission.resumed"
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
