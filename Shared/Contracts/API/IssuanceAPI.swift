import CardProgramme
import FoundationEssentials

/// Bodies of issuance's interface.
package enum IssuanceAPI {
    /// One card on its way from order to hand.
    package struct Order: Codable, Sendable {
        package var submissionID: UUID
        package var personID: UUID
        package var stage: SubmissionStage
        package var station: String
        package var batch: Int
        package var lane: Lane
        package var cardKind: CardKind
        package var name: String
        package var maskedIdentityNumber: String
        /// Position in the production list (R20); nil before the order is in a production batch.
        package var position: Int?
        package var trackingNumber: String?
        package var handover: UUID?
        package var dueOn: CalendarDay?
        package var deliveredOn: CalendarDay?
        /// 1 for the first card of the submission, one more for each that replaced it.
        package var copy: Int
        /// The card may not be moved for now (N21); why stays with review.
        package var isPaused: Bool
        /// The day from which it goes back up when nobody could be reached (N25).
        package var returnOn: CalendarDay?
        /// Since when it is known that nobody can tell the holder (N25); nil while somebody may.
        package var unreachableAt: Date?

        package init(
            submissionID: UUID, personID: UUID, stage: SubmissionStage, station: String, batch: Int, lane: Lane,
            cardKind: CardKind, name: String, maskedIdentityNumber: String, position: Int?, trackingNumber: String?,
            handover: UUID?, dueOn: CalendarDay?, deliveredOn: CalendarDay?, copy: Int = 1, isPaused: Bool = false,
            returnOn: CalendarDay? = nil, unreachableAt: Date? = nil
        ) {
            self.submissionID = submissionID
            self.personID = personID
            self.stage = stage
            self.station = station
            self.batch = batch
            self.lane = lane
            self.cardKind = cardKind
            self.name = name
            self.maskedIdentityNumber = maskedIdentityNumber
            self.position = position
            self.trackingNumber = trackingNumber
            self.handover = handover
            self.dueOn = dueOn
            self.deliveredOn = deliveredOn
            self.copy = copy
            self.isPaused = isPaused
            self.returnOn = returnOn
            self.unreachableAt = unreachableAt
        }
    }

    /// `GET /api/orders?stage=&station=&limit=&offset=`.
    package struct WorkList: Codable, Sendable {
        package var orders: [Order]
        package var total: Int

        package init(orders: [Order], total: Int) {
            self.orders = orders
            self.total = total
        }
    }

    /// `POST /api/batches`: the next production batch, key persons first, then by the day of filing (R20).
    package struct NewBatch: Codable, Sendable {
        /// At most so many cards (1–2,000).
        package var limit: Int
        package init(limit: Int) { self.limit = limit }
    }

    package struct Batch: Codable, Sendable {
        package var id: UUID
        package var number: Int
        /// In the order of production.
        package var submissions: [UUID]
        /// SHA-256 of the list's lines: the same cards in the same order give the same one, whoever makes the list.
        package var digest: String

        package init(id: UUID, number: Int, submissions: [UUID], digest: String) {
            self.id = id
            self.number = number
            self.submissions = submissions
            self.digest = digest
        }
    }

    /// `POST /api/parcels`: the card maker posted these cards (R10).
    package struct NewParcel: Codable, Sendable {
        package var trackingNumber: String
        package var submissions: [UUID]

        package init(trackingNumber: String, submissions: [UUID]) {
            self.trackingNumber = trackingNumber
            self.submissions = submissions
        }
    }

    package struct Parcel: Codable, Sendable {
        package var trackingNumber: String
        package var expected: Int
        /// `inTransit`, `atCentre` when it was signed for, `parcelRefused` when it was refused (R92).
        package var stage: SubmissionStage
        /// What is wrong with a refused parcel, and how far its report has come (R93).
        package var damage: [ParcelDamage]?
        package var report: DamageReportState?

        package init(
            trackingNumber: String, expected: Int, stage: SubmissionStage, damage: [ParcelDamage]? = nil,
            report: DamageReportState? = nil
        ) {
            self.trackingNumber = trackingNumber
            self.expected = expected
            self.stage = stage
            self.damage = damage
            self.report = report
        }
    }

    /// `POST /api/parcels/{trackingNumber}/receipt`: counted, envelope and cards looked at (R88, R89).
    ///
    /// A parcel that is whole is signed for; any other is refused on the spot, once a photograph of it is stored (R92).
    package struct ParcelReceipt: Codable, Sendable {
        package var count: Int
        package var envelopeIntact: Bool
        package var cardsIntact: Bool
        /// What the damage looks like, for the report; up to 200 characters.
        package var note: String?
        /// Paused and void cards in it, named one by one: they are kept apart at the centre.
        package var setAside: [UUID]?

        package init(
            count: Int, envelopeIntact: Bool, cardsIntact: Bool, note: String? = nil, setAside: [UUID]? = nil
        ) {
            self.count = count
            self.envelopeIntact = envelopeIntact
            self.cardsIntact = cardsIntact
            self.note = note
            self.setAside = setAside
        }
    }

    /// `POST /api/handovers`: the centre hands sorted cards to one station (R90, R91).
    package struct NewHandover: Codable, Sendable {
        package var station: String
        package var submissions: [UUID]

        package init(station: String, submissions: [UUID]) {
            self.station = station
            self.submissions = submissions
        }
    }

    package struct Handover: Codable, Sendable {
        package var id: UUID
        package var station: String
        package var submissions: [UUID]
        package var receivedAt: Date?
        package var dueOn: CalendarDay?

        package init(id: UUID, station: String, submissions: [UUID], receivedAt: Date?, dueOn: CalendarDay?) {
            self.id = id
            self.station = station
            self.submissions = submissions
            self.receivedAt = receivedAt
            self.dueOn = dueOn
        }
    }

    /// `POST /api/handovers/{id}/receipt`: the station counted and signed; ten working days begin (R48).
    package struct HandoverReceipt: Codable, Sendable {
        package var count: Int
        package var signedBy: String
        /// Paused and void cards in it, named one by one: they are kept apart by who receives them.
        package var setAside: [UUID]?

        package init(count: Int, signedBy: String, setAside: [UUID]? = nil) {
            self.count = count
            self.signedBy = signedBy
            self.setAside = setAside
        }
    }

    /// `POST /api/orders/{submissionID}/delivery`.
    package struct Delivery: Codable, Sendable {
        package var mode: DeliveryMode
        package var receivedBy: CardReceiver
        /// What a proxy is to the holder; required for everybody but the holder.
        package var relation: String?
        /// At least one; kinds only, never a number.
        package var proof: [DeliveryProof]

        package init(
            mode: DeliveryMode, receivedBy: CardReceiver, relation: String? = nil, proof: [DeliveryProof]
        ) {
            self.mode = mode
            self.receivedBy = receivedBy
            self.relation = relation
            self.proof = proof
        }
    }
}
