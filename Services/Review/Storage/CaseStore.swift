import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The cases in this service's database, inside one transaction.
struct CaseStore {
    let sql: PostgresTransaction

    func find(_ submission: UUID) async throws -> ReviewCase? {
        let found = try await self.sql.query(
            "SELECT \(ReviewCase.columns) FROM review_case WHERE submission_id = \(submission)")
        return try found.first.map { try ReviewCase($0) }
    }

    /// Moves a case and records who moved it, in one statement.
    ///
    /// - Parameter sealed: The verdict's ground and note as they are stored.
    /// - Returns: False when somebody else moved or claimed the case since it was read; nothing is changed then.
    func carryOut(
        _ verdict: ReviewVerdict, on found: ReviewCase, sealed: SealedRemarks, by subject: String, at now: Date
    ) async throws -> Bool {
        let moved = found.moved(by: verdict, note: sealed.note, subject: subject)
        let recorded = try await self.sql.execute(
            """
            WITH moved AS (
                UPDATE review_case
                SET stage = \(verdict.stage), waiting_since = \(verdict.at), due_on = \(verdict.due?.day as CalendarDay?)::date,
                    due_event = \(verdict.due?.event as CalendarDay?)::date, due_working_days = \(verdict.due?.workingDays as Int?),
                    due_provisional = \(verdict.due?.isProvisional as Bool?), due_calendar = \(verdict.due?.calendarVersion as String?),
                    last_reason = \(moved.lastReason as ReturnReason?)::text, last_note = \(moved.lastNote as String?)::text,
                    decided_by = \(moved.decidedBy)::text[], passed_by = \(moved.passedBy)::text[],
                    ruled_against = \(moved.ruledAgainst),
                    claimed_by = NULL, claimed_until = NULL, revision = revision + 1
                WHERE submission_id = \(found.submissionID) AND stage = \(found.stage) AND round = \(found.round)
                    AND revision = \(found.revision)
                    AND (claimed_by IS NULL OR claimed_by = \(subject)::text OR claimed_until <= now())
                RETURNING submission_id, revision, round, pass, division
            )
            INSERT INTO review_decision
                (submission_id, revision, round, pass, division, level, outcome, reason, decided_by, decided_at,
                 recorded_at, duty, due_on, decided_on, kept, ground, note)
            SELECT submission_id, revision, round, pass, division, \(verdict.level)::text, \(verdict.outcome)::text,
                \(verdict.reason as ReturnReason?)::text, \(subject)::text, \(verdict.at), \(now), \(verdict.settled?.duty as Duty?)::text,
                \(verdict.settled?.dueOn as CalendarDay?)::date, \(CalendarDay(verdict.at))::date, \(verdict.settled?.kept as Bool?),
                \(sealed.ground as [UInt8]?)::bytea, \(sealed.note as String?)::text
            FROM moved
            """)
        return recorded == 1
    }

    // MARK: - What messages do

    /// A verified submission with the limit it sets running.
    struct Arrival {
        var message: SubmissionVerified
        var due: DueDate
    }

