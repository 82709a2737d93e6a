import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension Holder: PostgresDecodable {}
extension RecheckAPI.Problem: PostgresDecodable {}
extension RecheckAPI.State: PostgresEncodable, PostgresDecodable {}

/// The docket of key verification (R99–R102).
struct DocketStore {
    let sql: PostgresTransaction

    /// An entry as it is stored; the findings' texts are sealed.
    struct Stored {
        var entry: RecheckAPI.Entry
        var findings: [(box: [UInt8], at: Date, by: String)]
    }

    /// Puts what is left over on the docket. What is on it already is brought up to date; what was solved and is left over
    /// again is open again; a hard case stays one.
    func list(_ items: [RecheckAPI.LeftOver], by subject: String, at now: Date) async throws -> RecheckAPI.Listed {
        let answer = try await self.sql.query(
            """
            WITH m AS (
                SELECT DISTINCT ON (submission_id) * FROM unnest(
                    \(items.map(\.submissionID))::uuid[], \(items.map(\.division))::text[],
                    \(items.map(\.station))::text[], \(items.map(\.stage.rawValue))::text[],
                    \(items.map(\.owner.rawValue))::text[], \(items.map(\.problem.rawValue))::text[],
                    \(items.map(\.round))::bigint[], \(items.map(\.since))::timestamptz[],
                    \(items.map { $0.dueOn?.description })::text[], \(items.map { $0.lastReason?.rawValue })::text[])
                    AS n(submission_id, division, station, stage, owner, problem, round, since, due_on, last_reason)
                ORDER BY submission_id
            ), before AS (
                SELECT e.submission_id, e.state FROM docket_entry e JOIN m USING (submission_id)
            ), written AS (
                INSERT INTO docket_entry AS known
                    (submission_id, division, station, stage, owner, problem, round, since, due_on, last_reason, listed_at,
                     listed_by)
                SELECT submission_id, division, station, stage, owner, problem, round, since, due_on::date, last_reason,
                    \(now), \(subject)::text
                FROM m
                ON CONFLICT (submission_id) DO UPDATE
                SET stage = EXCLUDED.stage, owner = EXCLUDED.owner, problem = EXCLUDED.problem, round = EXCLUDED.round,
                    since = EXCLUDED.since, due_on = EXCLUDED.due_on, last_reason = EXCLUDED.last_reason,
                    state = CASE WHEN known.state = 'solved' THEN 'open' ELSE known.state END,
                    concluded_at = CASE WHEN known.state = 'solved' THEN NULL ELSE known.concluded_at END,
                    concluded_by = CASE WHEN known.state = 'solved' THEN NULL ELSE known.concluded_by END,
                    revision = known.revision + 1
                -- What is on the docket for one division is not changed on the word of another.
                WHERE known.division = EXCLUDED.division AND (known.stage, known.owner, known.problem, known.round, known.since, known.state)
                    IS DISTINCT FROM (EXCLUDED.stage, EXCLUDED.owner, EXCLUDED.problem, EXCLUDED.round, EXCLUDED.since,
                                      CASE WHEN known.state = 'solved' THEN 'open' ELSE known.state END)
            )
            SELECT (SELECT count(*) FROM m), (SELECT count(*) FROM before WHERE state <> 'solved')
            """)
        let (all, known) = try answer.first?.decode(Int.self, Int.self) ?? (0, 0)
        return RecheckAPI.Listed(opened: all - known, known: known)
    }

    /// One page, by town, then by age; and how many there are.
    func page(
        station: String?, state: RecheckAPI.State?, limit: Int, offset: Int, for principal: Principal
    ) async throws -> (entries: [Stored], total: Int) {
        var which: SQL = "\(CaseStore.within(principal))"
        if let station { which += " AND station = \(station)" }
        if let state { which += " AND state = \(state)" }
        let answers = try await self.sql.batch([
            """
            SELECT \(Self.columns) FROM docket_entry WHERE \(which)
            ORDER BY station, since, submission_id LIMIT \(limit) OFFSET \(offset)
            """,
            "SELECT count(*) FROM docket_entry WHERE \(which)",
        ])
        var entries = try answers.first?.rows.map { try Self.stored($0) } ?? []
        let findings = try await self.findings(of: entries.map(\.entry.item.submissionID))
        for index in entries.indices { entries[index].findings = findings[entries[index].id, default: []] }
        return (entries, try answers.last?.first?.decode(Int.self) ?? entries.count)
    }

