import Access
import Contracts
import PostgreSQL

/// Rows of lists that say something else than what is recorded, oldest first, until somebody has settled them.
struct ListContradictions: Sendable {
    let pool: PostgresPool

    static let limits = 1...200
    static let standardLimit = 50

    func callAsFunction(
        limit: Int, offset: Int, for principal: Principal
    ) async throws -> ReviewAPI.Contradictions {
        // One snapshot, so that the total fits the page.
        let (page, total) = try await self.pool.withTransaction(isolation: .snapshot) { sql in
            try await ContradictionStore(sql: sql).list(limit: limit, offset: offset, for: principal)
        }
        return ReviewAPI.Contradictions(contradictions: page, total: total)
    }
}
