import Access
import CardProgramme
import FoundationEssentials

/// 备案: filed by the province; the card may be ordered (N18, R20, R22).
package struct SubmissionApproved: MessageContract {
    package static let name = "submission.approved"
    package static let producers: [ServiceName] = [.review]
    package static let consumers: [ServiceName] = [.issuance]
    package static let sealedFields = ["applicant"]

    package var submissionID: UUID
    package var personID: UUID
    package var round: Int
    package var division: String
    package var station: String
    package var cardKind: CardKind
    package var batch: Int
    package var lane: Lane
    package var applicant: Sealed<Applicant>
    package var filedAt: Date

    package init(
        submissionID: UUID, personID: UUID, round: Int, division: String, station: String, cardKind: CardKind,
        batch: Int,
        lane: Lane, applicant: Sealed<Applicant>, filedAt: Date
    ) {
        self.submissionID = submissionID
        self.personID = personID
        self.round = round
        self.division = division
        self.station = station
        self.cardKind = cardKind
        self.batch = batch
        self.lane = lane
        self.applicant = applicant
        self.filedAt = filedAt
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, personID: Example.person, round: 1, division: "341602",
            station: "341602-01", cardKind: .veteran, batch: 1, lane: .first, applicant: Example.sealed(),
            filedAt: Example.instant)
    }
}
