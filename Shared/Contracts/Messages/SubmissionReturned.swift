import Access
import CardProgramme
import FoundationEssentials

/// 退回: a level did not pass the submission and returns it one hop down, with a reason (R81, R84, A6).
package struct SubmissionReturned: MessageContract {
    package static let name = "submission.returned"
    package static let producers: [ServiceName] = [.verification, .review]
    package static let consumers: [ServiceName] = [.intake, .verification]
    package static let sealedFields = ["note"]

    package var submissionID: UUID
    package var round: Int
    package var from: Level
    package var to: Level
    package var reason: ReturnReason
    package var returnedAt: Date
    /// Opaque id of who returned it.
    package var returnedBy: String
    /// Opaque ids of everyone who passed it at a level above ``to``, in whatever round: they may not pass it again below.
    package var passedBy: [String]
    /// What the reason alone does not say, if somebody wrote something; see ``ReturnNote``.
    package var note: Sealed<String>?

    package init(
        submissionID: UUID, round: Int, from: Level, to: Level, reason: ReturnReason, returnedAt: Date,
        returnedBy: String, passedBy: [String] = [], note: Sealed<String>? = nil
    ) {
        self.submissionID = submissionID
        self.round = round
        self.from = from
        self.to = to
        self.reason = reason
        self.returnedAt = returnedAt
        self.returnedBy = returnedBy
        self.passedBy = passedBy
        self.note = note
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, round: 1, from: .centre, to: .station, reason: .materialsUnclear,
            returnedAt: Example.instant, returnedBy: "centre-a", passedBy: ["centre-b"], note: Example.sealed())
    }
}
