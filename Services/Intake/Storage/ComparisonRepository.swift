import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Statements that stand in for papers, and what the departments found (N17).
struct ComparisonRepository: Sendable {
    let pool: PostgresPool

    struct Task: Sendable {
        let submission: UUID
        let person: UUID
        let division: String
        let station: String
        let statement: MaterialKind
        let openedAt: Date
        /// Nil while it is open.
        let result: Comparison?

        var resource: Resource { Resource(division: self.division, station: self.station, person: self.person) }
    }

    private static let columns: SQL = """
        c.submission, s.person, s.division, s.station, c.statement, c.opened_at, c.result
        """

    private static func task(_ row: PostgresRow) throws(PostgresError) -> Task {
        let (submission, person, division, station, statement, openedAt, result) = try row.decode(
            UUID.self, UUID.self, String.self, String.self, MaterialKind.self, Date.self, Comparison?.self)
        return Task(
            submission: submission, person: person, division: division, station: station, statement: statement,
            openedAt: openedAt, result: result)
    }

    func find(_ submission: UUID) async throws -> Task? {
        try await self.pool.query(
            """
            SELECT \(Self.columns) FROM comparison c JOIN submission s ON s.id = c.submission
            WHERE c.submission = \(submission)
            """
        ).first.map { try Self.task($0) }
    }

    /// What is open, longest first.
    ///
    /// - Parameter station: nil for all stations of the district.
    func list(station: String?, limit: Int, offset: Int) async throws -> (page: [Task], total: Int) {
        var filter: SQL = "c.result IS NULL"
        if let station { filter += " AND s.station = \(station)" }
        let rows = try await self.pool.query(
            """
            SELECT \(Self.columns) FROM comparison c JOIN submission s ON s.id = c.submission WHERE \(filter)
            ORDER BY c.opened_at, c.submission LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        let total = try await self.pool.query(
            "SELECT count(*) FROM comparison c JOIN submission s ON s.id = c.submission WHERE \(filter)"
        ).first
        return (try rows.map { try Self.task($0) }, try total?.decode(Int.self) ?? 0)
    }

    /// - Returns: false when it was settled, or the statement replaced, since the task was read.
    func settle(
        _ task: Task, _ result: Comparison, departments: [String], at: Date, by: String
    ) async throws -> Bool {
        let written = try await self.pool.query(
            """
            WITH settled AS (
                UPDATE comparison SET result = \(result), departments = \(departments)::text[], settled_at = \(at),
                    settled_by = \(by)
                WHERE submission = \(task.submission) AND opened_at = \(task.openedAt) AND result IS NULL
                RETURNING submission
            )
            UPDATE submission s SET comparison = \(result)::text, revision = s.revision + 1
            FROM settled WHERE s.id = settled.submission
            """)
        return written.affected == 1
    }
}
