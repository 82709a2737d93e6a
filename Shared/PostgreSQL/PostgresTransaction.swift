import NIOConcurrencyHelpers

/// How much a transaction sees of others.
package enum PostgresIsolation: Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted
    /// Every statement sees the same instant.
    case repeatableRead
    /// As if transactions ran one after another; be ready to repeat it (40001).
    case serializable
    /// One instant, and no writing: for reports and comparisons.
    case snapshot

    var begin: SQL {
        switch self {
        case .readCommitted: "BEGIN"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        }
    }
}

/// Where a transaction is: shared by everyone who holds a copy of its ``PostgresTransaction``.
final class TransactionScope: Sendable {
    enum Phase {
        /// Nothing has been sent: `BEGIN` goes with the first statement.
        case pending
        case begun
        case ended
    }

    let isolation: PostgresIsolation
    private let state = NIOLockedValueBox(Phase.pending)
    private let allowed = NIOLockedValueBox<Duration?>(nil)

    init(_ isolation: PostgresIsolation) {
        self.isolation = isolation
    }

    /// How long its statements may take instead of the session's own bound; nil for that one.
    var bound: Duration? {
        get { self.allowed.withLockedValue { $0 } }
        set { self.allowed.withLockedValue { $0 = newValue } }
    }

    var phase: Phase { self.state.withLockedValue { $0 } }

    func begin() {
        self.state.withLockedValue { if $0 == .pending { $0 = .begun } }
    }

    /// Ends it, and tells where it was.
    func end() -> Phase {
        self.state.withLockedValue { phase in
            defer { phase = .ended }
            return phase
        }
    }
}

/// A transaction, valid inside the closure it was given to; afterwards every call is refused.
///
/// `BEGIN` travels with the first statement, so a transaction without one costs nothing.
package struct PostgresTransaction: Sendable {
    fileprivate let connection: PostgresConnection
    fileprivate let scope: TransactionScope

    /// Runs one statement.
    package func query(_ sql: SQL) async throws(PostgresError) -> PostgresResult {
        try await self.connection.perform([sql], in: self.scope)[0]
    }

    /// Runs one statement and tells how many rows it touched.
    @discardableResult
    package func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await self.query(sql).affected
    }

    /// Runs several statements in one round trip. The first that fails fails the transaction; those after it do not run.
    /// - Returns: One result for each statement.
    @discardableResult
    package func batch(_ statements: [SQL]) async throws(PostgresError) -> [PostgresResult] {
        if statements.isEmpty { return [] }
        return try await self.connection.perform(statements, in: self.scope)
    }

    /// Lets each further statement of this transaction take so long, here and at the server, instead of the session's bound: for
    /// the few that touch every row of a large table. Cancelling the task still ends it at once.
    package func allow(_ bound: Duration) async throws(PostgresError) {
        try await self.execute("SELECT set_config('statement_timeout', \("\(bound.milliseconds)"), true)")
        self.scope.bound = bound
    }

    /// Runs a text of many statements without binds.
    /// - Parameter timeout: The bound on this side; the server's own is the session's `statement_timeout`.
    package func executeScript(_ text: String, timeout: Duration? = nil) async throws(PostgresError) {
        // Opens the transaction where nothing has yet, and refuses where it has ended.
        _ = try await self.connection.perform(["SELECT 1"], in: self.scope)
        try await self.connection.executeScript(text, timeout: timeout)
        _ = try await self.connection.perform(["SELECT 1"], in: self.scope)
    }

    /// Runs `body` such that its failure undoes only what `body` did. Not for concurrent use in one transaction.
    @discardableResult
    package func withSavepoint<T>(_ body: (PostgresTransaction) async throws -> T) async throws -> T {
        try await self.execute("SAVEPOINT inner_step")
        do {
            let value = try await body(self)
            try await self.execute("RELEASE SAVEPOINT inner_step")
            return value
        } catch {
            if Task.isCancelled { throw error }
            try await self.batch(["ROLLBACK TO SAVEPOINT inner_step", "RELEASE SAVEPOINT inner_step"])
            throw error
        }
    }
}

extension PostgresConnection {
    /// The life of a transaction. It runs on this connection's thread from its first statement to its last, `body`
    /// included, so that a statement costs no change of threads: two for the whole transaction instead of two for each.
    ///
    /// - Parameter body: Returns the statements that travel with `COMMIT` in one round trip, and what to make of their
    ///   results once they are committed.
    func transact<T: Sendable>(
        _ isolation: PostgresIsolation,
        endingWith body: @Sendable (PostgresTransaction) async throws -> (last: [SQL], finish: ([PostgresResult]) -> T)
    ) async throws -> T {
        let scope = TransactionScope(isolation)
        let last: [SQL]
        let finish: ([PostgresResult]) -> T
        do {
            (last, finish) = try await body(PostgresTransaction(connection: self, scope: scope))
        } catch {
            if scope.phase == .pending { _ = scope.end() } else { self.rollback(scope) }
            throw error
        }
        do {
            return finish(try self.commit(scope, after: last))
        } catch {
            self.reset()
            throw error
        }
    }

    func transact<T: Sendable>(
        _ isolation: PostgresIsolation, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await self.transact(isolation) { transaction in
            let value = try await body(transaction)
            return (last: [], finish: { _ in value })
        }
    }
}
