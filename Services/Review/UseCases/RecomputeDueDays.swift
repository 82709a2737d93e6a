import CardProgramme
import FoundationEssentials
import Logging
import PostgreSQL
import ServiceLifecycle

/// After a new issue of the working-day calendar, computes every running limit again and keeps a record of each that
/// moved. Runs once at start, since a calendar arrives with a release.
struct RecomputeDueDays: Service, CustomStringConvertible {
    let pool: PostgresPool
    let calendar: WorkingDayCalendar
    let logger: Logger

    var description: String { "recomputation of due days" }

    /// Small enough to hold no case for longer than a decision does.
    private static let batch = 200

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.untilDone()
        }
        // A service that returns would stop the others.
        try await gracefulShutdown()
    }

    private func untilDone() async {
        while !Task.isCancelled {
            do {
                if try await self.recomputeOne() < Self.batch { return }
            } catch {
                self.logger.warning("due days not recomputed yet", metadata: ["error": "\(error)"])
                // Only the database can be what is missing; nothing waits for this.
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }

    private func recomputeOne() async throws -> Int {
        let calendar = self.calendar
        let (looked, moved) = try await self.pool.withTransaction { sql in
            let store = DeadlineStore(sql: sql)
            let dues = try await store.computedOtherwise(than: calendar.version, limit: Self.batch)
            let again = dues.map { (submission: $0.0, before: $0.1, after: calendar.recompute($0.1)) }
            try await store.replace(again)
            return (again.count, again.count { $0.before.day != $0.after.day })
        }
        if looked > 0 {
            self.logger.notice(
                "due days computed again",
                metadata: ["calendar": "\(calendar.version)", "looked_at": "\(looked)", "moved": "\(moved)"])
        }
        return looked
    }
}
