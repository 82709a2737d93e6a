import FoundationEssentials

/// 暂缓: nothing further may be done for this submission, and its card may not leave whoever holds it (N21, N32).
///
/// Why it was paused stays with review: whoever keeps cards needs to know that one must not move, not what its holder is
/// accused of.
package struct SubmissionPaused: MessageContract {
    package static let name = "submission.paused"
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
