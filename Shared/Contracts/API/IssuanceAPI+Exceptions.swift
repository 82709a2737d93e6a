import CardProgramme
import FoundationEssentials

/// Bodies for cards that left the straight path.
extension IssuanceAPI {
    /// A stored photograph: of a damaged parcel, or of a delivery.
    package struct Photo: Codable, Sendable {
        package var id: UUID
        /// SHA-256 of the plain bytes, lower-case hexadecimal.
        package var sha256: String

        package init(id: UUID, sha256: String) {
            self.id = id
            self.sha256 = sha256
        }
    }

    /// `GET /api/parcels/{trackingNumber}/report` (R93, R129).
    package struct DamageReport: Codable, Sendable {
        /// A card of the parcel and what became of it.
        package struct Traced: Codable, Sendable {
            package var submissionID: UUID
            package var station: String
            /// Nil while it is being traced.
            package var outcome: TraceOutcome?
            package var reason: String?

            package init(submissionID: UUID, station: String, outcome: TraceOutcome?, reason: String?) {
                self.submissionID = submissionID
                self.station = station
                self.outcome = outcome
                self.reason = reason
            }
        }

        /// One step upwards.
        package struct Step: Codable, Sendable {
            package var state: DamageReportState
            package var at: Date
            package var by: String

            package init(state: DamageReportState, at: Date, by: String) {
                self.state = state
                self.at = at
                self.by = by
            }
        }

        package var trackingNumber: String
        package var damage: [ParcelDamage]
        package var expected: Int
        package var counted: Int
        package var note: String?
        package var state: DamageReportState
        package var steps: [Step]
        package var answer: String?
        package var photos: [Photo]
        package var cards: [Traced]
        /// Cards whose fate is open.
        package var open: Int

        package init(
            trackingNumber: String, damage: [ParcelDamage], expected: Int, counted: Int, note: String?,
            state: DamageReportState, steps: [Step], answer: String?, photos: [Photo], cards: [Traced]
        ) {
            self.trackingNumber = trackingNumber
            self.damage = damage
            self.expected = expected
            self.counted = counted
            self.note = note
            self.state = state
            self.steps = steps
            self.answer = answer
            self.photos = photos
            self.cards = cards
            self.open = cards.count { $0.outcome == nil }
        }
    }

    /// `POST /api/parcels/{trackingNumber}/report/step`: one level further up, or the province's answer (R93).
    package struct DamageStep: Codable, Sendable {
        package var to: DamageReportState
        /// What the province answered, up to 500 characters; with `answered` only.
        package var answer: String?

        package init(to: DamageReportState, answer: String? = nil) {
            self.to = to
            self.answer = answer
        }
    }

    /// `POST /api/traces`: what becomes of cards that were being traced.
    package struct TraceSettlement: Codable, Sendable {
        package var submissions: [UUID]
        package var outcome: TraceOutcome
        /// Why, in up to 200 characters; names nobody.
        package var reason: String

        package init(submissions: [UUID], outcome: TraceOutcome, reason: String) {
            self.submissions = submissions
            self.outcome = outcome
            self.reason = reason
        }
    }

    /// `POST /api/orders/{submissionID}/missing`, `…/found`, `POST /api/returns/{id}/taking-back`.
    package struct Reason: Codable, Sendable {
        /// What was found or is missing, in up to 200 characters; names nobody.
        package var reason: String
        package init(reason: String) { self.reason = reason }
    }

    /// `POST /api/handovers/{id}/taking-back`.
    package struct TakingBack: Codable, Sendable {
        package var reason: String
        package var setAside: [UUID]?

        package init(reason: String, setAside: [UUID]? = nil) {
            self.reason = reason
            self.setAside = setAside
        }
    }

    /// `POST /api/orders/{submissionID}/loss` (N26).
    package struct Loss: Codable, Sendable {
        package var kind: LossReport
        /// Days after which the bank lets a temporary report lapse; with `temporary` only.
        package var days: Int?

        package init(kind: LossReport, days: Int? = nil) {
            self.kind = kind
            self.days = days
        }
    }

    /// `POST /api/orders/{submissionID}/replacement` (N26–N28).
    package struct Replacement: Codable, Sendable {
        package var ground: ReplacementGround
        package var askedAt: ReplacementGround.Place
        package var oldCardHandedIn: Bool
        package var accountClosedProof: Bool
        /// For the grounds whose fee depends on it.
        package var holdersFault: Bool?
        /// The new kind, for `kindChange`.
        package var cardKind: CardKind?
        /// The name to be printed, for `dataChange`, where it is the name that changed.
        package var name: String?

        package init(
            ground: ReplacementGround, askedAt: ReplacementGround.Place, oldCardHandedIn: Bool,
            accountClosedProof: Bool, holdersFault: Bool? = nil, cardKind: CardKind? = nil, name: String? = nil
        ) {
            self.ground = ground
            self.askedAt = askedAt
            self.oldCardHandedIn = oldCardHandedIn
            self.accountClosedProof = accountClosedProof
            self.holdersFault = holdersFault
            self.cardKind = cardKind
            self.name = name
        }
    }

