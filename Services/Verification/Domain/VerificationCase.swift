import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// A submission as the centre knows it (R80–R82).
struct VerificationCase: Sendable {
    var submissionID: UUID
    var personID: UUID
    /// 1 for the first submission, one more after each correction.
    var round: Int
    /// How often the centre has passed it.
    var pass: Int
    var division: String
    /// The station that accepted; a return goes back there (R81).
    var station: String
    var cardKind: CardKind
    var batch: Int
    var lane: Lane
    var stage: SubmissionStage
    /// Kept as it arrived, sealed for verification.
    var applicant: Sealed<Applicant>
    var materials: [MaterialReference]
    var formsSigned: Bool
    /// Since when it has been in ``stage``, in programme time.
    var waitingSince: Date
    var lastReason: ReturnReason?
    /// What was written with ``lastReason``, as it is stored: sealed for verification.
    var lastNote: String?
    /// Opaque ids of everyone who has decided about it so far (R87), each once, in order.
    var decidedBy: [String]
    /// Those of them who passed it at the station, here, and above: nobody passes one submission at two levels.
    var checkedBy: [String]
    var passedBy: [String]
    var passedAbove: [String]
    /// Nil when nobody holds it, also when a lease has run out.
    var claim: Claim?
    /// Raised by every change; guards a decision against one that came first.
    var revision: Int

    /// Who is working on it, and until when by the database's clock.
    struct Claim: Sendable, Equatable {
        var by: String
        var until: Date
    }

    /// The stages in which a case waits for the centre: those the state machine lets it pass from.
    static let waitingStages = SubmissionStateMachine.stages(allowing: .verificationPassed)

    /// What deciding about access needs to know.
    var resource: Resource { Resource(division: self.division, station: self.station, person: self.personID) }
}
