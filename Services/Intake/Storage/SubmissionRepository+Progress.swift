import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// What other services tell about submissions, applied to many at once.
extension SubmissionRepository {
    /// A step somebody else took.
    struct Told: Sendable {
        let submission: UUID
        let round: Int
        let step: SubmissionStep
        let at: Date
    }

    /// What is on record about the subject of a ``Told``.
    struct Known: Sendable {
        let view: ProgressView
        let person: UUID
        let lane: Lane
        /// The history has this very step of this round.
        let isRecorded: Bool
        /// … with its reason.
        let isExplained: Bool
    }

    /// Locks the submissions in the order of their ids, so that two batches cannot deadlock, and says what is known.
    ///
    /// A step counts as recorded when the history has it with this or a later time: within a round the centre may pass
    /// twice (R84), so the step alone does not say. Returned to the station, a round is over, so that happens only once.
    ///
    /// - Returns: by submission; unknown ones are absent.
    func lock(_ told: [Told], in sql: PostgresTransaction) async throws -> [UUID: Known] {
        let rows = try await sql.query(
            """
            SELECT s.id, s.stage, s.round, s.person, s.lane,
                   (SELECT bool_or(e.reason IS NOT NULL) FROM submission_event e
                    WHERE e.submission = s.id AND e.round = t.round AND e.step = t.step
                      AND (e.at >= t.at OR e.step = 'verificationReturned'))
            FROM unnest(\(told.map(\.submission))::uuid[], \(told.map(\.round))::bigint[],
                        \(told.map(\.step.rawValue))::text[], \(told.map(\.at))::timestamptz[]) AS t(id, round, step, at)
            JOIN submission s ON s.id = t.id
            ORDER BY s.id
            FOR NO KEY UPDATE OF s
            """
        ).rows
        var known: [UUID: Known] = [:]
        known.reserveCapacity(rows.count)
        for row in rows {
            // NULL: no such line; false: one without its reason.
            let (id, stage, round, person, lane, explained) = try row.decode(
                UUID.self, SubmissionStage.self, Int.self, UUID.self, Lane.self, Bool?.self)
            known[id] = Known(
                view: ProgressView(stage: stage, round: round), person: person, lane: lane,
                isRecorded: explained != nil,
                isExplained: explained == true)
        }
        return known
    }

    /// A line for the history, which may also move the submission.
    struct Note: Sendable {
        let told: Told
        /// Where the step led.
        let stage: SubmissionStage
        /// False for a step of a round that is over.
        let moves: Bool
        let reason: ReturnReason?
        let dueOn: CalendarDay?
        /// Name of the service or opaque id of the member of staff.
        let by: String
        /// Of a return: what was written with the reason, sealed for intake as it arrived, and who has passed it above.
        var note: String? = nil
        var passedBy: [String]? = nil
    }

    /// Writes the lines and moves the submissions, in one statement. A return without a reason takes away the last one,
    /// which was about something else.
    func record(_ notes: [Note], in sql: PostgresTransaction) async throws {
        guard !notes.isEmpty else { return }
        // Lists of different lengths do not fit one SQL array, so each travels as JSON.
        let passedBy = try notes.map { note in
            try note.passedBy.map { String(decoding: try ContractCoding.encode($0), as: UTF8.self) }
        }
        try await sql.execute(
            """
            WITH note AS (
                SELECT * FROM unnest(
                    \(notes.map(\.told.submission))::uuid[], \(notes.map(\.told.round))::bigint[],
                    \(notes.map(\.told.step.rawValue))::text[], \(notes.map(\.stage.rawValue))::text[],
                    \(notes.map(\.moves))::boolean[], \(notes.map { $0.reason?.rawValue })::text[],
                    \(notes.map { $0.dueOn?.description })::text[], \(notes.map(\.told.at))::timestamptz[],
                    \(notes.map(\.by))::text[], \(notes.map(\.told.step.isReturn))::boolean[],
                    \(notes.map(\.note))::text[], \(passedBy)::text[])
                    AS n(submission, round, step, stage, moves, reason, due_on, at, by, is_return, note, passed_by)
            ), moved AS (
                UPDATE submission s SET stage = n.stage, revision = s.revision + 1, due_on = n.due_on::date,
                    last_reason = CASE WHEN n.is_return THEN n.reason ELSE s.last_reason END, stage_since = n.at,
                    last_note = CASE WHEN n.is_return THEN n.note ELSE s.last_note END,
                    passed_above = CASE WHEN n.passed_by IS NULL THEN s.passed_above ELSE ARRAY(
                        SELECT DISTINCT who
                        FROM unnest(s.passed_above || ARRAY(SELECT jsonb_array_elements_text(n.passed_by::jsonb))) AS d(who)) END
                FROM note n WHERE s.id = n.submission AND n.moves
            )
            INSERT INTO submission_event (submission, round, step, stage, reason, due_on, at, by)
            SELECT submission, round, step, stage, reason, due_on::date, at, by FROM note ORDER BY submission
            """)
    }

    /// Adds reasons to returns that are in the history without one.
    func explain(_ reasons: [(told: Told, reason: ReturnReason)], in sql: PostgresTransaction) async throws {
        guard !reasons.isEmpty else { return }
        try await sql.execute(
            """
            WITH note AS (
                SELECT * FROM unnest(
                    \(reasons.map(\.told.submission))::uuid[], \(reasons.map(\.told.round))::bigint[],
                    \(reasons.map(\.told.step.rawValue))::text[], \(reasons.map(\.reason.rawValue))::text[])
                    AS n(submission, round, step, reason)
            ), explained AS (
                UPDATE submission s SET last_reason = n.reason, revision = s.revision + 1
                FROM note n WHERE s.id = n.submission AND s.round = n.round
            )
            UPDATE submission_event e SET reason = n.reason FROM note n
            WHERE e.submission = n.submission AND e.round = n.round AND e.step = n.step AND e.reason IS NULL
            """)
    }

    /// How much waits in each stage, and since when; stages without any are absent.
    func backlog() async throws -> [SubmissionStage: (count: Int, oldest: Date)] {
        let rows = try await self.pool.query("SELECT stage, count(*), min(stage_since) FROM submission GROUP BY stage")
            .rows
        var backlog: [SubmissionStage: (count: Int, oldest: Date)] = [:]
        for row in rows {
            let (stage, count, oldest) = try row.decode(SubmissionStage.self, Int.self, Date.self)
            backlog[stage] = (count, oldest)
        }
        return backlog
    }
}
