import Access
import Contracts
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// What is left over with the bureau and above (R99).
struct ListLeftOvers: Sendable {
    let pool: PostgresPool
    let clock: ProgrammeClock

    static let limits = 1...500
    static let standardLimit = 200

    func callAsFunction(after: UUID?, limit: Int, for principal: Principal) async throws -> RecheckAPI.LeftOvers {
        let items = try await self.pool.withTransaction { sql in
            try await CaseStore(sql: sql).leftOvers(
                today: self.clock.today, after: after, limit: limit, for: principal)
        }
        return RecheckAPI.LeftOvers(items: items, next: items.count == limit ? items.last?.submissionID : nil)
    }
}
