/// What went wrong between this process and PostgreSQL.
///
/// ``message`` is the server's own text and may quote values of a row; ``description`` never does, so that an error may
/// be logged as it is.
package struct PostgresError: Error, Sendable {
    /// The kind of failure.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The connection could not be made, or is gone. Nothing is known to have been applied.
        case connection
        /// The server refused the statement; ``PostgresError/sqlState`` says why.
        case server
        /// A bound was reached: statement, connecting, or waiting for a free connection.
        case timeout
        /// The task was cancelled. The statement had no effect, or its transaction has been rolled back.
        case cancelled
        /// A column does not hold what was asked for.
        case decoding
        /// The pool is shutting down, or was never run.
        case poolClosed
        /// `COMMIT` was sent and its answer never came: the transaction may or may not have been applied.
        case commitOutcomeUnknown
    }

    package let code: Code
    /// The five-character code of the SQL standard's appendix, when the server gave one.
    package let sqlState: String?
    /// The constraint that was violated.
    package let constraint: String?
    /// What happened, for a person with access to the data. Not for logs.
    package let message: String
    /// True when the connection the statement ran on is unusable afterwards.
    package let isConnectionLoss: Bool

    package init(
        _ code: Code, _ message: String, sqlState: String? = nil, constraint: String? = nil,
        isConnectionLoss: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.isConnectionLoss = isConnectionLoss ?? (code == .connection || code == .commitOutcomeUnknown)
    }

    /// True when the same work, done again from its beginning, may succeed without anybody changing anything.
    ///
    /// ``Code/commitOutcomeUnknown`` is not: the caller must first find out what happened, or be idempotent.
    package var isRetryable: Bool {
        switch self.code {
        case .connection, .timeout: return true
        case .cancelled, .decoding, .poolClosed, .commitOutcomeUnknown: return false
        case .server:
            guard let sqlState = self.sqlState else { return false }
            // 40: serialisation failure and deadlock. 53: out of memory, disk or connections. 55P03: lock not available.
            // 57P: shutting down or starting. 08: protocol and connection.
            return sqlState.hasPrefix("40") || sqlState.hasPrefix("53") || sqlState.hasPrefix("08")
                || sqlState.hasPrefix("57P") || sqlState == "55P03" || self.isStalePlan
        }
    }

    /// True for a violated unique constraint (or the one named).
    package func isUniqueViolation(of constraint: String? = nil) -> Bool {
        self.sqlState == "23505" && (constraint == nil || constraint == self.constraint)
    }

    /// The prepared statement no longer fits the tables, or is gone; preparing it again mends it.
    var isStalePlan: Bool {
        self.sqlState == "26000" || (self.sqlState == "0A000" && self.message.contains("cached plan"))
    }

    /// A short, bounded word for metrics.
    package var metricLabel: String {
        self.code == .server ? "server_\(self.sqlState ?? "unknown")" : self.code.rawValue
    }

    /// The same failure, seen by somebody whose connection is lost with it.
    func losingConnection() -> PostgresError {
        PostgresError(
            self.code, self.message, sqlState: self.sqlState, constraint: self.constraint, isConnectionLoss: true)
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = "PostgreSQL \(self.code.rawValue)"
        if let sqlState = self.sqlState { text += " \(sqlState)" }
        if let constraint = self.constraint { text += " (constraint \(constraint))" }
        // Class 22 (data exception) and P0 (raised by our own functions) quote values: 'invalid input syntax for …: "…"'.
        let quotesData = self.sqlState.map { $0.hasPrefix("22") || $0.hasPrefix("P0") } ?? false
        if !quotesData { text += ": \(self.message)" }
        return text
    }

    package var debugDescription: String { self.description }
}
