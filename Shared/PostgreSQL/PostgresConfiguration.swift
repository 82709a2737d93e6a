/// Where a database is, who asks, and how long anything may take.
///
/// Every duration is a bound on real (monotonic) time. Zero is not "for ever" anywhere: there is no wait without a bound.
package struct PostgresConfiguration: Sendable {
    /// Host name or address. A name is resolved on the connection's own thread; an address needs no resolver at all.
    package var host: String
    package var port: Int
    package var database: String
    package var user: String
    package var password: String
    /// The most connections a pool opens. Each one is a thread here and a process at the server.
    package var poolSize: Int
    /// The bound on connecting, handshake and authentication included.
    package var connectTimeout: Duration
    /// The server ends a statement after this long; a server that says nothing is given up 2 s later.
    package var statementTimeout: Duration
    /// The longest wait for a row or table lock; afterwards SQLSTATE 55P03, which is retryable.
    package var lockTimeout: Duration
    /// The server ends a session that holds a transaction open without saying anything for this long.
    package var idleInTransactionTimeout: Duration
    /// The longest wait for a free connection of a pool.
    package var acquireTimeout: Duration
    /// How long a pool that shuts down waits for the connections still leased.
    package var drainTimeout: Duration
    /// Shown in `pg_stat_activity`.
    package var applicationName: String

    package init(
        host: String = "127.0.0.1", port: Int = 5432, database: String, user: String, password: String,
        poolSize: Int = 8, connectTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(15),
        lockTimeout: Duration = .seconds(5), idleInTransactionTimeout: Duration = .seconds(30),
        acquireTimeout: Duration = .seconds(5), drainTimeout: Duration = .seconds(10),
        applicationName: String = "youdai"
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.poolSize = poolSize
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.acquireTimeout = acquireTimeout
        self.drainTimeout = drainTimeout
        self.applicationName = applicationName
    }

    /// The words libpq connects with.
    ///
    /// The session settings travel in `options`, so they cost no round trip and hold from the first statement on.
    var parameters: [(keyword: String, value: String)] {
        let settings = [
            ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("bytea_output", "hex"), ("client_min_messages", "error"),
            ("synchronous_commit", "on"), ("standard_conforming_strings", "on"),
            ("statement_timeout", "\(self.statementTimeout.milliseconds)"),
            ("lock_timeout", "\(self.lockTimeout.milliseconds)"),
            ("idle_in_transaction_session_timeout", "\(self.idleInTransactionTimeout.milliseconds)"),
            // Every statement here is the same for all its values; planning each anew costs more than running it. Where a
            // plan does depend on a value, the value stands in the text.
            ("plan_cache_mode", "force_generic_plan"), ("jit", "off"),
            // A killed client's statement would go on waiting for its locks, and hold those it has, without this.
            ("client_connection_check_interval", "2000"),
        ]
        return [
            (Self.isAddress(self.host) ? "hostaddr" : "host", self.host),
            ("port", "\(self.port)"), ("dbname", self.database), ("user", self.user), ("password", self.password),
            ("application_name", self.applicationName), ("client_encoding", "UTF8"),
            ("target_session_attrs", "read-write"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("options", settings.map { "-c \($0.0)=\($0.1)" }.joined(separator: " ")),
        ]
    }

    private static func isAddress(_ host: String) -> Bool {
        host.contains(":") || (!host.isEmpty && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) })
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Everything but the password.
    package var description: String { "\(self.user)@\(self.host):\(self.port)/\(self.database)" }
    package var debugDescription: String { self.description }
}

extension Duration {
    /// Whole milliseconds, rounded up and at least 1, because the server reads 0 as "no limit".
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return max(1, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