    /// An entry, kept from anybody else until the transaction ends.
    func lock(_ submission: UUID) async throws -> Stored? {
        let found = try await self.sql.query(
            "SELECT \(Self.columns) FROM docket_entry WHERE submission_id = \(submission) FOR UPDATE")
        guard var stored = try found.first.map({ try Self.stored($0) }) else { return nil }
        stored.findings = try await self.findings(of: [submission])[submission, default: []]
        return stored
    }

    func people(of submissions: [UUID]) async throws -> [UUID] {
        try await self.sql.query(
            """
            SELECT coalesce(c.person_id, s.id) FROM unnest(\(submissions)::uuid[]) AS s(id)
            LEFT JOIN review_case c ON c.submission_id = s.id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// Adds a finding to an entry ``lock(_:)`` holds, and raises its revision.
    func add(_ box: [UInt8], to submission: UUID, by subject: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            WITH changed AS (
                UPDATE docket_entry SET revision = revision + 1 WHERE submission_id = \(submission)
                RETURNING submission_id, revision
            )
            INSERT INTO docket_finding (submission_id, revision, box, found_at, found_by)
            SELECT submission_id, revision, \(box)::bytea, \(now), \(subject)::text FROM changed
            """)
    }

    /// Concludes an entry ``lock(_:)`` holds.
    func conclude(_ submission: UUID, as state: RecheckAPI.State, by subject: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE docket_entry SET state = \(state), concluded_at = \(now), concluded_by = \(subject),
                revision = revision + 1
            WHERE submission_id = \(submission)
            """)
    }

    private func findings(of submissions: [UUID]) async throws -> [UUID: [(box: [UInt8], at: Date, by: String)]] {
        guard !submissions.isEmpty else { return [:] }
        let found = try await self.sql.query(
            """
            SELECT submission_id, box, found_at, found_by FROM docket_finding
            WHERE submission_id = ANY(\(submissions)::uuid[]) ORDER BY submission_id, revision
            """)
        var findings: [UUID: [(box: [UInt8], at: Date, by: String)]] = [:]
        for row in found.rows {
            let (submission, box, at, by) = try row.decode(UUID.self, [UInt8].self, Date.self, String.self)
            findings[submission, default: []].append((box, at, by))
        }
        return findings
    }

    private static let columns: SQL = """
        submission_id, division, station, stage, owner, problem, round, since, due_on, last_reason, state, listed_at,
        revision
        """

    private static func stored(_ row: PostgresRow) throws -> Stored {
        let (
            submission, division, station, stage, owner, problem, round, since, dueOn, lastReason, state, listedAt,
            revision
        ) = try row.decode(
            UUID.self, String.self, String.self, SubmissionStage.self, Holder.self, RecheckAPI.Problem.self, Int.self,
            Date.self, CalendarDay?.self, ReturnReason?.self, RecheckAPI.State.self, Date.self, Int.self)
        let item = RecheckAPI.LeftOver(
            submissionID: submission, division: division, station: station, stage: stage, owner: owner,
            problem: problem, round: round, since: since, dueOn: dueOn, lastReason: lastReason)
        return Stored(
            entry: RecheckAPI.Entry(item: item, state: state, listedAt: listedAt, findings: [], revision: revision),
            findings: [])
    }
}

extension DocketStore.Stored {
    var id: UUID { self.entry.item.submissionID }
    var resource: Resource { Resource(division: self.entry.item.division, station: self.entry.item.station) }
}
