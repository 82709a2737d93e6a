import FoundationEssentials
import Logging
import PostgreSQL
import ServiceLifecycle

/// Makes the day partitions of `emitted` and `inbox` ahead of time and drops those past their keeping.
///
/// Dropping a partition costs milliseconds where deleting its rows costs minutes and leaves them as dead tuples.
package struct MessagingHousekeeping: Service {
    /// Days kept, at least: as long as anything may still be asked for again.
    package static let daysKept = 8
    private static let daysAhead = 7

    let pool: PostgresPool
    let logger: Logger

    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do {
                    try await Self.tidy(self.pool)
                    failures = 0
                } catch is CancellationError {
                    return
                } catch {
                    failures += 1
                    self.logger.warning("could not tidy the day partitions", metadata: ["error": "\(error)"])
                }
                // Without the partition of today nothing can be received or sent: a failure is not worth an hour.
                try? await Task.sleep(
                    for: failures == 0 ? .seconds(3600) : min(.milliseconds(250) * failures, .seconds(5)))
            }
        }
    }

    /// Idempotent; several instances may call it at once.
    package static func tidy(_ pool: PostgresPool) async throws {
        try await pool.withTransaction { transaction in
            _ = try await transaction.query("SELECT pg_advisory_xact_lock(7306001)")
            let today = try await transaction.query("SELECT current_date::text").rows[0].decode(String.self)
            for table in ["emitted", "inbox"] {
                let existing = try await transaction.query(
                    """
                    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = to_regclass(\(table))
                    """
                ).rows.map { try $0.decode(String.self) }
                let wanted = try await transaction.query(
                    """
                    SELECT to_char(d, 'YYYYMMDD'), d::date::text, (d + interval '1 day')::date::text
                    FROM generate_series(\(today)::date - 1, \(today)::date + \(Self.daysAhead)::int, interval '1 day') AS d
                    """)
                for row in wanted.rows {
                    let (suffix, from, to) = try row.decode(String.self, String.self, String.self)
                    let name = "\(table)_\(suffix)"
                    if existing.contains(name) { continue }
                    _ = try await transaction.execute(
                        "CREATE TABLE \(unsafe: name) PARTITION OF \(unsafe: table) FOR VALUES FROM ('\(unsafe: from)') TO ('\(unsafe: to)')"
                    )
                }
                let oldest = try await transaction.query(
                    "SELECT to_char(\(today)::date - \(Self.daysKept)::int, 'YYYYMMDD')"
                ).rows[0].decode(String.self)
                // A message the broker has not confirmed keeps its day.
                let unsent = try await transaction.query(
                    "SELECT to_char(min(day), 'YYYYMMDD') FROM outbox"
                ).rows[0].decode(String?.self)
                let kept = min(oldest, unsent ?? oldest)
                for name in existing where name < "\(table)_\(kept)" {
                    _ = try await transaction.execute("DROP TABLE \(unsafe: name)")
                }
            }
        }
    }
}
