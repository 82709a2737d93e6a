import CardProgramme
import FoundationEssentials

/// A card that was filed by the province and is to be made, carried and put into its holder's hand.
///
/// One per submission, for ever: a second approval of the same submission changes nothing.
struct CardOrder: Sendable, Equatable {
    let submissionID: UUID
    let personID: UUID
    /// The round of the submission that was approved; told back with every later step.
    let round: Int
    /// Station the card goes to and the only one that may deliver it (R90).
    let station: String
    let cardKind: CardKind
    /// Programme batch 1–3, not the production batch.
    let batch: Int
    let lane: Lane
    let filedAt: Date
    let holder: CardHolder
}

/// Whose card it is. Sealed at rest; leaves this service only with the number masked.
struct CardHolder: Codable, Sendable, Equatable {
    let name: String
    /// 18 characters, normalised.
    let identityNumber: String
}

/// What a step needs to know about a card whose row is locked.
struct CardInCustody: Sendable, Equatable {
    let submissionID: UUID
    let personID: UUID
    let round: Int
    let station: String
    let lane: Lane
    let stage: SubmissionStage
}
