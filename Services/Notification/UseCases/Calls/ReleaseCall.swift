import Access
import FoundationEssentials
import PostgreSQL

/// Gives a call back to the queue, for somebody else to make.
struct ReleaseCall: Sendable {
    let pool: PostgresPool

    /// - Throws: ``CallRefusal``.
    func callAsFunction(_ id: UUID, version: Int, by principal: Principal) async throws -> CallTask {
        try await self.pool.withTransaction { sql in
            let store = CallStore(sql: sql)
            guard let task = try await store.locked(id) else { throw CallRefusal.unknown }
            guard task.state == .open else { throw CallRefusal.closed }
            guard task.isHeld(by: principal.subject) else { throw CallRefusal.notClaimed }
            guard task.version == version, let released = try await store.release(id) else { throw CallRefusal.changed }
            return released
        }
    }
}
