import CardProgramme
import FoundationEssentials
import PostgreSQL

/// The journal of steps off the straight path, inside the caller's transaction (R87).
struct CardJournal {
    let sql: PostgresTransaction

    struct Entry: Sendable {
        let id: UUID
        let card: CardInCustody
        let step: SubmissionStep
        let stage: SubmissionStage
        /// The hand whose count changes by it besides the papers that move cards.
        var hand: String? = nil
        var change = 0
        /// Sealed.
        var reason: [UInt8]? = nil
    }

    /// Who called, and how a repeated call is recognised.
    struct Caller: Sendable {
        let subject: String
        var key: String? = nil
        /// The call, sealed.
        var request: [UInt8]? = nil
    }

    func record(_ entries: [Entry], by caller: Caller, at now: Date) async throws {
        guard !entries.isEmpty else { return }
        try await self.sql.execute(
            """
            INSERT INTO card_event (id, submission_id, copy, step, stage, tracking_number, handover, hand, change, reason,
                at, by, idempotency_key, request)
            SELECT id, submission_id, copy, step, stage, tracking_number, handover, hand, change, reason, \(now),
                \(caller.subject)::text, \(caller.key)::text, \(caller.request)::bytea
            FROM unnest(
                \(entries.map(\.id))::uuid[], \(entries.map(\.card.submissionID))::uuid[],
                \(entries.map(\.card.copy))::bigint[], \(entries.map(\.step.rawValue))::text[],
                \(entries.map(\.stage.rawValue))::text[], \(entries.map(\.card.trackingNumber))::text[],
                \(entries.map(\.card.handover))::uuid[], \(entries.map(\.hand))::text[],
                \(entries.map(\.change))::bigint[], \(entries.map(\.reason))::bytea[])
                AS entry (id, submission_id, copy, step, stage, tracking_number, handover, hand, change, reason)
            """)
    }

    /// What an earlier call of the same caller with the same key asked for, sealed.
    func request(by subject: String, key: String) async throws -> [UInt8]? {
        try await self.sql.query(
            "SELECT request FROM card_event WHERE by = \(subject) AND idempotency_key = \(key) LIMIT 1"
        ).rows.first?.decode([UInt8].self)
    }

    // MARK: What review said

    /// Takes in what review said last about cards, whether they exist or not. Void is for ever; of pauses and resumptions
    /// the later one counts, whichever arrives first.
    ///
    /// - Returns: Those for which this is news.
    func hold(_ words: [(submission: UUID, at: Date, by: String)], as state: String) async throws -> [UUID] {
        try await self.sql.query(
            """
            INSERT INTO submission_hold AS held (submission_id, state, since, said_by)
            SELECT submission_id, \(state)::text, since, said_by
            FROM unnest(\(words.map(\.submission))::uuid[], \(words.map(\.at))::timestamptz[], \(words.map(\.by))::text[])
                AS word (submission_id, since, said_by)
            ORDER BY submission_id
            ON CONFLICT (submission_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, said_by = EXCLUDED.said_by
            WHERE held.state <> 'revoked' AND (EXCLUDED.state = 'revoked' OR EXCLUDED.since >= held.since)
            RETURNING submission_id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }
}

/// Reads what happened to a submission's cards off the straight path.
struct CardFileReader: Sendable {
    let pool: PostgresPool

    struct Past: Sendable {
        let copy: Int
        let ground: ReplacementGround?
        let fee: ReplacementGround.Fee?
        let endedAt: Date
        let deliveredOn: CalendarDay?
        let isOutstanding: Bool
    }

    struct Event: Sendable {
        let copy: Int
        let step: SubmissionStep
        let stage: SubmissionStage
        let at: Date
        let by: String
    }

    func past(of submission: UUID) async throws -> [Past] {
        try await self.pool.query(
            """
            SELECT copy, ground, fee, ended_at, delivered_on::text, outstanding FROM past_card
            WHERE submission_id = \(submission) ORDER BY copy
            """
        ).rows.map { row in
            let (copy, ground, fee, endedAt, delivered, outstanding) = try row.decode(
                Int.self, String?.self, String?.self, Date.self, String?.self, Bool.self)
            return Past(
                copy: copy, ground: try ground.map { try StoredText.value($0) },
                fee: try fee.map { try StoredText.value($0) }, endedAt: endedAt,
                deliveredOn: try delivered.map(StoredText.day), isOutstanding: outstanding)
        }
    }

    func events(of submission: UUID) async throws -> [Event] {
        try await self.pool.query(
            "SELECT copy, step, stage, at, by FROM card_event WHERE submission_id = \(submission) ORDER BY id"
        ).rows.map { row in
            let (copy, step, stage, at, by) = try row.decode(
                Int.self, String.self, String.self, Date.self, String.self)
            return Event(
                copy: copy, step: try StoredText.value(step), stage: try StoredText.value(stage), at: at, by: by)
        }
    }

    /// The last day of a temporary loss report of the present card that has not lapsed.
    func temporaryLoss(of submission: UUID, today: CalendarDay) async throws -> CalendarDay? {
        try await self.pool.query(
            """
            SELECT max(lapses_on)::text FROM temporary_loss JOIN card_order USING (submission_id, copy)
            WHERE submission_id = \(submission) AND stage = 'delivered' AND lapses_on >= \(today.description)::text::date
            """
        ).rows.first.flatMap { try $0.decode(String?.self) }.map(StoredText.day)
    }
}
