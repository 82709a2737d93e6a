import FoundationEssentials
import Glibc
import Logging
import PostgreSQL
import ServiceLifecycle

/// The server the tests use: named by the environment, or the test installation's.
enum TestServer {
    /// How to reach it as one who may create databases; `nil` when there is none.
    static let administrator: PostgresConfiguration? = {
        var settings = ProcessInfo.processInfo.environment
        if settings["DATABASE_PORT"] == nil,
            let file = try? String(contentsOfFile: ".run/test/config/operations.env", encoding: .utf8)
        {
            for line in file.split(separator: "\n") where !line.hasPrefix("#") {
                let parts = line.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { settings[String(parts[0])] = String(parts[1]) }
            }
        }
        guard let port = settings["DATABASE_PORT"].flatMap(Int.init) else { return nil }
        let host = settings["DATABASE_HOST"] ?? "127.0.0.1"
        // These tests end sessions and create databases: never on somebody else's server.
        guard ["127.0.0.1", "localhost", "::1"].contains(host) else { return nil }
        return PostgresConfiguration(
            host: host, port: port, database: "postgres",
            user: settings["DATABASE_ADMIN_USER"] ?? settings["DATABASE_USER"] ?? "postgres",
            password: settings["DATABASE_ADMIN_PASSWORD"] ?? settings["DATABASE_PASSWORD"] ?? "", poolSize: 4,
            statementTimeout: .seconds(5), lockTimeout: .seconds(2), applicationName: "youdai-tests")
    }()

    static var isAvailable: Bool { self.administrator != nil }

    /// The tests that stop a server process need it on this machine and the right to signal it.
    static var isOurs: Bool { self.isAvailable && getuid() == 0 }

    /// Lends a fresh database.
    static func withDatabase<T>(
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresConfiguration) async throws -> T
    ) async throws -> T {
        guard let administrator = Self.administrator else { throw PostgresError(.connection, "no test server") }
        let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let connection = try await PostgresConnection.connect(administrator)
        try await connection.execute("CREATE DATABASE \(identifier: name)")
        await connection.close()
        var configuration = administrator
        configuration.database = name
        adjust(&configuration)
        let result: Result<T, any Error>
        do { result = .success(try await body(configuration)) } catch { result = .failure(error) }
        // A connection of its own: the body may have ended every session there was.
        let cleaner = try await PostgresConnection.connect(administrator)
        try await cleaner.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
        await cleaner.close()
        return try result.get()
    }

    /// Lends a running pool on a fresh database.
    static func withPool<T: Sendable>(
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (PostgresPool) async throws -> T
    ) async throws -> T {
        try await Self.withDatabase(adjust) { configuration in
            let pool = PostgresPool(configuration: configuration, logger: Self.logger)
            return try await withThrowingTaskGroup(of: T?.self) { group in
                group.addTask {
                    try await pool.run()
                    return nil
                }
                group.addTask { try await body(pool) }
                var value: T?
                while value == nil, let next = try await group.next() { value = next }
                group.cancelAll()
                guard let value else { throw CancellationError() }
                return value
            }
        }
    }

    static let logger: Logger = {
        var logger = Logger(label: "tests")
        logger.logLevel = .error
        return logger
    }()
}
