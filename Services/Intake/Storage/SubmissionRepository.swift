import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The submissions and their history.
///
/// Nothing is locked while a use case thinks: it reads a revision, decides, and its one statement applies only if the
/// revision is still the same. Who loses such a race reads and decides again.
struct SubmissionRepository: Sendable {
    let pool: PostgresPool
    let persons: PersonRepository

    /// Throws unless the database answers and has this service's tables.
    static func probe(_ pool: PostgresPool) async throws {
        try await pool.execute("SELECT FROM submission LIMIT 0")
    }

    // MARK: - Reading

    func find(_ id: UUID) async throws -> SubmissionRecord? {
        try await self.pool.query("SELECT \(SubmissionRecord.columns) FROM submission s WHERE s.id = \(id)").first
            .map { try SubmissionRecord(row: $0) }
    }

    /// The submission with the person's file as it is now.
    func findWithFile(_ id: UUID) async throws -> (submission: SubmissionRecord, file: PersonFile)? {
        try await self.pool.query(
            """
            SELECT \(SubmissionRecord.columns), \(PersonRepository.columns)
            FROM submission s JOIN person p ON p.id = s.person WHERE s.id = \(id)
            """
        ).first.map { row in (try SubmissionRecord(row: row), try self.persons.file(row)) }
    }

    /// The submission with all that happened to it, oldest first.
    func findWithHistory(_ id: UUID) async throws -> (submission: SubmissionRecord, history: [SubmissionEvent])? {
        let rows = try await self.pool.query(
            """
            SELECT \(SubmissionRecord.columns), e.stage AS event_stage, e.step AS event_step, e.reason AS event_reason,
                   e.at AS event_at
            FROM submission s JOIN submission_event e ON e.submission = s.id
            WHERE s.id = \(id) ORDER BY e.id
            """
        ).rows
        guard let first = rows.first else { return nil }
        let history = try rows.map { row in
            SubmissionEvent(
                stage: try row.decode(SubmissionStage.self, column: "event_stage"),
                step: try row.decode(SubmissionStep?.self, column: "event_step"),
                reason: try row.decode(ReturnReason?.self, column: "event_reason"),
                at: try row.decode(Date.self, column: "event_at"))
        }
        return (try SubmissionRecord(row: first), history)
    }

    /// A page of what waits in the given stages: key persons first (R20), then the longest waiting.
    ///
    /// - Parameter station: nil for all stations of the district.
    func list(
        stages: [SubmissionStage], station: String?, limit: Int, offset: Int
    ) async throws -> (page: [SubmissionRecord], total: Int) {
        // The work lists have an index of their own, which leaves out everything that is somebody else's turn.
        let isDesk = Set(stages).isSubset(of: SubmissionRecord.stagesTakingMaterials)
        let (column, since): (SQL, SQL) = isDesk ? ("s.desk", "s.desk_since") : ("s.stage", "s.stage_since")
        var filter: SQL =
            stages.count == 1 ? "\(column) = \(stages[0])" : "\(column) = ANY(\(stages.map(\.rawValue))::text[])"
        if let station { filter += " AND s.station = \(station)" }
        let rows = try await self.pool.query(
            """
            SELECT \(SubmissionRecord.columns), (SELECT count(*) FROM submission s WHERE \(filter)) AS total
            FROM submission s WHERE \(filter)
            ORDER BY s.lane, \(since), s.id LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        if let first = rows.first {
            return (try rows.map { try SubmissionRecord(row: $0) }, try first.decode(Int.self, column: "total"))
        }
        let total = try await self.pool.query("SELECT count(*) FROM submission s WHERE \(filter)").first
        return ([], try total?.decode(Int.self) ?? 0)
    }

    // MARK: - Moving

    /// One step of one submission.
    struct Move: Sendable {
        /// As it was read.
        let before: SubmissionRecord
        let after: SubmissionRecord
        let step: SubmissionStep
        let reason: ReturnReason?
        let at: Date
        /// Opaque id of who did it.
        let by: String
        /// The clerk's own sentence to the applicant, sealed.
    }

    /// Applies the step and writes it into the history, in one statement.
    ///
    /// - Returns: false when the submission is no longer as it was read.
    func apply(_ move: Move, in sql: PostgresTransaction) async throws -> Bool {
        let after = move.after
        let written = try await sql.execute(
            """
            WITH moved AS (
                UPDATE submission SET stage = \(after.stage), round = \(after.round), revision = revision + 1,
                    card_kind = \(after.cardKind), application_form_signed = \(after.applicationFormSigned),
                    bank_confirmation_signed = \(after.bankConfirmationSigned), bank = \(after.bank),
                    last_reason = \(after.lastReason), last_note = \(after.lastNote),
                    due_on = \(after.dueOn)::date, stage_since = \(move.at),
                    originals = \(after.originals.map(\.rawValue))::text[],
                    reasons = \(after.reasons.map(\.rawValue))::text[],
                    missing = \(after.missing.map(\.rawValue))::text[],
                    application_form_digest = \(after.applicationFormDigest)::bytea,
                    bank_confirmation_digest = \(after.bankConfirmationDigest)::bytea
                WHERE id = \(after.id) AND stage = \(move.before.stage) AND round = \(move.before.round)
                    AND revision = \(move.before.revision)
                RETURNING id
            )
            INSERT INTO submission_event (submission, round, step, stage, reason, due_on, at, by)
            SELECT id, \(after.round)::integer, \(move.step)::text, \(after.stage)::text, \(move.reason)::text,
                   \(after.dueOn)::date, \(move.at)::timestamptz, \(move.by)::text
            FROM moved
            """)
        return written == 1
    }
}
