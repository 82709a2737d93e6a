import Access
import CardProgramme
import FoundationEssentials

/// 受理通过: the station's check passed (R61, R62), the centre is asked to verify.
///
/// The same submission is accepted again after a return, with a higher ``round``.
package struct SubmissionAccepted: MessageContract {
    package static let name = "submission.accepted"
    package static let producers: [ServiceName] = [.intake]
    package static let consumers: [ServiceName] = [.verification]
    package static let sealedFields = ["applicant"]

    package var submissionID: UUID
    package var personID: UUID
    /// 1 for the first submission, one more after each correction.
    package var round: Int
    /// GB/T 2260 code of the district.
    package var division: String
    /// The station that accepted; a return goes back there (R81).
    package var station: String
    package var cardKind: CardKind
    package var batch: Int
    package var lane: Lane
    package var applicant: Sealed<Applicant>
    package var materials: [MaterialReference]
    /// Both forms carry the applicant's signature (R66, R83).
    package var formsSigned: Bool
    package var acceptedAt: Date
    /// Opaque id of the member of staff who checked.
    package var checkedBy: String

    package init(
        submissionID: UUID, personID: UUID, round: Int, division: String, station: String, cardKind: CardKind,
        batch: Int,
        lane: Lane, applicant: Sealed<Applicant>, materials: [MaterialReference], formsSigned: Bool, acceptedAt: Date,
        checkedBy: String
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
        self.materials = materials
        self.formsSigned = formsSigned
        self.acceptedAt = acceptedAt
        self.checkedBy = checkedBy
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, personID: Example.person, round: 1, division: "341602",
            station: "341602-01", cardKind: .veteran, batch: 1, lane: .first, applicant: Example.sealed(),
            materials: [Example.material], formsSigned: true, acceptedAt: Example.instant, checkedBy: "station-01-a")
    }
}
