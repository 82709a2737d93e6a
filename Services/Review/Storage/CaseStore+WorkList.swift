import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL

extension CaseStore {
    /// The bureau's stages as the partial index names them, so that the planner finds it.
    private static let atBureau = Self.condition(ReviewCase.bureauStages)

    /// One page, key persons first (R20), then the oldest; and how many there are on all pages.
    func list(_ page: WorkListPage, for principal: Principal) async throws -> (cases: [ReviewCase], total: Int) {
        let which: SQL = "\(Self.condition(page.stages)) AND \(Self.within(principal))"
        let answers = try await self.sql.batch([
            """
            SELECT \(ReviewCase.columns) FROM review_case WHERE \(which)
            ORDER BY lane, waiting_since, submission_id
            LIMIT \(page.limit) OFFSET \(page.offset)
            """,
            "SELECT count(*) FROM review_case WHERE \(which)",
        ])
        let cases = try answers.first?.rows.map { try ReviewCase($0) } ?? []
        return (cases, try answers.last?.first?.decode(Int.self) ?? cases.count)
    }

    /// Takes cases of the bureau nobody holds; those somebody else is taking at this moment are passed over.
    func claim(limit: Int, for principal: Principal, lease: Duration) async throws -> [ReviewCase] {
        // ANY(ARRAY(…)) and not IN (…): the inner query must run once, whatever plan the outer one gets.
        let claimed = try await self.sql.query(
            """
            UPDATE review_case
            SET claimed_by = \(principal.subject), claimed_until = now() + make_interval(secs => \(lease.inSeconds))
            WHERE submission_id = ANY(ARRAY(
                SELECT submission_id FROM review_case
                WHERE \(Self.atBureau) AND \(Self.within(principal)) AND (claimed_until IS NULL OR claimed_until <= now())
                ORDER BY lane, waiting_since, submission_id
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED))
            RETURNING \(ReviewCase.columns)
            """)
        // An UPDATE returns its rows in no particular order.
        return try claimed.rows.map { try ReviewCase($0) }.sorted { left, right in
            if left.lane != right.lane { return left.lane == .first }
            if left.waitingSince != right.waitingSince { return left.waitingSince < right.waitingSince }
            return left.submissionID.uuidString < right.submissionID.uuidString
        }
    }

    /// - Parameter submissions: Nil for all of them.
    /// - Returns: How many claims were given up.
    func release(_ submissions: [UUID]?, heldBy subject: String) async throws -> Int {
        let which: SQL = submissions.map { "submission_id = ANY(\($0)::uuid[])" } ?? Self.atBureau
        return try await self.sql.execute(
            """
            UPDATE review_case SET claimed_by = NULL, claimed_until = NULL
            WHERE \(which) AND claimed_by = \(subject)
            """)
    }

    /// Throws unless the database answers and has this service's tables.
    static func probe(_ pool: PostgresPool) async throws {
        try await pool.execute("SELECT FROM review_case LIMIT 0")
    }

    /// What waits, for the gauges.
    func backlog(today: CalendarDay) async throws -> [Backlog] {
        let found = try await self.sql.query(
            """
            SELECT stage, count(*), min(waiting_since), count(*) FILTER (WHERE due_on < \(today)::date)
            FROM review_case WHERE \(Self.atBureau) GROUP BY stage
            UNION ALL
            SELECT stage, count(*), min(waiting_since), count(*) FILTER (WHERE due_on < \(today)::date)
            FROM review_case WHERE \(Self.condition(ReviewCase.stagesAbove)) GROUP BY stage
            """)
        return try found.rows.map { row in
            let (stage, count, oldest, overdue) = try row.decode(SubmissionStage.self, Int.self, Date.self, Int.self)
            return Backlog(stage: stage, count: count, oldest: oldest, overdue: overdue)
        }
    }

    /// The stages stand in the text and not in binds: only then does a prepared statement use a partial index.
    static func condition(_ stages: [SubmissionStage]) -> SQL {
        SQL(unsafe: "stage IN (" + stages.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")")
    }

    /// The divisions the caller is responsible for: the same rule as ``AccessPolicy/covers(_:_:)``, which decides about
    /// each case again before anything personal of it is shown.
    static func within(_ principal: Principal) -> SQL {
        var prefix = principal.division
        while prefix.utf8.count > 2, prefix.utf8.count <= 6, prefix.utf8.count.isMultiple(of: 2), prefix.hasSuffix("00")
        {
            prefix.removeLast(2)
        }
        return "starts_with(division, \(prefix))"
    }
}

/// How many cases wait in a stage, since when the oldest does, and how many are past their day.
struct Backlog: Sendable, Equatable {
    var stage: SubmissionStage
    var count: Int
    var oldest: Date
    var overdue: Int
}

extension Duration {
    fileprivate var inSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
