import FoundationEssentials
import Glibc
import Logging
import NIOConcurrencyHelpers
import Redis
import ServiceLifecycle

/// A Redis process of one test, which may be stopped, killed and started again.
package final class PrivateRedis: Sendable {
    package static let executable = "/usr/bin/redis-server"
    package static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: Self.executable) }

    package static let logger: Logger = {
        var logger = Logger(label: "redis-tests")
        logger.logLevel = .critical
        return logger
    }()

    package let port: Int
    package let password: String
    private let isDurable: Bool
    package let directory: String
    private let process = NIOLockedValueBox<ServiceStandProcess?>(nil)

    private init(password: String, isDurable: Bool) throws {
        self.isDurable = isDurable
        var ports = ServiceStandPorts()
        self.port = try ports.next()
        self.password = password
        self.directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
    }

    /// - Parameter durable: With an append-only file, so that what it knew is there again after ``kill()``.
    package static func withServer<T>(
        password: String = "geheim-4711", durable: Bool = true, _ body: (PrivateRedis) async throws -> T
    ) async throws -> T {
        let server = try PrivateRedis(password: password, isDurable: durable)
        try server.start()
        let result: Result<T, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.kill()
        try? FileManager.default.removeItem(atPath: server.directory)
        return try result.get()
    }

    package func start() throws {
        var arguments = [
            "--port", "\(self.port)", "--bind", "127.0.0.1", "--dir", self.directory, "--save", "", "--appendonly",
            self.isDurable ? "yes" : "no", "--appendfsync", "always",
        ]
        if !self.password.isEmpty { arguments += ["--requirepass", self.password] }
        let process = try ServiceStandProcess.start(
            Self.executable, arguments, environment: ["PATH": "/usr/bin:/bin"],
            outputFile: "\(self.directory)/redis.log")
        self.process.withLockedValue { $0 = process }
    }

    package func kill() async {
        guard let process = self.process.withLockedValue({ $0 }) else { return }
        process.signal(SIGKILL)
        _ = await process.ending()
    }

    /// Ends every connection there is, as somebody with the password may.
    package func cutConnections() async throws {
        let process = try ServiceStandProcess.start(
            "/usr/bin/redis-cli", ["-p", "\(self.port)", "CLIENT", "KILL", "TYPE", "normal"],
            environment: ["REDISCLI_AUTH": self.password], outputFile: "\(self.directory)/cli.log")
        guard await process.ending() == .exited(0) else {
            throw ServiceStandError("redis-cli could not cut the connections")
        }
    }

    /// Stands still: sockets stay open, and the system still accepts connections.
    package func pause() { self.process.withLockedValue { $0?.signal(SIGSTOP) } }
    package func resume() { self.process.withLockedValue { $0?.signal(SIGCONT) } }

    package func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
        // The machine that runs all tests at once is slower than any a county would buy.
        var configuration = RedisConfiguration(
            port: self.port, password: self.password, commandTimeout: .seconds(5))
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return configuration
    }
}
