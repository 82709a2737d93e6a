import Access
import Contracts
import FoundationEssentials
import PostgreSQL

/// One case, wherever it is.
struct ShowCase: Sendable {
    let pool: PostgresPool
    let presenter: CasePresenter

    /// - Throws: ``CaseRefusal/notFound``, or ``AccessError`` when it is outside the caller's reach.
    func callAsFunction(_ submission: UUID, for principal: Principal) async throws -> CaseAPI.Case {
        let found = try await self.pool.withTransaction { sql in try await CaseStore(sql: sql).find(submission) }
        guard let found else { throw CaseRefusal.notFound }
        try AccessPolicy.decide(principal, .readReview, on: found.resource)
        return self.presenter.present(found, to: principal)
    }
}
