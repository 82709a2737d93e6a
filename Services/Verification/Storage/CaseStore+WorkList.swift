import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL

extension CaseStore {
    /// One page, key persons first (R20), then the oldest; and how many there are on all pages.
    func list(_ page: WorkListPage, for principal: Principal) async throws -> (cases: [VerificationCase], total: Int) {
        let which: SQL = "\(Self.condition(page.stage)) AND \(Self.within(principal))"
        let answers = try await self.sql.batch([
            """
            SELECT \(VerificationCase.columns) FROM verification_case WHERE \(which)
            ORDER BY lane, waiting_since, submission_id
            LIMIT \(page.limit) OFFSET \(page.offset)
            """,
            "SELECT count(*) FROM verification_case WHERE \(which)",
        ])
        let cases = try answers.first?.rows.map { try VerificationCase($0) } ?? []
        return (cases, try answers.last?.first?.decode(Int.self) ?? cases.count)
    }

    /// Takes cases nobody holds; those somebody else is taking at this moment are passed over, not waited for.
    func claim(limit: Int, for principal: Principal, lease: Duration) async throws -> [VerificationCase] {
        // ANY(ARRAY(…)) and not IN (…): the inner query must run once, whatever plan the outer one gets.
        let claimed = try await self.sql.query(
            """
            UPDATE verification_case
            SET claimed_by = \(principal.subject), claimed_until = now() + make_interval(secs => \(lease.inSeconds))
            WHERE submission_id = ANY(ARRAY(
                SELECT submission_id FROM verification_case
                WHERE \(Self.waiting) AND \(Self.within(principal)) AND (claimed_until IS NULL OR claimed_until <= now())
                ORDER BY lane, waiting_since, submission_id
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED))
            RETURNING \(VerificationCase.columns)
            """)
        // An UPDATE returns its rows in no particular order.
        return try claimed.rows.map { try VerificationCase($0) }.sorted { left, right in
            if left.lane != right.lane { return left.lane == .first }
            if left.waitingSince != right.waitingSince { return left.waitingSince < right.waitingSince }
            return left.submissionID.uuidString < right.submissionID.uuidString
        }
    }

    /// - Parameter submissions: Nil for all of them.
    /// - Returns: How many claims were given up.
    func release(_ submissions: [UUID]?, heldBy subject: String) async throws -> Int {
        let which: SQL = submissions.map { "submission_id = ANY(\($0)::uuid[])" } ?? Self.waiting
        return try await self.sql.execute(
            """
            UPDATE verification_case SET claimed_by = NULL, claimed_until = NULL
            WHERE \(which) AND claimed_by = \(subject)
            """)
    }

    /// Throws unless the database answers and has this service's tables.
    static func probe(_ pool: PostgresPool) async throws {
        try await pool.execute("SELECT FROM verification_case LIMIT 0")
    }

    /// What waits, for the gauges.
    func backlog() async throws -> [Backlog] {
        let found = try await self.sql.query(
            """
            SELECT stage, count(*), min(waiting_since) FROM verification_case
            WHERE \(Self.waiting) GROUP BY stage
            """)
        return try found.rows.map { row in
            let (stage, count, oldest) = try row.decode(SubmissionStage.self, Int.self, Date.self)
            return Backlog(stage: stage, count: count, oldest: oldest)
        }
    }

    /// The stage stands in the text and not in a bind: only then does a prepared statement use the partial index.
    private static func condition(_ stage: SubmissionStage?) -> SQL {
        stage.map { SQL(unsafe: "stage = '\($0.rawValue)'") } ?? Self.waiting
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

/// How many cases wait in a stage, and since when the oldest does.
struct Backlog: Sendable, Equatable {
    var stage: SubmissionStage
    var count: Int
    var oldest: Date
}

extension Duration {
    fileprivate var inSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
