import FoundationEssentials
import Glibc
import Logging
import NIOConcurrencyHelpers
import Redis
import ServiceLifecycle
import TestSupport
import Testing

/// A Redis process of one test, which may be stopped, killed and started again.
final class PrivateServer: Sendable {
    static let executable = "/usr/bin/redis-server"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: Self.executable) }

    static let logger: Logger = {
        var logger = Logger(label: "redis-tests")
        logger.logLevel = .critical
        return logger
    }()

    let port: Int
    let password: String
    private let isDurable: Bool
    let directory: String
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
    static func withServer<T>(
        password: String = "geheim-4711", durable: Bool = true, _ body: (PrivateServer) async throws -> T
    ) async throws -> T {
        let server = try PrivateServer(password: password, isDurable: durable)
        try server.start()
        let result: Result<T, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.kill()
        try? FileManager.default.removeItem(atPath: server.directory)
        return try result.get()
    }

    func start() throws {
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

    func kill() async {
        guard let process = self.process.withLockedValue({ $0 }) else { return }
        process.signal(SIGKILL)
        _ = await process.ending()
    }

    /// Ends every connection there is, as somebody with the password may.
    func cutConnections() async throws {
        let process = try ServiceStandProcess.start(
            "/usr/bin/redis-cli", ["-p", "\(self.port)", "CLIENT", "KILL", "TYPE", "normal"],
            environment: ["REDISCLI_AUTH": self.password], outputFile: "\(self.directory)/cli.log")
        #expect(await process.ending() == .exited(0))
    }

    /// Stands still: sockets stay open, and the system still accepts connections.
    func pause() { self.process.withLockedValue { $0?.signal(SIGSTOP) } }
    func resume() { self.process.withLockedValue { $0?.signal(SIGCONT) } }

    func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
        // The machine that runs all tests at once is slower than any a county would buy.
        var configuration = RedisConfiguration(
            port: self.port, password: self.password, commandTimeout: .seconds(5))
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return configuration
    }

    /// Lends a client that runs and is connected.
    func withClient<T: Sendable>(
        scripts: [RedisScript] = [], _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> T
    ) async throws -> T {
        let client = RedisClient(
            configuration: self.configuration(change), scripts: scripts, logger: Self.logger)
        return try await client.running {
            _ = await client.nextConnection()
            return try await body(client)
        }
    }
}

extension RedisClient {
    /// Runs beside `body` and is cancelled after it.
    func running<T>(_ body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            let result: Result<T, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// Waits until there is a connection, of a later generation where one is given.
    func nextConnection(after generation: Int = 0) async -> RedisServerIdentity? {
        for await event in self.events() {
            if case .connected(let identity) = event, identity.generation > generation { return identity }
        }
        return nil
    }

    /// The error of a command, nil where it was carried out.
    func failure(of command: RedisCommand, to server: RedisServerIdentity? = nil) async -> RedisError? {
        do throws(RedisError) {
            try await self.send(command, to: server)
            return nil
        } catch {
            return error
        }
    }
}
