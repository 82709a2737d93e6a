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
    /// What was written with ``lastReason``, as it is stored: sealed for review.
    var lastNote: String?
    /// Opaque ids of everyone who has decided about it so far (R87), each once, in order.
    var decidedBy: [String]
    /// Those who passed it at the station or the centre, at the bureau, and those who recorded what was decided above:
    /// nobody passes one submission at two levels.
    var passedBelow: [String]
    var passedBy: [String]
    var recordedBy: [String]
    /// Where it was when it was put off (N21); nil in any other stage than ``SubmissionStage/awaitingRuling``.
    var suspendedFrom: SubmissionStage?
    /// What holds the card back once it is ordered.
    var hold: Hold?
    /// Since when, in programme time.
    var holdSince: Date?
    /// The province ruled against an earlier submission of this person, which may have been made good since (N21).
    var reapplies: Bool
    /// This submission ended by what the province judges (N21, N22).
    var ruledAgainst: Bool
    /// Nil when nobody holds it, also when a lease has run out.
    var claim: Claim?
    /// Raised by every change; guards a decision against one that came first.
    var revision: Int

    /// Who is working on it, and until when by the database's clock.
    struct Claim: Sendable, Equatable {
        var by: String
        var until: Date
    }

    /// Why a card must not move.
    enum Hold: String, Sendable, CaseIterable {
        /// Until the province has ruled (N21).
        case paused
        /// For good (N32).
        case revoked
    }

    /// The stages in which a case waits for the bureau: those the state machine lets it pass from.
    static let bureauStages = SubmissionStateMachine.stages(allowing: .initialReviewPassed)
    /// The stages in which it waits for city or province, whose limit runs (N18).
    static let superiorStages: [SubmissionStage] =
        SubmissionStateMachine.stages(allowing: .auditPassed) + SubmissionStateMachine.stages(allowing: .filed)
    /// Everything that waits for somebody above: also the bank's check (N23) and the province's ruling (N21).
    static let stagesAbove: [SubmissionStage] = Self.superiorStages + [.awaitingBankCheck, .awaitingRuling]
    /// The levels whose decisions are only recorded here, in the order they decide.
    static let levelsAbove: [Level] = [.city, .province, .bank]

    /// What deciding about access needs to know.
    var resource: Resource { Resource(division: self.division, station: self.station, person: self.personID) }
}
