import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Writes card orders inside the caller's transaction, whole lists at a time.
struct CardOrderWriter {
    let sql: PostgresTransaction

    /// One order per submission; a submission that already has one is left alone.
    ///
    /// What review said before there was an order takes effect at once: a paused one waits, a void one is never made.
    ///
    /// - Parameter orders: In ascending order of submission.
    /// - Returns: The stages of those that are new.
    func insert(_ orders: [SealedOrder], at now: Date) async throws -> [UUID: SubmissionStage] {
        let result = try await self.sql.query(
            """
            INSERT INTO card_order
                (submission_id, person_id, round, station, card_kind, batch, lane, holder, filed_at, ordered_at, stage,
                 stage_since, paused)
            SELECT new.submission_id, person_id, round, station, card_kind, batch, lane, holder, filed_at, \(now),
                CASE hold.state WHEN 'revoked' THEN 'cardWithdrawn' ELSE 'ordered' END, \(now),
                coalesce(hold.state = 'paused', false)
            FROM unnest(
                \(orders.map(\.order.submissionID))::uuid[], \(orders.map(\.order.personID))::uuid[],
                \(orders.map(\.order.round))::bigint[], \(orders.map(\.order.station))::text[],
                \(orders.map(\.order.cardKind.rawValue))::text[], \(orders.map(\.order.batch))::bigint[],
                \(orders.map(\.order.lane.rawValue))::text[], \(orders.map(\.holder))::bytea[],
                \(orders.map(\.order.filedAt))::timestamptz[])
                AS new (submission_id, person_id, round, station, card_kind, batch, lane, holder, filed_at)
                LEFT JOIN submission_hold AS hold ON hold.submission_id = new.submission_id
            ON CONFLICT (submission_id) DO NOTHING
            RETURNING submission_id, stage
            """)
        var new: [UUID: SubmissionStage] = [:]
        for row in result.rows {
            let (submission, stage) = try row.decode(UUID.self, String.self)
            new[submission] = try StoredText.value(stage)
        }
        return new
    }

    /// Locks the listed cards in ascending order of submission, so that two bulk steps never wait for each other crosswise.
    ///
    /// - Returns: Those that exist, in that order.
    func lock(_ submissions: [UUID]) async throws -> [CardInCustody] {
        try await self.locked(where: "submission_id = ANY(\(submissions)::uuid[])")
    }

    /// Locks the cards of a parcel.
    func lock(parcel trackingNumber: String) async throws -> [CardInCustody] {
        try await self.locked(where: "tracking_number = \(trackingNumber)")
    }

    /// Locks the cards of a hand-over.
    func lock(handover: UUID) async throws -> [CardInCustody] {
        try await self.locked(where: "handover = \(handover)")
    }

    /// Locks the cards of a list on its way up.
    func lock(transfer: UUID) async throws -> [CardInCustody] {
        try await self.locked(where: "transfer = \(transfer)")
    }

    /// Locks the next cards to make: lane first, then programme batch, then the moment of filing, then the submission (R20).
    /// Paused ones wait.
    ///
    /// - Returns: In that order.
    func lockNextToProduce(limit: Int) async throws -> [CardInCustody] {
        try await self.cards(
            """
            SELECT \(Self.columns) FROM card_order WHERE stage IN ('ordered', 'reordered') AND NOT paused
            ORDER BY lane_rank, batch, filed_at, submission_id LIMIT \(limit) FOR UPDATE
            """)
    }

