import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Moves off the straight path, whole lists at a time. Every list is locked by then.
extension CardOrderWriter {
    /// - Parameter also: Further columns, with a comma before them.
    private func move(_ cards: [CardInCustody], to stage: SubmissionStage, at now: Date, also: SQL = "") async throws {
        guard !cards.isEmpty else { return }
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = \(stage.rawValue), stage_since = \(now)\(also)
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// Stage alone: traced, written off, lost, found by the holder.
    func step(_ cards: [CardInCustody], to stage: SubmissionStage, at now: Date) async throws {
        try await self.move(cards, to: stage, at: now)
    }

    /// Found at the card maker: to be posted again under another number.
    func backToMaker(_ cards: [CardInCustody], stage: SubmissionStage, at now: Date) async throws {
        try await self.move(cards, to: stage, at: now, also: ", tracking_number = NULL")
    }

    /// At the centre again, to be handed over anew.
    func backToCentre(_ cards: [CardInCustody], stage: SubmissionStage, at now: Date) async throws {
        try await self.move(cards, to: stage, at: now, also: ", handover = NULL, due_on = NULL, return_on = NULL")
    }

    /// Nobody could tell the holders (N25).
    func noteUnreachable(_ words: [(submission: UUID, at: Date)]) async throws {
        try await self.sql.execute(
            """
            UPDATE card_order o SET unreachable_at = n.at
            FROM unnest(\(words.map(\.submission))::uuid[], \(words.map(\.at))::timestamptz[]) AS n (submission_id, at)
            WHERE o.submission_id = n.submission_id AND o.stage = 'atStation'
            """)
    }

    /// Handed up, not yet signed for: the stage stays what it is.
    func sendUp(_ cards: [CardInCustody], transfer: UUID) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET transfer = \(transfer) WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
        try Self.expect(moved, cards.count)
    }

    /// Taken back by the sender before the next hand had signed.
    func keep(_ cards: [CardInCustody]) async throws {
        try await self.sql.execute(
            "UPDATE card_order SET transfer = NULL WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])")
    }

    /// Signed for one level up.
    func arriveUp(_ cards: [CardInCustody], stage: SubmissionStage, at now: Date) async throws {
        try await self.move(cards, to: stage, at: now, also: ", transfer = NULL")
    }

    /// Void and taken back.
    func withdraw(_ cards: [CardInCustody], at now: Date) async throws {
        try await self.move(cards, to: .cardWithdrawn, at: now, also: ", revoked_from = NULL, transfer = NULL")
    }

    /// Void cards of a refused parcel are where the parcel is.
    func refuseVoid(_ cards: [CardInCustody]) async throws {
        guard !cards.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE card_order SET revoked_from = 'parcelRefused'
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
    }

    /// Makes cards void, each from where it is (N32).
    func revoke(_ cards: [CardInCustody], to stages: [SubmissionStage], at now: Date) async throws {
        let moved = try await self.sql.execute(
            """
            UPDATE card_order SET stage = void.stage, stage_since = \(now),
                revoked_from = CASE void.stage WHEN 'cardRevoked' THEN card_order.stage END
            FROM unnest(\(cards.map(\.submissionID))::uuid[], \(stages.map(\.rawValue))::text[]) AS void (submission_id, stage)
            WHERE card_order.submission_id = void.submission_id
            """)
        try Self.expect(moved, cards.count)
    }

    /// Marks cards as paused, or as free again (N21).
    func pause(_ cards: [CardInCustody], _ paused: Bool) async throws {
        guard !cards.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE card_order SET paused = \(paused)::boolean
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
    }

    /// Sets the last day of delivery anew.
    func deliver(_ cards: [CardInCustody], by due: CalendarDay) async throws {
        try await self.sql.execute(
            """
            UPDATE card_order SET due_on = \(due.description)::text::date
            WHERE submission_id = ANY(\(cards.map(\.submissionID))::uuid[])
            """)
    }

    /// Why a card ended.
    struct Ending: Sendable {
        let ground: ReplacementGround?
        let fee: ReplacementGround.Fee?
        /// Somebody has it, or may find it, and must hand it in.
        let isOutstanding: Bool
    }

    /// Puts the present cards among the past ones, and orders a new one of each: one live card per submission.
    ///
    /// - Parameter making: Kind and sealed holder of the new card, where they change; for a single card only.
    func replace(
        _ cards: [CardInCustody], _ ending: Ending, by subject: String, stage: SubmissionStage, at now: Date,
        making: (kind: CardKind, holder: [UInt8])? = nil
    ) async throws {
        guard !cards.isEmpty else { return }
        let ids = cards.map(\.submissionID)
        let ended = try await self.sql.execute(
            """
            INSERT INTO past_card (submission_id, copy, station, card_kind, holder, production_batch, position, due_on,
                delivered_on, ground, fee, ended_at, ended_by, outstanding)
            SELECT submission_id, copy, station, card_kind, holder, production_batch, position, due_on, delivered_on,
                \(ending.ground?.rawValue)::text, \(ending.fee?.rawValue)::text, \(now), \(subject)::text,
                \(ending.isOutstanding)::boolean
            FROM card_order WHERE submission_id = ANY(\(ids)::uuid[])
            """)
        try Self.expect(ended, cards.count)
        var also: SQL = """
            , copy = copy + 1, production_batch = NULL, position = NULL, tracking_number = NULL, handover = NULL,
            transfer = NULL, due_on = NULL, return_on = NULL, delivered_on = NULL, delivered_by = NULL,
            delivery_mode = NULL, delivery_received_by = NULL, delivery_proof = NULL
            """
        if let making { also += ", card_kind = \(making.kind.rawValue), holder = \(making.holder)" }
        try await self.move(cards, to: stage, at: now, also: also)
    }

    /// The sealed holder of a card.
    func holder(of submission: UUID) async throws -> [UInt8] {
        let found = try await self.sql.query("SELECT holder FROM card_order WHERE submission_id = \(submission)")
        guard let row = found.rows.first else { throw StoredText.Damaged(what: "a locked card order has gone") }
        return try row.decode([UInt8].self)
    }

    /// Records that a card which was replaced was handed in.
    ///
    /// - Returns: False when no such card is outstanding.
    func handIn(_ submission: UUID, copy: Int, by subject: String, at now: Date) async throws -> Bool {
        try await self.sql.execute(
            """
            UPDATE past_card SET outstanding = false, handed_in_at = \(now), handed_in_by = \(subject)
            WHERE submission_id = \(submission) AND copy = \(copy) AND outstanding
            """) == 1
    }

    /// A loss report that lapses by itself (N26).
    func reportTemporaryLoss(
        _ card: CardInCustody, lapsesOn: CalendarDay, by subject: String, at now: Date
    ) async throws {
        try await self.sql.execute(
            """
            INSERT INTO temporary_loss (submission_id, copy, reported_at, lapses_on, reported_by)
            VALUES (\(card.submissionID), \(card.copy), \(now), \(lapsesOn.description)::text::date, \(subject))
            ON CONFLICT DO NOTHING
            """)
    }
}
