import Access
import Contracts
import FoundationEssentials
import Messaging

/// Gives the caller cases to work on, so that two people do not open the same one: key persons first (R20), then the
/// oldest. A claim runs out by the database's clock, so it outlives neither its holder nor a crash for long.
struct ClaimCases: Sendable {
    let endpoint: MessageEndpoint
    let presenter: CasePresenter
    /// How long a claim lasts.
    let lease: Duration

    /// How many one call may take.
    static let limits = 1...200

    /// - Returns: The claimed cases; `total` is how many these are, since counting what is left would cost more than
    ///   claiming.
    func callAsFunction(limit: Int, by principal: Principal) async throws -> CaseAPI.WorkList {
        let cases = try await self.endpoint.transaction { unit in
            try await CaseStore(sql: unit.sql).claim(limit: limit, for: principal, lease: self.lease)
        }
        return CaseAPI.WorkList(
            cases: cases.map { self.presenter.present($0, to: principal) }, total: cases.count)
    }
}
