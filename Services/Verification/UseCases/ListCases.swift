import Access
import Contracts
import PostgreSQL

/// One page of the centre's work list within the caller's reach, key persons first, then the oldest.
struct ListCases: Sendable {
    let pool: PostgresPool
    let presenter: CasePresenter

    func callAsFunction(_ page: WorkListPage, for principal: Principal) async throws -> CaseAPI.WorkList {
        // One snapshot, so that the total fits the page.
        let (cases, total) = try await self.pool.withTransaction(isolation: .snapshot) { sql in
            try await CaseStore(sql: sql).list(page, for: principal)
        }
        return CaseAPI.WorkList(cases: cases.map { self.presenter.present($0, to: principal) }, total: total)
    }
}
