import Access
import Contracts
import FoundationEssentials
import PostgreSQL

/// Who decided what about a case, and when (R87). On what ground only those who decide may read.
struct ShowHistory: Sendable {
    let pool: PostgresPool
    let remarks: RemarkSeal

    /// - Throws: ``CaseRefusal/notFound``, or ``AccessError`` when it is outside the caller's reach.
    func callAsFunction(
        _ submission: UUID, for principal: Principal
    ) async throws -> (person: UUID, showsGrounds: Bool, history: ReviewAPI.History) {
        let (found, history) = try await self.pool.withTransaction { sql in
            let store = CaseStore(sql: sql)
            return (try await store.find(submission), try await store.history(of: submission))
        }
        guard let found else { throw CaseRefusal.notFound }
        try AccessPolicy.decide(principal, .readReviewHistory, on: found.resource)
        let mayKnow = AccessPolicy.allows(principal, .decideReview, on: found.resource)
        let lines = history.map { line, sealed in
            var line = line
            guard mayKnow else { return line }
            line.ground = self.remarks.openGround(sealed.ground, of: submission)
            line.note = self.remarks.openNote(sealed.note, of: submission)
            return line
        }
        return (found.personID, mayKnow, ReviewAPI.History(lines: lines))
    }
}
