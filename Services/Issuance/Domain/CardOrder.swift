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
    /// What they are entitled by; decides whether the kind of card may change (N27.5).
    let categories: [CardProgramme.Category]?
}

/// What a step needs to know about a card whose row is locked.
struct CardInCustody: Sendable, Equatable {
    let submissionID: UUID
    let personID: UUID
    let round: Int
    let station: String
    let lane: Lane
    let stage: SubmissionStage
    /// Which card of the submission this is: 1, and one more for each that replaced it.
    let copy: Int
    let cardKind: CardKind
    /// Programme batch.
    let batch: Int
    /// May not be moved (N21).
    let isPaused: Bool
    /// Where it was when it became void (N32); nil unless it is `cardRevoked`.
    let revokedFrom: SubmissionStage?
    /// Handed up and not yet signed for (N25).
    let transfer: UUID?
    let trackingNumber: String?
    let handover: UUID?
    /// From this day on it goes back up (N25); nil before the station has it.
    let returnOn: CalendarDay?

    /// Void, wherever it is.
    var isRevoked: Bool { self.stage == .cardRevoked }

    /// Where it physically is, also when it is void.
    var place: SubmissionStage { self.revokedFrom ?? self.stage }

    /// The hand whose count it is part of (R87); nil outside the offices.
    var hand: String? {
        switch self.place {
        case .atCentre, .backAtCentre: Hand.centre
        case .atStation: self.station
        case .backAtCity: Hand.city
        case .backAtProvince: Hand.province
        default: nil
        }
    }
}

/// The offices that count cards; a station goes by its code.
enum Hand {
    static let centre = "centre"
    static let city = "city"
    static let province = "province"

    static func of(_ level: Level, station: String?) -> String {
        switch level {
        case .station: station ?? ""
        case .centre, .bureau: Self.centre
        case .city: Self.city
        // A bank never holds a card; no route leads there.
        case .province, .bank: Self.province
        }
    }
}
