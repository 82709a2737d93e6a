import Access
import CardProgramme
import FoundationEssentials

/// 核实通过: the centre confirmed identity and card kind (R80, R82); the bureau's seven working days begin (R47).
package struct SubmissionVerified: MessageContract {
    package static let name = "submission.verified"
    package static let producers: [ServiceName] = [.verification]
    package static let consumers: [ServiceName] = [.review]
    package static let sealedFields = ["applicant"]

    package var submissionID: UUID
    package var personID: UUID
    package var round: Int
    /// How often the centre has passed this submission: 1, and one more after each return by the bureau (R84).
    package var pass: Int
    package var division: String
    package var station: String
    package var cardKind: CardKind
    package var batch: Int
    package var lane: Lane
    package var applicant: Sealed<Applicant>
    package var materials: [MaterialReference]
    package var formsSigned: Bool
    /// The moment verification passed; day 0 of the initial review (A4).
    package var verifiedAt: Date
    /// Opaque ids of everyone who passed it at the station or the centre, in whatever round: they may not pass it again
    /// at the bureau.
    package var decidedBy: [String]

    package init(
        submissionID: UUID, personID: UUID, round: Int, pass: Int, division: String, station: String,
        cardKind: CardKind,
        batch: Int, lane: Lane, applicant: Sealed<Applicant>, materials: [MaterialReference], formsSigned: Bool,
        verifiedAt: Date, decidedBy: [String]
    ) {
        self.submissionID = submissionID
        self.personID = personID
        self.round = round
        self.pass = pass
        self.division = division
        self.station = station
        self.cardKind = cardKind
        self.batch = batch
        self.lane = lane
        self.applicant = applicant
        self.materials = materials
        self.formsSigned = formsSigned
        self.verifiedAt = verifiedAt
        self.decidedBy = decidedBy
    }

    package static var example: Self {
        Self(
            submissionID: Example.submission, personID: Example.person, round: 1, pass: 1, division: "341602",
            station: "341602-01", cardKind: .veteran, batch: 1, lane: .first, applicant: Example.sealed(),
            materials: [Example.material], formsSigned: true, verifiedAt: Example.instant,
            decidedBy: ["station-01-a", "centre-a"])
    }
}