    /// `POST /api/orders/{submissionID}/taking-back`: a void card was handed in.
    package struct CardTakenBack: Codable, Sendable {
        /// Which card of the submission; the present one, or one that was replaced.
        package var copy: Int
        package init(copy: Int) { self.copy = copy }
    }

    /// `GET /api/orders/{submissionID}/cards`: what happened to this submission's cards off the straight path.
    package struct CardFile: Codable, Sendable {
        package struct Past: Codable, Sendable {
            package var copy: Int
            package var ground: ReplacementGround?
            package var fee: ReplacementGround.Fee?
            package var endedAt: Date
            package var deliveredOn: CalendarDay?
            /// The old card is still with somebody and must be handed in (N27, N29).
            package var isOutstanding: Bool

            package init(
                copy: Int, ground: ReplacementGround?, fee: ReplacementGround.Fee?, endedAt: Date,
                deliveredOn: CalendarDay?, isOutstanding: Bool
            ) {
                self.copy = copy
                self.ground = ground
                self.fee = fee
                self.endedAt = endedAt
                self.deliveredOn = deliveredOn
                self.isOutstanding = isOutstanding
            }
        }

        package struct Event: Codable, Sendable {
            package var copy: Int
            package var step: SubmissionStep
            package var stage: SubmissionStage
            package var at: Date
            package var by: String

            package init(copy: Int, step: SubmissionStep, stage: SubmissionStage, at: Date, by: String) {
                self.copy = copy
                self.step = step
                self.stage = stage
                self.at = at
                self.by = by
            }
        }

        package var past: [Past]
        package var events: [Event]
        /// The last day of a temporary loss report that still runs (N26).
        package var temporaryLossUntil: CalendarDay?

        package init(past: [Past], events: [Event], temporaryLossUntil: CalendarDay?) {
            self.past = past
            self.events = events
            self.temporaryLossUntil = temporaryLossUntil
        }
    }

    /// `POST /api/returns`: cards nobody could be reached for go one level up (N25).
    package struct NewReturn: Codable, Sendable {
        package var submissions: [UUID]
        package init(submissions: [UUID]) { self.submissions = submissions }
    }

    /// A list of cards on its way from one level to the next.
    package struct Return: Codable, Sendable {
        package var id: UUID
        package var from: Level
        package var to: Level
        package var station: String?
        package var submissions: [UUID]
        package var sentAt: Date
        package var receivedAt: Date?

        package init(
            id: UUID, from: Level, to: Level, station: String?, submissions: [UUID], sentAt: Date, receivedAt: Date?
        ) {
            self.id = id
            self.from = from
            self.to = to
            self.station = station
            self.submissions = submissions
            self.sentAt = sentAt
            self.receivedAt = receivedAt
        }
    }

    /// `GET /api/returns?open=`.
    package struct Returns: Codable, Sendable {
        package var returns: [Return]
        package var total: Int

        package init(returns: [Return], total: Int) {
            self.returns = returns
            self.total = total
        }
    }

    /// `GET /api/sorting`: the cards at the centre by the station they belong to (R90).
    package struct Sorting: Codable, Sendable {
        package struct Pile: Codable, Sendable {
            package var station: String
            package var submissions: [UUID]
            /// Of these: may not be handed over now.
            package var paused: [UUID]

            package init(station: String, submissions: [UUID], paused: [UUID]) {
                self.station = station
                self.submissions = submissions
                self.paused = paused
            }
        }

        package var piles: [Pile]
        package init(piles: [Pile]) { self.piles = piles }
    }

    /// `GET /api/balance`: whether every hand has what its papers say.
    package struct Balance: Codable, Sendable {
        package struct Hand: Codable, Sendable {
            /// `centre`, `city`, `province`, or a station's code.
            package var hand: String
            package var cameIn: Int
            package var wentOut: Int
            /// Counted from the cards themselves, not from the papers.
            package var there: Int
            package var balances: Bool

            package init(hand: String, cameIn: Int, wentOut: Int, there: Int) {
                self.hand = hand
                self.cameIn = cameIn
                self.wentOut = wentOut
                self.there = there
                self.balances = cameIn - wentOut == there
            }
        }

        package var hands: [Hand]
        package var balances: Bool

        package init(hands: [Hand]) {
            self.hands = hands
            self.balances = hands.allSatisfy { $0.balances }
        }
    }
}
