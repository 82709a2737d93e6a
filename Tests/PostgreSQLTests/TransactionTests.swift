import FoundationEssentials
import Logging
import PostgreSQL
import Storage
import Testing

@Suite(.enabled(if: TestServer.isAvailable), .timeLimit(.minutes(2)))
struct TransactionTests {
    private struct Refusal: Error {}

    private static func count(_ pool: PostgresPool) async throws -> Int {
        try await pool.query("SELECT count(*) FROM t").first?.decode(Int.self) ?? -1
    }

    @Test func whatReturnsIsCommittedAndWhatThrowsIsNot() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                try await transaction.batch(["INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)"])
            }
            #expect(try await Self.count(pool) == 3)
            await #expect(throws: Refusal.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("DELETE FROM t")
                    throw Refusal()
                }
            }
            #expect(try await Self.count(pool) == 3)
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test func aSwallowedFailureIsNoCommit() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? await transaction.execute("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error?.sqlState == "25P02")
            #expect(try await Self.count(pool) == 0)
        }
    }

    @Test func aDeferredConstraintFailsTheCommit() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.batch(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)"])
                }
            }
            #expect(error?.isUniqueViolation() == true)
            #expect(try await Self.count(pool) == 0)
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test func theLastStatementsTravelWithTheCommit() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            // With statements before them, and as all there is of the transaction.
            let counts = try await pool.withPipelinedCommit { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                return (
                    last: ["INSERT INTO t VALUES (2) RETURNING n", "SELECT count(*) FROM t"],
                    finish: { $0.map { try? $0.first?.decode(Int.self) } }
                )
            }
            #expect(counts == [2, 2])
            let alone = try await pool.withPipelinedCommit { _ in
                (
                    last: ["INSERT INTO t SELECT max(n) + 1 FROM t RETURNING n"],
                    finish: { try? $0.first?.first?.decode(Int.self) }
                )
            }
            #expect(alone == 3)
            #expect(try await Self.count(pool) == 3)
        }
    }

    @Test func aLastStatementThatFailsUndoesTheWhole() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withPipelinedCommit { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    return (
                        last: ["INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (1)", "SELECT 1"],
                        finish: { _ in Issue.record("it was not committed") }
                    )
                }
            }
            // Known to have failed, not "perhaps committed", and the session can be used again.
            #expect(error?.isUniqueViolation() == true)
            #expect(error?.code == .server)
            #expect(try await Self.count(pool) == 0)
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test func theBodyRunsOnTheConnectionsThread() async throws {
        try await TestServer.withPool { pool in
            let names = try await pool.withTransaction { transaction in
                let first = Self.threadName()
                try await transaction.execute("SELECT 1")
                return [first, Self.threadName()]
            }
            #expect(names == ["postgresql", "postgresql"])
        }
    }

    private static func threadName() -> String {
        let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
        return String(name.prefix { $0 != "\n" })
    }

    @Test func aSavepointUndoesOnlyItsPart() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                await #expect(throws: PostgresError.self) {
                    try await transaction.withSavepoint { inner in
                        try await inner.execute("INSERT INTO t VALUES (2)")
                        try await inner.execute("INSERT INTO t VALUES (1)")
                    }
                }
                try await transaction.withSavepoint { try await $0.execute("INSERT INTO t VALUES (3)") }
            }
            #expect(try await Self.count(pool) == 2)
        }
    }

    @Test func aTransactionKeptBeyondItsEndIsRefused() async throws {
        try await TestServer.withPool { pool in
            let kept = try await pool.withTransaction { transaction in
                try await transaction.execute("SELECT 1")
                return transaction
            }
            let error = await #expect(throws: PostgresError.self) { try await kept.query("SELECT 1") }
            #expect(error?.sqlState == "25P01")
            // One without a statement has neither begun nor ended anything at the server.
            let empty = try await pool.withTransaction { $0 }
            await #expect(throws: PostgresError.self) { try await empty.query("SELECT 1") }
            #expect(try await pool.query("SELECT 1").rows.count == 1)
        }
    }

    @Test func aTransactionLeftOpenOnABorrowedConnectionIsRolledBack() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            try await pool.withConnection { connection in
                try await connection.execute("BEGIN")
                try await connection.execute("INSERT INTO t VALUES (1)")
            }
            #expect(try await Self.count(pool) == 0)
        }
    }

    @Test func aSnapshotSeesOneMomentAndWritesNothing() async throws {
        try await TestServer.withPool { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            try await pool.withTransaction(isolation: .snapshot) { transaction in
                _ = try await transaction.query("SELECT 1 FROM t")
                try await pool.execute("INSERT INTO t VALUES (1)")
                #expect(try await transaction.query("SELECT 1 FROM t").rows.isEmpty)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction(isolation: .snapshot) {
                    try await $0.execute("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.sqlState == "25006")
        }
    }
}

@Suite(.enabled(if: TestServer.isAvailable), .timeLimit(.minutes(2)))
struct MigratorTests {
    private let steps = [
        Migration(
            version: 1, name: "table", sql: "CREATE TABLE t (n int); INSERT INTO t VALUES (1); SELECT pg_sleep(0.1);"),
        Migration(version: 100, name: "column", sql: "ALTER TABLE t ADD COLUMN m text"),
    ]

    @Test func instancesThatStartTogetherApplyEachStepOnce() async throws {
        let steps = self.steps
        try await TestServer.withPool { pool in
            #expect(try await Migrator(pool: pool, service: "tests", migrations: steps).pending() == steps)
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<4 {
                    group.addTask { try await Migrator(pool: pool, service: "tests", migrations: steps).migrate() }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted { $0.version < $1.version } == steps)
            #expect(try await pool.query("SELECT 1 FROM t").rows.count == 1)
            #expect(try await Migrator(pool: pool, service: "tests", migrations: steps).pending().isEmpty)
        }
    }

    @Test func aChangedStepStopsTheMigration() async throws {
        try await TestServer.withDatabase { configuration in
            let connection = try await PostgresConnection.connect(configuration)
            try await Migrator(connection: connection, service: "tests", migrations: self.steps).migrate()
            let changed = [Migration(version: 1, name: "table", sql: "CREATE TABLE u (n int)")]
            await #expect(throws: MigrationError.self) {
                try await Migrator(connection: connection, service: "tests", migrations: changed).migrate()
            }
            await connection.close()
        }
    }

    @Test func aFailingStepLeavesNothingOfItself() async throws {
        try await TestServer.withDatabase { configuration in
            let connection = try await PostgresConnection.connect(configuration)
            let steps =
                self.steps + [Migration(version: 101, name: "broken", sql: "CREATE TABLE u (n int); SELECT nonsense")]
            await #expect(throws: PostgresError.self) {
                try await Migrator(connection: connection, service: "tests", migrations: steps).migrate()
            }
            #expect(
                try await Migrator(connection: connection, service: "tests", migrations: steps).pending() == [steps[2]])
            #expect(try await connection.query("SELECT to_regclass('u') IS NULL").first?.decode(Bool.self) == true)
            let ending = [Migration(version: 102, name: "ends", sql: "COMMIT")]
            await #expect(throws: MigrationError(.endedTransaction, version: 102, name: "ends")) {
                try await Migrator(connection: connection, service: "tests", migrations: ending).migrate()
            }
            await connection.close()
        }
    }
}
