import NIOConcurrencyHelpers
import PollExecutor

/// One session with the server, on a thread of its own.
///
/// Its methods do not suspend inside an exchange: they wait in `poll(2)` on that thread, always with a deadline, so that
/// two callers can never mix their answers. Cancelling the calling task stops the statement at the server and leaves the
/// session usable; where the server does not react within 2 s the session is dropped instead.
///
/// After an error with ``PostgresError/isConnectionLoss`` every call fails at once. A connection is used alone
/// (``connect(_:)`` … ``close()``, for tools and for `CREATE DATABASE`) or comes out of a ``PostgresPool``.
package actor PostgresConnection {
    /// What others may know of the session without waiting for its thread.
    struct Session {
        var descriptor: CInt = -1
        var transaction: PostgresHandle.Transaction = .unknown
        var isOpen = false
    }

    /// How long a server may take, beyond its own bound, to say that a bound was reached, or that it has cancelled.
    static let grace: Duration = .seconds(2)

    package nonisolated let configuration: PostgresConfiguration
    nonisolated let executor: PollExecutor
    nonisolated let session = NIOLockedValueBox(Session())
    nonisolated let wake: PostgresWakeHandle
    var handle: PostgresHandle?
    var statements = StatementCache()
    var requests: UInt64 = 0
    /// True when the last exchange failed before a byte of it left.
    var nothingWasSent = false
    /// A request to stop the present statement, on its way to the server.
    var cancelRequest: PostgresCancelHandle?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe self.executor.asUnownedSerialExecutor()
    }

    /// Connects and authenticates.
    /// - Throws: `connection` with the reason, `timeout` after ``PostgresConfiguration/connectTimeout``, `cancelled`.
    package static func connect(
        _ configuration: PostgresConfiguration
    ) async throws(PostgresError) -> PostgresConnection {
        let connection = try PostgresConnection(configuration)
        try await connection.open()
        return connection
    }

    private init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        self.configuration = configuration
        self.wake = try PostgresWakeHandle()
        self.executor = PollExecutor(name: "postgresql")
    }

    deinit {
        // Nobody holds the actor any more, so nobody can enqueue on its thread either.
        self.executor.stop()
    }

    /// Ends the session. Calling it again does nothing.
    package func close() {
        self.drop()
    }

    // MARK: - Statements

    /// Runs one statement. Outside a transaction it is one by itself.
    package func query(_ sql: SQL) async throws(PostgresError) -> PostgresResult {
        try await self.batch([sql])[0]
    }

    /// Runs one statement and tells how many rows it touched.
    @discardableResult
    package func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await self.query(sql).affected
    }

    /// Runs several statements in one round trip, as one implicit transaction when none is open.
    /// - Returns: One result for each statement.
    package func batch(_ statements: [SQL]) async throws(PostgresError) -> [PostgresResult] {
        let isAlone = self.handle?.transaction == PostgresHandle.Transaction.none
        do {
            return try await self.perform(statements)
        } catch  where error.isStalePlan && isAlone {
            // A table was altered under a prepared statement. Nothing was applied, and preparing again mends it.
            return try await self.perform(statements)
        }
    }

    /// Runs a text of many statements without binds, as `psql` would: one implicit transaction unless it says otherwise.
    /// - Parameter timeout: The bound on this side; the server's own is the session's `statement_timeout`.
    package func executeScript(_ text: String, timeout: Duration? = nil) async throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw Self.nulByte }
        let bound = (timeout ?? self.configuration.statementTimeout) + Self.grace
        try await self.cancellable { () throws(PostgresError) in
            try self.exchangeScript(text, bound: bound)
        }
    }

    // MARK: - Transactions

    /// Runs `body` in a transaction; see ``PostgresPool/withTransaction(isolation:_:)``.
    @discardableResult
    package func withTransaction<T: Sendable>(
        isolation: PostgresIsolation = .readCommitted, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await self.transact(isolation, body)
    }

    /// Statements of a transaction; the first ones bring its `BEGIN` along in the same round trip.
    func perform(_ statements: [SQL], in scope: TransactionScope) async throws(PostgresError) -> [PostgresResult] {
        let transaction = self.handle?.transaction ?? .unknown
        switch scope.phase {
        case .ended:
            throw PostgresError(.server, "the transaction has ended", sqlState: "25P01")
        case .pending where transaction == .none:
            defer { self.notice(scope) }
            return try await Array(self.perform([scope.isolation.begin] + statements).dropFirst())
        case .pending where transaction != .unknown:
            throw PostgresError(.server, "a transaction is open already", sqlState: "25001")
        case .begun where transaction == .none:
            throw PostgresError(.server, "a statement has ended the transaction", sqlState: "25P01")
        case .pending, .begun:
            return try await self.perform(statements, bound: scope.bound)
        }
    }

    private func notice(_ scope: TransactionScope) {
        if let transaction = self.handle?.transaction, transaction != .none { scope.begin() }
    }

    /// Ends a transaction with `COMMIT`, whether or not the task has been cancelled meanwhile.
    /// - Parameter last: Statements that travel in the same round trip, before the `COMMIT`. Where one fails, nothing is
    ///   committed.
    /// - Returns: One result for each of them.
    @discardableResult
    func commit(_ scope: TransactionScope, after last: [SQL] = []) throws(PostgresError) -> [PostgresResult] {
        var statements = last
        switch scope.end() {
        case .ended: return []
        case .pending where last.isEmpty: return []
        case .pending: statements.insert(scope.isolation.begin, at: 0)
        case .begun: break
        }
        let leading = statements.count - last.count
        statements.append("COMMIT")
        do throws(PostgresError) {
            let bound = scope.bound.map { $0 + Self.grace } ?? self.bound
            let results = try self.exchange(statements, bound: bound)
            // COMMIT of a transaction with a failed statement is answered by ROLLBACK, and that is no error to the server.
            guard results.last?.tag == "COMMIT" else {
                throw PostgresError(.server, "rolled back: a statement of it had failed", sqlState: "25P02")
            }
            return Array(results.dropFirst(leading).dropLast())
        } catch {
            guard error.isConnectionLoss, !self.nothingWasSent else { throw error }
            throw PostgresError(.commitOutcomeUnknown, error.message, sqlState: error.sqlState)
        }
    }

    /// Ends a transaction with `ROLLBACK`, whether or not the task has been cancelled. A session on which that fails is
    /// dropped, which comes to the same.
    func rollback(_ scope: TransactionScope) {
        if scope.end() == .begun { self.reset() }
    }

    /// Leaves no transaction open.
    func reset() {
        guard let transaction = self.handle?.transaction, transaction != .none else { return }
        do {
            _ = try self.exchange(["ROLLBACK"], bound: self.bound)
        } catch {
            self.drop()
        }
    }

    // MARK: - For the pool

    /// True when the session is open and in no transaction.
    nonisolated var isReusable: Bool {
        self.session.withLockedValue { $0.isOpen && $0.transaction == .none }
    }

    /// True when an idle session's socket is silent, as it should be. One system call, on the caller's thread.
    nonisolated var isQuiet: Bool {
        let descriptor = self.session.withLockedValue { $0.isOpen ? $0.descriptor : -1 }
        return descriptor >= 0 && PostgresHandle.isQuiet(descriptor)
    }

    /// Takes in what a session sent unasked: a changed setting, or its end.
    func settle() {
        // A session that ends says why before its socket closes: only the second look finds the end.
        for _ in 0..<16 where !self.isQuiet {
            do { try self.handle?.consume() } catch { self.drop() }
            if self.handle?.isBroken ?? true { self.drop() }
        }
    }

    // MARK: - The end

    /// Drops the session and gives the error to throw for it.
    func lost(_ error: PostgresError? = nil) -> PostgresError {
        let error = error ?? PostgresError(.connection, self.handle?.lastError ?? "")
        self.drop()
        return error.losingConnection()
    }

    func drop() {
        self.session.withLockedValue { $0 = Session() }
        self.handle = nil
        self.cancelRequest = nil
        self.statements = StatementCache()
    }

    func publish() {
        guard let descriptor = self.handle?.descriptor, let transaction = self.handle?.transaction else { return }
        self.session.withLockedValue {
            $0 = Session(descriptor: descriptor, transaction: transaction, isOpen: true)
        }
    }
}
