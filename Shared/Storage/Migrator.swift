import Logging
import PostgreSQL

/// Brings a database to the schema of this program.
///
/// Several instances may start at once: an advisory lock of the database lets one of them work at a time, and the others
/// then find nothing left to do. Each step commits together with its line in `schema_migration`, so a process killed in
/// the middle leaves whole steps behind.
package struct Migrator: Sendable {
    /// "youdai" in ASCII: the same in every program of the project, and the lock is per database anyway.
    private static let lock: Int64 = 0x796F_7564_6169
    /// A step on a large table may take long; waiting for another instance too.
    private static let patience: Duration = .seconds(900)

    private enum Database: Sendable {
        case pool(PostgresPool)
        case connection(PostgresConnection)
    }

    private let database: Database
    private let service: String
    private let migrations: [Migration]
    private let logger: Logger

    /// - Parameter pool: A pool that is running, or about to.
    package init(
        pool: PostgresPool, service: String, migrations: [Migration], logger: Logger = Logger(label: "migrator")
    ) {
        self.database = .pool(pool)
        self.service = service
        self.migrations = migrations
        self.logger = logger
    }

    /// - Parameter connection: A connection nobody else uses meanwhile.
    package init(
        connection: PostgresConnection, service: String, migrations: [Migration],
        logger: Logger = Logger(label: "migrator")
    ) {
        self.database = .connection(connection)
        self.service = service
        self.migrations = migrations
        self.logger = logger
    }

    /// Applies what is missing, step by step.
    /// - Returns: The steps applied now.
    /// - Throws: ``MigrationError``; `PostgresError` of the step that failed, which left nothing behind.
    @discardableResult
    package func migrate() async throws -> [Migration] {
        let plan = try MigrationPlan(self.migrations)
        return try await self.withConnection { connection in
            try await self.applyAll(plan, on: connection)
        }
    }

    /// What ``migrate()`` would apply. Changes nothing.
    package func pending() async throws -> [Migration] {
        let plan = try MigrationPlan(self.migrations)
        return try await self.withConnection { connection in
            let exists = try await connection.query("SELECT to_regclass('schema_migration') IS NOT NULL")
            guard try exists.first?.decode(Bool.self) ?? false else { return try plan.pending(after: []) }
            return try plan.pending(after: Self.applied(await connection.query(Self.select)))
        }
    }

    private static let select: SQL = "SELECT version, checksum FROM schema_migration"

    private func applyAll(_ plan: MigrationPlan, on connection: PostgresConnection) async throws -> [Migration] {
        var applied: [Migration] = []
        while let step = try await self.applyNext(plan, on: connection) { applied.append(step) }
        return applied
    }

    /// The next step, chosen and applied under the lock. `nil` when none is left.
    private func applyNext(_ plan: MigrationPlan, on connection: PostgresConnection) async throws -> Migration? {
        try await connection.withTransaction { transaction -> Migration? in
            let milliseconds = "\(Self.patience.components.seconds * 1000)"
            try await transaction.batch([
                "SET LOCAL statement_timeout = \(unsafe: milliseconds)",
                "SET LOCAL lock_timeout = \(unsafe: milliseconds)",
            ])
            try await Self.takeLock(transaction)
            try await transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    version bigint PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """)
            let applied = try await Self.applied(transaction.query(Self.select))
            guard let step = try plan.pending(after: applied).first else { return nil }
            try await Self.apply(step, transaction)
            self.logger.info(
                "migration applied",
                metadata: ["service": "\(self.service)", "version": "\(step.version)", "name": "\(step.name)"])
            return step
        }
    }

    private static func apply(_ step: Migration, _ transaction: PostgresTransaction) async throws {
        let note: SQL = """
            INSERT INTO schema_migration (version, name, checksum)
            VALUES (\(step.version), \(step.name), \(step.checksum))
            """
        do throws(PostgresError) {
            try await transaction.executeScript(step.sql, timeout: Self.patience)
            try await transaction.execute(note)
        } catch {
            if error.sqlState == "25P01" {
                throw MigrationError(.endedTransaction, version: step.version, name: step.name)
            }
            throw error
        }
    }

    /// Waits for another instance by asking again: each question is short, so a server that stops is noticed.
    private static func takeLock(_ transaction: PostgresTransaction) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let answer = try await transaction.query("SELECT pg_try_advisory_xact_lock(\(Self.lock))")
            if try answer.first?.decode(Bool.self) ?? false { return }
            guard ContinuousClock.now < deadline else {
                throw PostgresError(.timeout, "another instance has been migrating the database for too long")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func applied(_ result: PostgresResult) throws(PostgresError) -> [MigrationPlan.Applied] {
        var applied: [MigrationPlan.Applied] = []
        for row in result.rows {
            let (version, checksum) = try row.decode(Int.self, String.self)
            applied.append(MigrationPlan.Applied(version: version, checksum: checksum))
        }
        return applied
    }

    private func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        switch self.database {
        case .pool(let pool): try await pool.withConnection(body)
        case .connection(let connection): try await body(connection)
        }
    }
}
