import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Connections to one database, shared by everybody in the process.
///
/// Nothing works until ``run()`` does: it opens connections as they are needed, reconnects with a growing, jittered
/// pause, and on graceful shutdown ends after the leased connections came back. Whoever finds no free connection waits
/// in order, at most ``PostgresConfiguration/acquireTimeout``.
///
/// - Important: Do not ask the pool for a second connection while holding one. When all do, all wait.
package final class PostgresPool: Service, Sendable {
    /// The pool in numbers.
    package struct Statistics: Sendable, Hashable {
        /// Connections in somebody's hands.
        package var leased = 0
        /// Connections at rest.
        package var idle = 0
        /// Connections being made.
        package var opening = 0
        /// Tasks waiting for a connection.
        package var waiting = 0
        /// Attempts to connect that failed since the last one that succeeded; 0 means the server was there.
        package var failures = 0
        /// Connections made since the start.
        package var opened = 0
        /// Connections thrown away since the start.
        package var discarded = 0
        /// Waits that ended without a connection since the start.
        package var refused = 0

        /// True when at least one connection stands and the last attempt to make one did not fail.
        package var isConnected: Bool { self.failures == 0 && self.leased + self.idle > 0 }
    }

    typealias Outcome = Result<PostgresConnection, PostgresError>
    typealias Waiter = CheckedContinuation<Outcome, Never>

    /// What ``run()`` is asked to do.
    enum Command {
        case open(count: Int, pause: Duration)
        case watch
        case drain
    }

    struct State: Sendable {
        var machine: PoolStateMachine<PostgresConnection, Waiter>
        var opened = 0
        var discarded = 0
        var refused = 0
        var nextWaiter: UInt64 = 0
        /// Why the last attempt to connect failed; told to those who wait in vain.
        var lastFailure: PostgresError?
        /// No attempt before this instant.
        var retryAt: ContinuousClock.Instant?
    }

    package let configuration: PostgresConfiguration
    let logger: Logger
    let state: NIOLockedValueBox<State>
    let commands: AsyncStream<Command>
    let orders: AsyncStream<Command>.Continuation

    /// - Parameter logger: Told of connections made and lost, never of statements or values.
    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.state = NIOLockedValueBox(State(machine: PoolStateMachine(size: configuration.poolSize)))
        (self.commands, self.orders) = AsyncStream.makeStream()
    }

    // MARK: - Work

    /// Runs one statement, a transaction by itself.
    package func query(_ sql: SQL) async throws(PostgresError) -> PostgresResult {
        let connection = try await self.acquire()
        do {
            let result = try await connection.query(sql)
            self.release(connection)
            return result
        } catch {
            self.release(connection)
            throw error
        }
    }

    /// Runs one statement and tells how many rows it touched.
    @discardableResult
    package func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await self.query(sql).affected
    }

    /// Lends a connection to `body`. A transaction that `body` leaves open is rolled back.
    ///
    /// Settings changed with `SET` stay: use `SET LOCAL` in a transaction.
    @discardableResult
    package func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let connection = try await self.acquire()
        do {
            let value = try await body(connection)
            if !connection.isReusable { await connection.reset() }
            self.release(connection)
            return value
        } catch {
            if !connection.isReusable { await connection.reset() }
            self.release(connection)
            throw error
        }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// `body` runs once, on the connection's own thread; whoever wants to repeat it on ``PostgresError/isRetryable`` calls
    /// again.
    /// - Throws: what `body` throws; `commitOutcomeUnknown` when `COMMIT` was sent and its answer lost; `server` with
    ///   25P02 when `body` swallowed the failure of a statement.
    @discardableResult
    package func withTransaction<T: Sendable>(
        isolation: PostgresIsolation = .readCommitted, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let connection = try await self.acquire()
        defer { self.release(connection) }
        return try await connection.transact(isolation, body)
    }

    /// Runs `body` in a transaction, as above, and sends the statements it returns together with `COMMIT`: one round trip
    /// for both, and none between them in which others wait for the rows it has locked.
    ///
    /// - Parameter body: Its `finish` is called with one result for each of `last` when all is committed.
    package func withPipelinedCommit<T: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        _ body: @Sendable (PostgresTransaction) async throws -> (last: [SQL], finish: ([PostgresResult]) -> T)
    ) async throws -> T {
        let connection = try await self.acquire()
        defer { self.release(connection) }
        return try await connection.transact(isolation, endingWith: body)
    }

    /// The pool in numbers, at this moment.
    package var statistics: Statistics {
        self.state.withLockedValue { state in
            Statistics(
                leased: state.machine.leased, idle: state.machine.idleCount, opening: state.machine.opening,
                waiting: state.machine.waitingCount, failures: state.machine.failures, opened: state.opened,
                discarded: state.discarded, refused: state.refused)
        }
    }
}
