import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension CaseStore {
    /// Reads cases and keeps anybody else from moving them until the transaction ends.
    func lock(_ submissions: [UUID]) async throws -> [UUID: ReviewCase] {
        let found = try await self.sql.query(
            """
            SELECT \(ReviewCase.columns) FROM review_case WHERE submission_id = ANY(\(submissions)::uuid[])
            ORDER BY submission_id FOR UPDATE
            """)
        let cases = try found.rows.map { try ReviewCase($0) }
        return Dictionary(cases.map { ($0.submissionID, $0) }) { first, _ in first }
    }

    /// What was decided about these so far, each submission's in the order it was recorded.
    ///
    /// - Parameter levels: whose decisions.
    func decisions(
        about submissions: [UUID], of levels: [Level], remarks: RemarkSeal
    ) async throws -> [UUID: [RecordedDecision]] {
        let found = try await self.sql.query(
            """
            SELECT submission_id, level, round, pass, outcome, reason, ground, decided_at FROM review_decision
            WHERE submission_id = ANY(\(submissions)::uuid[]) AND level = ANY(\(levels.map(\.rawValue))::text[])
            ORDER BY submission_id, revision
            """)
        let decisions = try found.rows.map { row in
            let (submission, level, round, pass, outcome, reason, ground, decidedAt) = try row.decode(
                UUID.self, Level.self, Int.self, Int.self, RecordedOutcome.self, ReturnReason?.self, [UInt8]?.self,
                Date.self)
            return RecordedDecision(
                submissionID: submission, level: level, round: round, pass: pass, outcome: outcome, reason: reason,
                ground: remarks.openGround(ground, of: submission), decidedAt: decidedAt)
        }
        return Dictionary(grouping: decisions, by: \.submissionID)
    }

    /// Everything recorded about a case, in order; the remarks as they are stored.
    func history(of submission: UUID) async throws -> [(line: ReviewAPI.Line, sealed: SealedRemarks)] {
        let found = try await self.sql.query(
            """
            SELECT level, outcome, round, reason, decided_by, decided_at, ground, note FROM review_decision
            WHERE submission_id = \(submission) ORDER BY revision
            """)
        return try found.rows.map { row in
            let (level, outcome, round, reason, by, decidedAt, ground, note) = try row.decode(
                Level.self, String.self, Int.self, ReturnReason?.self, String.self, Date.self, [UInt8]?.self,
                String?.self)
            let line = ReviewAPI.Line(
                level: level, outcome: outcome, round: round, reason: reason, ground: nil, note: nil, by: by,
                decidedAt: decidedAt)
            return (line, SealedRemarks(ground: ground, note: note))
        }
    }

    /// One decision of a list, with the case as it is afterwards.
    struct Step {
        var moved: ReviewCase
        var verdict: ReviewVerdict
        var sealed: SealedRemarks
        /// As their list says; ``ReviewVerdict/at`` is where it falls in the submission's history.
        var decidedAt: Date
    }

    /// Moves cases that ``lock(_:)`` holds, and records every step.
    ///
    /// - Parameter steps: In order; of several about one case the last one says where it is.
    func carryOut(_ steps: [Step], by subject: String, at now: Date) async throws {
        guard !steps.isEmpty else { return }
        let last = Dictionary(steps.map { ($0.moved.submissionID, $0.moved) }) { _, later in later }
        try await self.move(Array(last.values), by: subject)
        try await self.sql.execute(
            """
            INSERT INTO review_decision
                (submission_id, revision, round, pass, division, level, outcome, reason, decided_by, decided_at,
                 recorded_at, duty, due_on, decided_on, kept, ground, note)
            SELECT submission_id, revision, round, pass, division, level, outcome, reason, \(subject)::text, decided_at,
                \(now), duty, due_on::date, decided_on::date, kept, ground, note
            FROM unnest(
                \(steps.map(\.moved.submissionID))::uuid[], \(steps.map(\.moved.revision))::bigint[],
                \(steps.map(\.moved.round))::bigint[], \(steps.map(\.moved.pass))::bigint[],
                \(steps.map(\.moved.division))::text[], \(steps.map(\.verdict.level.rawValue))::text[],
                \(steps.map(\.verdict.outcome.rawValue))::text[], \(steps.map { $0.verdict.reason?.rawValue })::text[],
                \(steps.map(\.decidedAt))::timestamptz[], \(steps.map { $0.verdict.settled?.duty.rawValue })::text[],
                \(steps.map { $0.verdict.settled?.dueOn.description })::text[],
                \(steps.map { CalendarDay($0.decidedAt).description })::text[],
                \(steps.map { $0.verdict.settled?.kept })::boolean[], \(steps.map(\.sealed.ground))::bytea[],
                \(steps.map(\.sealed.note))::text[])
                AS m(submission_id, revision, round, pass, division, level, outcome, reason, decided_at, duty, due_on,
                     decided_on, kept, ground, note)
            """)
    }

    private func move(_ moved: [ReviewCase], by subject: String) async throws {
        try await self.sql.execute(
            """
            UPDATE review_case AS known
            SET stage = m.stage, waiting_since = m.waiting_since, due_on = m.due_on::date,
                due_event = m.due_event::date, due_working_days = m.due_working_days,
                due_provisional = m.due_provisional, due_calendar = m.due_calendar, last_reason = m.last_reason,
                last_note = m.last_note, suspended_from = m.suspended_from, hold = m.hold, hold_since = m.hold_since,
                ruled_against = m.ruled_against,
                decided_by = CASE WHEN \(subject)::text = ANY(known.decided_by) THEN known.decided_by
                    ELSE known.decided_by || \(subject)::text END,
                recorded_by = CASE WHEN NOT m.records OR \(subject)::text = ANY(known.recorded_by) THEN known.recorded_by
                    ELSE known.recorded_by || \(subject)::text END,
                claimed_by = NULL, claimed_until = NULL, revision = m.revision
            FROM unnest(
                \(moved.map(\.submissionID))::uuid[], \(moved.map(\.stage.rawValue))::text[],
                \(moved.map(\.waitingSince))::timestamptz[], \(moved.map { $0.due?.day.description })::text[],
                \(moved.map { $0.due?.event.description })::text[], \(moved.map { $0.due?.workingDays })::bigint[],
                \(moved.map { $0.due?.isProvisional })::boolean[], \(moved.map { $0.due?.calendarVersion })::text[],
                \(moved.map { $0.lastReason?.rawValue })::text[], \(moved.map(\.lastNote))::text[],
                \(moved.map { $0.suspendedFrom?.rawValue })::text[], \(moved.map { $0.hold?.rawValue })::text[],
                \(moved.map(\.holdSince))::timestamptz[], \(moved.map(\.ruledAgainst))::boolean[],
                \(moved.map { $0.recordedBy.contains(subject) })::boolean[], \(moved.map(\.revision))::bigint[])
                AS m(submission_id, stage, waiting_since, due_on, due_event, due_working_days, due_provisional,
                     due_calendar, last_reason, last_note, suspended_from, hold, hold_since, ruled_against, records,
                     revision)
            WHERE known.submission_id = m.submission_id
            """)
    }
}
