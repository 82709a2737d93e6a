import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The cases in this service's database, inside one transaction.
struct CaseStore {
    let sql: PostgresTransaction

    /// The stages of ``VerificationCase/waitingStages`` as the partial index names them, so that the planner finds it.
    static let waiting = SQL(
        unsafe: "stage IN (" + VerificationCase.waitingStages.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")")

    func find(_ submission: UUID) async throws -> VerificationCase? {
        let found = try await self.sql.query(
            "SELECT \(VerificationCase.columns) FROM verification_case WHERE submission_id = \(submission)")
        return try found.first.map { try VerificationCase($0) }
    }

    /// Moves a case and records who moved it, in one statement.
    ///
    /// - Parameter note: As it is stored, sealed for verification.
    /// - Returns: False when somebody else moved or claimed the case since it was read; nothing is changed then.
    func carryOut(
        _ verdict: VerificationVerdict, on found: VerificationCase, note: String?, by subject: String, at now: Date
    ) async throws -> Bool {
        let recorded = try await self.sql.execute(
            """
            WITH moved AS (
                UPDATE verification_case
                SET stage = \(verdict.stage), pass = \(verdict.pass), waiting_since = \(now),
                    last_reason = COALESCE(\(verdict.reason as ReturnReason?)::text, last_reason), decided_by = \(verdict.decidedBy)::text[],
                    last_note = CASE WHEN \(verdict.reason as ReturnReason?)::text IS NULL THEN last_note ELSE \(note as String?)::text END,
                    passed_by = \(verdict.passedBy)::text[],
                    claimed_by = NULL, claimed_until = NULL, revision = revision + 1
                WHERE submission_id = \(found.submissionID) AND stage = \(found.stage) AND round = \(found.round)
                    AND revision = \(found.revision)
                    AND (claimed_by IS NULL OR claimed_by = \(subject)::text OR claimed_until <= now())
                RETURNING submission_id, revision, round, pass
            )
            INSERT INTO verification_decision
                (submission_id, revision, round, pass, from_stage, step, reason, note, decided_by, decided_at)
            SELECT submission_id, revision, round, pass, \(found.stage)::text, \(verdict.step)::text,
                \(verdict.reason as ReturnReason?)::text, \(note as String?)::text, \(subject)::text, \(now)
            FROM moved
            """)
        return recorded == 1
    }

    // MARK: - What messages do

