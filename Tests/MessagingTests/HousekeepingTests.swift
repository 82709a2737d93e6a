import FoundationEssentials
import Logging
import Messaging
import PostgreSQL
import Storage
import TestSupport
import Testing

/// Without today's partitions nothing can be sent or received, so they must come soon after the database does.
@Suite(.enabled(if: ServiceStandInstallation.current != nil), .timeLimit(.minutes(1)))
struct HousekeepingTests {
    @Test func aFailureAtTheStartIsMadeGoodWithinSeconds() async throws {
        let installation = try #require(ServiceStandInstallation.current)
        let name = "housekeeping_\(UInt32.random(in: 0...UInt32.max))"
        let administrator = try await PostgresConnection.connect(installation.administration())
        try await administrator.execute("CREATE DATABASE \(identifier: name)")
        let logger = Logger(label: "housekeeping") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration: installation.administration(name), logger: logger)
        let running = Task { try await pool.run() }
        // Its first attempts find no tables, as they would find no server.
        let keeping = Task { try await MessagingHousekeeping(pool: pool, logger: logger).run() }
        do {
            try await ServiceStand.eventually("the first attempt has failed") {
                let failed = try await pool.query(
                    "SELECT xact_rollback FROM pg_stat_database WHERE datname = \(name)")
                return try (failed.first?.decode(Int.self) ?? 0) > 0 ? true : nil
            }
            for migration in MessageEndpoint.migrations {
                try await pool.withTransaction { try await $0.executeScript(migration.sql) }
            }
            try await ServiceStand.eventually("the partitions are there") {
                let found = try await pool.query("SELECT count(*) FROM pg_inherits")
                return try (found.first?.decode(Int.self) ?? 0) >= 16 ? true : nil
            }
        } catch {
            Issue.record("\(error)")
        }
        keeping.cancel()
        running.cancel()
        _ = await keeping.result
        _ = await running.result
        try await administrator.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
        await administrator.close()
    }
}
