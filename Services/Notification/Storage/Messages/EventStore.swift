import FoundationEssentials
import PostgreSQL

/// What was seen of messages, once it is old.
struct EventStore {
    let sql: PostgresTransaction

    /// Deletes some of what was heard of before an instant.
    ///
    /// - Returns: how many there were; fewer than `limit` when no more are left.
    func forget(before instant: Date, limit: Int) async throws -> Int {
        try await self.sql.execute(
            """
            DELETE FROM message_event WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM message_event WHERE received_at < \(instant) LIMIT \(limit)))
            """)
    }
}
