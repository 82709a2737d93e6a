import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// A submission as intake has it on record, together with the view of where the other levels have brought it.
struct SubmissionRecord: Sendable, Equatable {
    let id: UUID
    let person: UUID
    let division: String
    /// The station that accepts it and gets it back (R81).
    let station: String
    let batch: Int
    let lane: Lane
    var cardKind: CardKind
    var stage: SubmissionStage
    /// 1, and one more each time it is handed in again.
    var round: Int
    /// Grows with every change of the row or its materials; a decision made on an older one is made again.
    let revision: Int
    let submittedAt: Date
    var applicationFormSigned: Bool
    var bankConfirmationSigned: Bool
    /// The bank of the applicant's own choice (R79); another one may be chosen at a correction (N24).
    var bank: String
    var lastReason: ReturnReason?
    /// What was written with ``lastReason``, as it is stored: sealed for intake.
    var lastNote: String?
    /// Opaque ids of everyone who has passed it at a level above: none of them passes it at the station too.
    let passedAbove: [String]
    /// Last day for whoever holds it now, by rule or by target.
    var dueOn: CalendarDay?
    let materials: [MaterialReference]
    let channel: IntakeAPI.Channel
    /// On which of the two places it rests, and whose province issues (N9, N10).
    var place: PlaceOfSubmission = .registered
    var issuer: PlaceOfSubmission = .registered
    /// Papers whose originals a clerk saw.
    var originals: [MaterialKind] = []
    /// Why the station returned it, the first one being ``lastReason``; they count while it is with the applicant.
    var reasons: [ReturnReason] = []
    /// What the applicant was asked to bring with it.
    var missing: [MaterialKind] = []
    /// Of the content that was signed (R66); nil until a signature is recorded.
    var applicationFormDigest: [UInt8]?
    var bankConfirmationDigest: [UInt8]?
    /// What became of a statement that stands in for papers (N17); nil when there is none.
    var comparison: Comparison?

    var formsSigned: Bool { self.applicationFormSigned && self.bankConfirmationSigned }
    var resource: Resource { Resource(division: self.division, station: self.station, person: self.person) }

    /// Materials may be added and replaced until the check hands them on, and again after a return.
    var takesMaterials: Bool { Self.stagesTakingMaterials.contains(self.stage) }
    static let stagesTakingMaterials: [SubmissionStage] = [
        .awaitingStationCheck, .returnedToApplicant, .returnedToStation,
    ]
}

/// One line of a submission's history.
struct SubmissionEvent: Sendable, Equatable {
    let stage: SubmissionStage
    let step: SubmissionStep?
    let reason: ReturnReason?
    let at: Date
}

extension SubmissionRecord {
    /// Binds the signatures that are recorded to the content as it is now (R66).
    mutating func recordSignatures(_ facts: PersonFacts) {
        self.applicationFormDigest =
            self.applicationFormSigned ? FormContent.applicationForm(self, facts).digest : nil
        self.bankConfirmationDigest =
            self.bankConfirmationSigned ? FormContent.bankConfirmation(self, facts).digest : nil
    }
}
