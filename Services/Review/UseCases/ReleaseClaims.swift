import Access
import FoundationEssentials
import Messaging

/// Gives claimed cases back to everybody: some of the caller's, or all of them.
struct ReleaseClaims: Sendable {
    let endpoint: MessageEndpoint

    /// - Parameter submissions: Nil for everything the caller holds; what somebody else holds is left alone.
    /// - Returns: How many were released.
    func callAsFunction(_ submissions: [UUID]?, by principal: Principal) async throws -> Int {
        try await self.endpoint.transaction { unit in
            try await CaseStore(sql: unit.sql).release(submissions, heldBy: principal.subject)
        }
    }
}
