import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// A submission as the bureau knows it, from verification to filing (R83–R85, N18).
struct ReviewCase: Sendable {
    var submissionID: UUID
    var personID: UUID
    /// 1 for the first submission, one more after each correction.
    var round: Int
    /// How often the centre has passed it.
    var pass: Int
    var division: String
    var station: String
    var cardKind: CardKind
    var batch: Int
    var lane: Lane
    var stage: SubmissionStage
    /// Kept as it arrived, sealed for review.
    var applicant: Sealed<Applicant>
    var materials: [MaterialReference]
    /// Both forms carry the applicant's signature (R83).
    var formsSigned: Bool
    /// Since when it has been in ``stage``, in programme time.
    var waitingSince: Date
    /// By when whoever has it must act, where a rule gives a limit.
    var due: DueDate?
    var lastReason: ReturnReason?
    /// Opaque ids of everyone who has decided about it so far (R87), each once, in order.
    var decidedBy: [String]
    /// Nil when nobody holds it, also when a lease has run out.
    var claim: Claim?
    /// Raised by every change; guards a decision against one that came first.
    var revision: Int

    /// Who is working on it, and until when by the database's clock.
    struct Claim: Sendable, Equatable {
        var by: String
        var until: Date
    }

    /// The stages in which a case waits for the bureau: those the state machine lets it pass from.
    static let bureauStages = SubmissionStateMachine.stages(allowing: .initialReviewPassed)
    /// The stages in which it waits for city or province.
    static let superiorStages: [SubmissionStage] =
        SubmissionStateMachine.stages(allowing: .auditPassed) + SubmissionStateMachine.stages(allowing: .filed)

    /// What deciding about access needs to know.
    var resource: Resource { Resource(division: self.division, station: self.station, person: self.personID) }
}