    /// Adds new cases, and takes back those the centre passed again.
    ///
    /// - Parameter arrivals: at most one of each submission.
    /// - Returns: The submissions that were applied.
    func receive(_ arrivals: [Arrival]) async throws -> Set<UUID> {
        // Rows are locked in key order, so that two batches cannot wait for each other.
        let arrivals = arrivals.sorted { $0.message.submissionID.uuidString < $1.message.submissionID.uuidString }
        let messages = arrivals.map(\.message)
        let materials = try messages.map { String(decoding: try ContractCoding.encode($0.materials), as: UTF8.self) }
        // Lists of different lengths do not fit one SQL array, so each travels as JSON.
        let decidedBy = try messages.map { String(decoding: try ContractCoding.encode($0.decidedBy), as: UTF8.self) }
        let applied = try await self.sql.query(
            """
            INSERT INTO review_case AS known
                (submission_id, person_id, round, pass, division, station, card_kind, batch, lane, stage, applicant_key,
                 applicant_box, materials, forms_signed, waiting_since, due_on, due_event, due_working_days,
                 due_provisional, due_calendar, decided_by, passed_below, reapplies)
            SELECT submission_id, person_id, round, pass, division, station, card_kind, batch, lane,
                'awaitingInitialReview', applicant_key, applicant_box, materials, forms_signed, verified_at,
                due_on::date, due_event::date, due_working_days, due_provisional, due_calendar,
                ARRAY(SELECT jsonb_array_elements_text(decided_by::jsonb)),
                ARRAY(SELECT jsonb_array_elements_text(decided_by::jsonb)),
                EXISTS (SELECT FROM review_case earlier
                        WHERE earlier.person_id = m.person_id AND earlier.ruled_against
                            AND earlier.submission_id <> m.submission_id)
            FROM unnest(
                \(messages.map(\.submissionID))::uuid[], \(messages.map(\.personID))::uuid[],
                \(messages.map(\.round))::bigint[], \(messages.map(\.pass))::bigint[],
                \(messages.map(\.division))::text[], \(messages.map(\.station))::text[],
                \(messages.map(\.cardKind.rawValue))::text[], \(messages.map(\.batch))::bigint[],
                \(messages.map(\.lane.rawValue))::text[], \(messages.map(\.applicant.keyID))::text[],
                \(messages.map(\.applicant.box))::text[], \(materials)::text[],
                \(messages.map(\.formsSigned))::boolean[], \(messages.map(\.verifiedAt))::timestamptz[],
                \(arrivals.map(\.due.day))::text[], \(arrivals.map(\.due.event))::text[],
                \(arrivals.map(\.due.workingDays))::bigint[], \(arrivals.map(\.due.isProvisional))::boolean[],
                \(arrivals.map(\.due.calendarVersion))::text[], \(decidedBy)::text[])
                AS m(submission_id, person_id, round, pass, division, station, card_kind, batch, lane, applicant_key,
                     applicant_box, materials, forms_signed, verified_at, due_on, due_event, due_working_days,
                     due_provisional, due_calendar, decided_by)
            ON CONFLICT (submission_id) DO UPDATE
            SET round = EXCLUDED.round, pass = EXCLUDED.pass, station = EXCLUDED.station,
                card_kind = EXCLUDED.card_kind, batch = EXCLUDED.batch, lane = EXCLUDED.lane, stage = EXCLUDED.stage,
                applicant_key = EXCLUDED.applicant_key, applicant_box = EXCLUDED.applicant_box,
                materials = EXCLUDED.materials, forms_signed = EXCLUDED.forms_signed,
                waiting_since = EXCLUDED.waiting_since, due_on = EXCLUDED.due_on, due_event = EXCLUDED.due_event,
                due_working_days = EXCLUDED.due_working_days, due_provisional = EXCLUDED.due_provisional,
                due_calendar = EXCLUDED.due_calendar,
                decided_by = ARRAY(
                    SELECT who FROM unnest(known.decided_by || EXCLUDED.decided_by) WITH ORDINALITY AS d(who, place)
                    GROUP BY who ORDER BY min(place)),
                passed_below = ARRAY(
                    SELECT who FROM unnest(known.passed_below || EXCLUDED.passed_below) WITH ORDINALITY AS d(who, place)
                    GROUP BY who ORDER BY min(place)),
                reapplies = EXCLUDED.reapplies,
                claimed_by = NULL, claimed_until = NULL, revision = known.revision + 1
            WHERE known.stage = 'returnedToCentre' AND known.pass < EXCLUDED.pass
            RETURNING submission_id
            """)
        return Set(try applied.rows.map { try $0.decode(UUID.self) })
    }

    /// Where cases are; those not known are left out.
    func positions(of submissions: [UUID]) async throws -> [UUID: (pass: Int, stage: SubmissionStage)] {
        let found = try await self.sql.query(
            "SELECT submission_id, pass, stage FROM review_case WHERE submission_id = ANY(\(submissions)::uuid[])")
        var positions: [UUID: (pass: Int, stage: SubmissionStage)] = [:]
        for row in found.rows {
            let (submission, pass, stage) = try row.decode(UUID.self, Int.self, SubmissionStage.self)
            positions[submission] = (pass, stage)
        }
        return positions
    }
}