    /// Adds new cases and moves returned ones to their next round.
    ///
    /// The station may send the same round again without the applicant's help (R71), so an equal round is enough once
    /// the case is back at the station.
    ///
    /// - Parameter messages: at most one of each submission.
    /// - Returns: The submissions that were applied.
    func accept(_ messages: [SubmissionAccepted]) async throws -> Set<UUID> {
        // Rows are locked in key order, so that two batches cannot wait for each other.
        let messages = messages.sorted { $0.submissionID.uuidString < $1.submissionID.uuidString }
        let materials = try messages.map { String(decoding: try ContractCoding.encode($0.materials), as: UTF8.self) }
        let applied = try await self.sql.query(
            """
            INSERT INTO verification_case AS known
                (submission_id, person_id, round, division, station, card_kind, batch, lane, stage, applicant_key,
                 applicant_box, materials, forms_signed, waiting_since, decided_by, checked_by)
            SELECT submission_id, person_id, round, division, station, card_kind, batch, lane, 'awaitingVerification',
                applicant_key, applicant_box, materials, forms_signed, accepted_at, ARRAY[checked_by],
                ARRAY[checked_by]
            FROM unnest(
                \(messages.map(\.submissionID))::uuid[], \(messages.map(\.personID))::uuid[],
                \(messages.map(\.round))::bigint[], \(messages.map(\.division))::text[],
                \(messages.map(\.station))::text[], \(messages.map(\.cardKind.rawValue))::text[],
                \(messages.map(\.batch))::bigint[], \(messages.map(\.lane.rawValue))::text[],
                \(messages.map(\.applicant.keyID))::text[], \(messages.map(\.applicant.box))::text[],
                \(materials)::text[], \(messages.map(\.formsSigned))::boolean[],
                \(messages.map(\.acceptedAt))::timestamptz[], \(messages.map(\.checkedBy))::text[])
                AS m(submission_id, person_id, round, division, station, card_kind, batch, lane, applicant_key,
                     applicant_box, materials, forms_signed, accepted_at, checked_by)
            ON CONFLICT (submission_id) DO UPDATE
            SET round = EXCLUDED.round, station = EXCLUDED.station, card_kind = EXCLUDED.card_kind,
                batch = EXCLUDED.batch, lane = EXCLUDED.lane, stage = EXCLUDED.stage,
                applicant_key = EXCLUDED.applicant_key, applicant_box = EXCLUDED.applicant_box,
                materials = EXCLUDED.materials, forms_signed = EXCLUDED.forms_signed,
                waiting_since = EXCLUDED.waiting_since,
                decided_by = CASE WHEN known.decided_by @> EXCLUDED.decided_by THEN known.decided_by
                    ELSE known.decided_by || EXCLUDED.decided_by END,
                checked_by = CASE WHEN known.checked_by @> EXCLUDED.checked_by THEN known.checked_by
                    ELSE known.checked_by || EXCLUDED.checked_by END,
                claimed_by = NULL, claimed_until = NULL, revision = known.revision + 1
            WHERE known.stage = 'returnedToStation' AND known.round <= EXCLUDED.round
            RETURNING submission_id
            """)
        return Set(try applied.rows.map { try $0.decode(UUID.self) })
    }

    /// Puts cases the bureau returned back on the list.
    ///
    /// - Parameter messages: at most one of each submission.
    /// - Returns: The submissions that were applied.
    func takeBack(_ messages: [SubmissionReturned]) async throws -> Set<UUID> {
        // Lists of different lengths do not fit one SQL array, so each travels as JSON.
        let passedBy = try messages.map { String(decoding: try ContractCoding.encode($0.passedBy), as: UTF8.self) }
        let applied = try await self.sql.query(
            """
            UPDATE verification_case AS known
            SET stage = 'returnedToCentre', waiting_since = m.returned_at, last_reason = m.reason, last_note = m.note,
                passed_above = ARRAY(
                    SELECT who FROM unnest(known.passed_above || ARRAY(SELECT jsonb_array_elements_text(m.passed_by::jsonb)))
                    WITH ORDINALITY AS d(who, place) GROUP BY who ORDER BY min(place)),
                claimed_by = NULL, claimed_until = NULL, revision = known.revision + 1
            FROM unnest(
                \(messages.map(\.submissionID))::uuid[], \(messages.map(\.round))::bigint[],
                \(messages.map(\.reason.rawValue))::text[], \(messages.map { $0.note.map(ReturnNote.stored) })::text[],
                \(messages.map(\.returnedAt))::timestamptz[], \(passedBy)::text[])
                AS m(submission_id, round, reason, note, returned_at, passed_by)
            WHERE known.submission_id = m.submission_id AND known.round = m.round
                AND known.stage = 'awaitingInitialReview'
            RETURNING known.submission_id
            """)
        return Set(try applied.rows.map { try $0.decode(UUID.self) })
    }

    /// Where cases are; those not known are left out.
    func positions(of submissions: [UUID]) async throws -> [UUID: (round: Int, stage: SubmissionStage)] {
        let found = try await self.sql.query(
            "SELECT submission_id, round, stage FROM verification_case WHERE submission_id = ANY(\(submissions)::uuid[])"
        )
        var positions: [UUID: (round: Int, stage: SubmissionStage)] = [:]
        for row in found.rows {
            let (submission, round, stage) = try row.decode(UUID.self, Int.self, SubmissionStage.self)
            positions[submission] = (round, stage)
        }
        return positions
    }
}