    /// Puts cards into a production batch, at positions 1, 2, 3 … in the order of the list.
    func produce(_ cards: [CardInCustody], batch: UUID, stage: SubmissionStage, at now: Date) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now), production_batch = \(batch), position = made.position
            FROM unnest(\(cards.map(\.submissionID))::uuid[]) WITH ORDINALITY AS made (submission_id, position)
            WHERE card_order.submission_id = made.submission_id
            """)
        try Self.expect(moved, cards.count)
    }

    /// Puts cards into a parcel.
    func ship(_ cards: [CardInCustody], trackingNumber: String, stage: SubmissionStage, at now: Date) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now), tracking_number = \(trackingNumber)
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// The cards of a received parcel are at the centre.
    func arrive(_ cards: [CardInCustody], stage: SubmissionStage, at now: Date) async throws {
        guard !cards.isEmpty else { return }
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now)
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// Puts cards into a hand-over.
    func handOver(_ cards: [CardInCustody], handover: UUID, stage: SubmissionStage, at now: Date) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now), handover = \(handover), due_on = NULL,
                return_on = NULL
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// The cards of a received hand-over are at the station, each with the last day for delivering it (R48), and the day
    /// on which it goes back up if nobody is reached (N25).
    func reachStation(
        _ cards: [CardInCustody], stage: SubmissionStage, dueOn: CalendarDay, returnOn: CalendarDay, at now: Date
    ) async throws {
        guard !cards.isEmpty else { return }
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now),
                due_on = \(dueOn.description)::text::date, return_on = \(returnOn.description)::text::date, unreachable_at = NULL
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// Records that a card is in its holder's hand.
    func deliver(
        _ submission: UUID, _ delivery: DeliveryRecord, by subject: String, stage: SubmissionStage, at now: Date
    ) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now),
                delivered_on = \(delivery.deliveredOn.description)::text::date, delivered_by = \(subject),
                delivery_mode = \(delivery.mode), delivery_received_by = \(delivery.receivedBy), delivery_proof = \(delivery.proof)
            WHERE submission_id = \(submission)
            """)
        try Self.expect(moved, 1)
    }

    /// How a card was delivered; nil while it is not.
    func delivery(of submission: UUID) async throws -> DeliveryRecord? {
        let result = try await self.sql.query(
            """
            SELECT delivery_mode, delivery_received_by, coalesce(delivery_proof, ''), delivered_on::text FROM card_order
            WHERE submission_id = \(submission) AND delivered_on IS NOT NULL
            """)
        return try result.rows.first.map { row in
            let (mode, receivedBy, proof, day) = try row.decode(String.self, [UInt8].self, String.self, String.self)
            return DeliveryRecord(
                mode: mode, receivedBy: receivedBy, proof: proof, deliveredOn: try StoredText.day(day))
        }
    }

    static let columns: SQL = """
        submission_id, person_id, round, station, lane, stage, copy, card_kind, batch, paused, revoked_from, transfer,
        tracking_number, handover, return_on::text
        """

    private func locked(where condition: SQL) async throws -> [CardInCustody] {
        try await self.cards(
            "SELECT \(Self.columns) FROM card_order WHERE \(condition) ORDER BY submission_id FOR UPDATE")
    }

    private func cards(_ query: SQL) async throws -> [CardInCustody] {
        try await self.sql.query(query).rows.map { row in
            let columns = try row.decode(
                UUID.self, UUID.self, Int.self, String.self, String.self, String.self, Int.self, String.self, Int.self,
                Bool.self, String?.self, UUID?.self, String?.self, UUID?.self, String?.self)
            return CardInCustody(
                submissionID: columns.0, personID: columns.1, round: columns.2, station: columns.3,
                lane: try StoredText.value(columns.4), stage: try StoredText.value(columns.5), copy: columns.6,
                cardKind: try StoredText.value(columns.7), batch: columns.8, isPaused: columns.9,
                revokedFrom: try columns.10.map { try StoredText.value($0) }, transfer: columns.11,
                trackingNumber: columns.12, handover: columns.13, returnOn: try columns.14.map(StoredText.day))
        }
    }

    /// The rows were locked a moment ago in this transaction, so another count means the database was changed by hand.
    static func expect(_ moved: Int, _ cards: Int) throws {
        guard moved == cards else {
            throw StoredText.Damaged(what: "\(moved) of \(cards) locked card orders were updated")
        }
    }
}

/// A new order, ready to be stored.
struct SealedOrder: Sendable {
    let order: CardOrder
    /// The order's holder, sealed.
    let holder: [UInt8]
}
