import FoundationEssentials
import Glibc
import Logging
import NIOConcurrencyHelpers
import PostgreSQL
import Testing

/// A server that ends, stops or is slow, and tasks that are cancelled.
@Suite(.serialized, .enabled(if: TestServer.isAvailable), .timeLimit(.minutes(3)))
struct TroubleTests {
    private static func process(_ pool: PostgresPool) async throws -> Int32 {
        try await pool.query("SELECT pg_backend_pid()").first?.decode(Int32.self) ?? 0
    }

    /// Waits until the server sees something; bounded by the suite's limit.
    private static func until(_ administrator: PostgresConnection, _ sql: SQL) async throws {
        while try await administrator.query(sql).rows.isEmpty { await Task.yield() }
    }

    @Test func aSessionThatEndedWhileItRestedIsReplacedUnnoticed() async throws {
        guard let administrator = TestServer.administrator else { return }
        let other = try await PostgresConnection.connect(administrator)
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            let process = try await Self.process(pool)
            _ = try await other.query("SELECT pg_terminate_backend(\(process))")
            try await Self.until(
                other, "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(process))")
            #expect(try await Self.process(pool) != process)
            #expect(pool.statistics.discarded == 1)
        }
        await other.close()
    }

    @Test func aSessionThatEndsUnderAStatementIsALostConnection() async throws {
        guard let administrator = TestServer.administrator else { return }
        let other = try await PostgresConnection.connect(administrator)
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            let process = try await Self.process(pool)
            let sleeping = Task { try await pool.query("SELECT pg_sleep(60)") }
            try await Self.until(
                other, "SELECT 1 FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'PgSleep'")
            _ = try await other.query("SELECT pg_terminate_backend(\(process))")
            let error = await #expect(throws: PostgresError.self) { try await sleeping.value }
            #expect(error?.code == .connection)
            #expect(error?.isRetryable == true)
            #expect(try await pool.query("SELECT 1").rows.count == 1)
        }
        await other.close()
    }

    @Test func aSessionThatEndsInATransactionRollsItBack() async throws {
        try await TestServer.withPool {
            $0.poolSize = 2
        } _: { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    let process =
                        try await transaction.query("SELECT pg_backend_pid()").first?.decode(Int32.self) ?? Int32(0)
                    _ = try await pool.query("SELECT pg_terminate_backend(\(process), 2000)")
                }
            }
            // The end of the session is known before COMMIT is sent, so the outcome is known as well.
            #expect(error?.code == .connection)
            #expect(try await pool.query("SELECT 1 FROM t").rows.isEmpty)
        }
    }

    @Test func aStatementBeyondItsTimeIsEndedByTheServer() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
            $0.statementTimeout = .milliseconds(200)
        } _: { pool in
            let process = try await Self.process(pool)
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT pg_sleep(30)") }
            #expect(error?.code == .timeout)
            #expect(error?.isConnectionLoss == false)
            #expect(try await Self.process(pool) == process)
        }
    }

    @Test func aTransactionMayAllowItsStatementsMoreTime() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
            $0.statementTimeout = .milliseconds(200)
        } _: { pool in
            let process = try await Self.process(pool)
            try await pool.withTransaction { transaction in
                try await transaction.allow(.seconds(20))
                // Longer than the server's bound, and longer than what is waited here beyond it.
                _ = try await transaction.query("SELECT pg_sleep(2.6)")
            }
            // Only that transaction: the same session has its own bound again.
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT pg_sleep(30)") }
            #expect(error?.code == .timeout)
            #expect(try await Self.process(pool) == process)
        }
    }

    @Test func aLockIsNotWaitedForWithoutBound() async throws {
        try await TestServer.withPool {
            $0.lockTimeout = .milliseconds(200)
        } _: { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            try await pool.withTransaction { transaction in
                try await transaction.execute("LOCK TABLE t")
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1 FROM t") }
                #expect(error?.sqlState == "55P03")
                #expect(error?.isRetryable == true)
            }
        }
    }

    @Test func aCancelledStatementStopsAndTheSessionLivesOn() async throws {
        guard let administrator = TestServer.administrator else { return }
        let other = try await PostgresConnection.connect(administrator)
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            let process = try await Self.process(pool)
            for _ in 0..<5 {
                let start = ContinuousClock.now
                let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                    group.addTask {
                        do throws(PostgresError) { _ = try await pool.query("SELECT pg_sleep(60)") } catch {
                            return error
                        }
                        return nil
                    }
                    try await Self.until(
                        other, "SELECT 1 FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'PgSleep'")
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
                #expect(error?.code == .cancelled)
                #expect(error?.isConnectionLoss == false)
                #expect(ContinuousClock.now - start < .seconds(2))
                #expect(try await Self.process(pool) == process)
            }
        }
        await other.close()
    }

    @Test func aTransactionOfACancelledTaskIsRolledBack() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            let work = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    try await transaction.execute("INSERT INTO t VALUES (2)")
                }
            }
            let error = await #expect(throws: PostgresError.self) { try await work.value }
            #expect(error?.code == .cancelled)
            #expect(try await pool.query("SELECT 1 FROM t").rows.isEmpty)
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test(.enabled(if: TestServer.isOurs))
    func aServerThatSaysNothingIsGivenUpInTime() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
            $0.statementTimeout = .milliseconds(500)
        } _: { pool in
            let process = try await Self.process(pool)
            kill(process, SIGSTOP)
            defer { kill(process, SIGCONT) }
            let start = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.code == .timeout)
            #expect(error?.isConnectionLoss == true)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await Self.process(pool) != process)
        }
    }

    @Test(.enabled(if: TestServer.isOurs))
    func aCommitWithoutAnAnswerIsOfUnknownOutcome() async throws {
        try await TestServer.withPool {
            $0.statementTimeout = .milliseconds(500)
        } _: { pool in
            try await pool.execute("CREATE TABLE t (n bigint)")
            let stopped = Stopped()
            defer { stopped.resume() }
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    let process = try await transaction.query("SELECT pg_backend_pid()").first?.decode(Int32.self)
                    stopped.stop(try #require(process))
                }
            }
            #expect(error?.code == .commitOutcomeUnknown)
            #expect(error?.isRetryable == false)
            #expect(pool.statistics.discarded == 1)
        }
    }

    @Test(.enabled(if: TestServer.isOurs))
    func aCancelledStatementOfAStoppedServerIsGivenUpInTime() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
            $0.statementTimeout = .seconds(60)
        } _: { pool in
            let stopped = Stopped()
            defer { stopped.resume() }
            stopped.stop(try await Self.process(pool))
            let work = Task { try await pool.query("SELECT 1") }
            while pool.statistics.leased == 0 { await Task.yield() }
            let start = ContinuousClock.now
            work.cancel()
            let error = await #expect(throws: PostgresError.self) { try await work.value }
            #expect(error?.code == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(4))
        }
    }

    @Test func connectionsLeaveNoThreadAndNoDescriptorBehind() async throws {
        guard let administrator = TestServer.administrator else { return }
        func connectAndClose(_ count: Int) async throws {
            for number in 0..<count {
                let connection = try await PostgresConnection.connect(administrator)
                #expect(try await connection.query("SELECT 1").rows.count == 1)
                if number.isMultiple(of: 2) { await connection.close() }
            }
        }
        try await connectAndClose(5)
        let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        try await connectAndClose(60)
        // Other suites run beside this one, with a handful of connections of three descriptors each.
        var after = Int.max
        let deadline = ContinuousClock.now + .seconds(20)
        while after > before + 40, ContinuousClock.now < deadline {
            after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            await Task.yield()
        }
        #expect(after <= before + 40)
    }

    @Test func nobodyListeningIsSaidInTimeAndWithItsReason() async throws {
        guard var administrator = TestServer.administrator else { return }
        administrator.port = 9
        administrator.acquireTimeout = .milliseconds(400)
        let pool = PostgresPool(configuration: administrator, logger: TestServer.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await pool.run() }
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.code == .connection)
            #expect(pool.statistics.failures > 1)
            group.cancelAll()
        }
    }

    @Test func aWrongPasswordIsAConnectionError() async throws {
        guard var administrator = TestServer.administrator else { return }
        administrator.password = "wrong"
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(administrator) }
        #expect(error?.code == .connection)
    }
}

/// Remembers a stopped process, so that it is let go whatever happens.
private final class Stopped: Sendable {
    private let process = NIOLockedValueBox<Int32>(0)

    func stop(_ process: Int32) {
        self.process.withLockedValue { $0 = process }
        kill(process, SIGSTOP)
    }

    func resume() {
        let process = self.process.withLockedValue { $0 }
        if process > 0 { kill(process, SIGCONT) }
    }
}
