import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import RabbitMQ

/// The five services as processes of this test run, with databases, queues, ports and a programme clock of their own.
///
/// There is one for all suites, started by whoever needs it first; ``ServiceStandGuard`` ends its processes.
package final class ServiceStand: Sendable {
    package static var isAvailable: Bool { ServiceStandInstallation.current != nil }

    private static let started = Task { try await ServiceStand.start() }
    package static func shared() async throws -> ServiceStand { try await Self.started.value }

    /// One running process of a service.
    package struct Instance: Sendable {
        package let service: ServiceName
        package let port: Int
        package let process: ServiceStandProcess
        package let caller: HTTPCaller
    }

    package let installation: ServiceStandInstallation
    /// Prefix of databases and queues, such as `itest_1a2b3c`; `youdai … --run` takes it.
    package let name: String
    package let directory: String
    package let clock: ServiceStandClock
    package let signer: TokenSigner
    private let ports = NIOLockedValueBox(ServiceStandPorts())
    private let instances = NIOLockedValueBox<[ServiceName: Instance]>([:])
    private let connections: NIOLockedValueBox<[ServiceName: PostgresConnection]>
    private let numbers = NIOLockedValueBox(0)
    let tokens = NIOLockedValueBox<[Principal: String]>([:])

    private init(
        _ installation: ServiceStandInstallation, name: String, directory: String, clock: ServiceStandClock,
        connections: [ServiceName: PostgresConnection]
    ) throws {
        self.installation = installation
        self.name = name
        self.directory = directory
        self.clock = clock
        self.signer = try installation.signer()
        self.connections = NIOLockedValueBox(connections)
    }

    private static func start() async throws -> ServiceStand {
        guard let installation = ServiceStandInstallation.current else {
            throw ServiceStandError("YOUDAI_TEST_CONFIG names no operations.env")
        }
        try await ServiceStandRemains.remove(installation)
        let name = "\(ServiceStandRemains.kind)_\(String(UInt32.random(in: 0x10_0000...0xff_ffff), radix: 16))"
        let directory = "\(installation.runDirectory)/rehearsals/\(name)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let clock = try ServiceStandClock(file: "\(directory)/clock")
        let administrator = try await PostgresConnection.connect(installation.administration())
        var connections: [ServiceName: PostgresConnection] = [:]
        for service in ServiceName.allCases {
            let database = "\(name)_\(service.rawValue)"
            try await administrator.execute(
                "CREATE DATABASE \(identifier: database) OWNER \(identifier: installation.role(of: service).user)")
            try await administrator.execute("REVOKE ALL ON DATABASE \(identifier: database) FROM PUBLIC")
            connections[service] = try await PostgresConnection.connect(installation.administration(database))
        }
        await administrator.close()
        let stand = try ServiceStand(
            installation, name: name, directory: directory, clock: clock, connections: connections)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in ServiceName.allCases {
                group.addTask {
                    let ending = try await stand.command(
                        service.rawValue, ["migrate"], stand.environment(of: service, port: 0))
                    guard ending.status == 0 else {
                        throw ServiceStandError("\(service) does not migrate: \(ending.errors)")
                    }
                    let instance = try await stand.startInstance(service)
                    stand.instances.withLockedValue { $0[service] = instance }
                    try await stand.waitUntilReady(instance)
                }
            }
            try await group.waitForAll()
        }
        return stand
    }

    // MARK: - Processes

    /// The instance all calls go to.
    package func instance(_ service: ServiceName) throws -> Instance {
        guard let instance = self.instances.withLockedValue({ $0[service] }) else {
            throw ServiceStandError("\(service) does not run")
        }
        return instance
    }

    /// A database connection to a service's database, as administrator.
    package func database(_ service: ServiceName) throws -> PostgresConnection {
        guard let connection = self.connections.withLockedValue({ $0[service] }) else {
            throw ServiceStandError("no connection to \(service)")
        }
        return connection
    }

    /// Connects anew, after a test has killed the database server.
    package func reconnect() async throws {
        for service in ServiceName.allCases {
            let connection = try await PostgresConnection.connect(
                self.installation.administration("\(self.name)_\(service.rawValue)"))
            self.connections.withLockedValue { $0[service] = connection }
        }
    }

    /// 0, 1, 2 …: what synthetic people are told apart by.
    package func nextNumber() -> Int {
        self.numbers.withLockedValue { number in
            defer { number += 1 }
            return number
        }
    }

    /// How many ``nextNumber()`` has given out.
    package var numbersGiven: Int { self.numbers.withLockedValue { $0 } }

    package func freePort() throws -> Int { try self.ports.withLockedValue { try $0.next() } }

    /// What a service of this stand is configured with.
    package func environment(of service: ServiceName, port: Int, instance: String = "1") -> [String: String] {
        let role = self.installation.role(of: service)
        return [
            "PATH": "/usr/bin:/bin", "SERVICE_INSTANCE": instance, "PROCESS_PARENT": "\(getpid())",
            "HTTP_HOST": "127.0.0.1", "HTTP_PORT": "\(port)",
            "DATABASE_HOST": self.installation["DATABASE_HOST"], "DATABASE_PORT": self.installation["DATABASE_PORT"],
            "DATABASE_NAME": "\(self.name)_\(service.rawValue)", "DATABASE_USER": role.user,
            "DATABASE_PASSWORD": role.password, "DATABASE_POOL_SIZE": "4", "AMQP_HOST": self.installation["AMQP_HOST"],
            "AMQP_PORT": self.installation["AMQP_PORT"], "AMQP_USER": self.installation["AMQP_USER"],
            "AMQP_PASSWORD": self.installation["AMQP_PASSWORD"], "MESSAGING_NAMESPACE": self.name,
            "REDIS_HOST": self.installation["REDIS_HOST"], "REDIS_PORT": self.installation["REDIS_PORT"],
            "REDIS_PASSWORD": self.installation["REDIS_PASSWORD"],
            "PROGRAMME_FILE": self.installation.programmeFile, "CLOCK_FILE": self.clock.file,
            "KEYS_FILE": "\(self.installation.keysDirectory)/\(service.rawValue).json",
            "TOKEN_PUBLIC_KEY_FILE": "\(self.installation.keysDirectory)/token.pub",
            // The most talkative a service is ever run with: what must not be logged must not be logged here either.
            "LOG_LEVEL": "debug",
        ]
    }

    /// Starts one more process of a service.
    ///
    /// - Parameters:
    ///   - name: Name of the instance and of its log.
    ///   - port: Where it listens; any that is free otherwise.
    ///   - changes: Settings to change; `nil` removes one.
    package func startInstance(
        _ service: ServiceName, name: String = "1", port: Int? = nil, changing changes: [String: String?] = [:]
    ) async throws -> Instance {
        let port = try port ?? self.freePort()
        var environment = self.environment(of: service, port: port, instance: name)
        for (key, value) in changes { environment[key] = value }
        let process = try ServiceStandProcess.start(
            self.installation.executable(service.rawValue), ["serve"], environment: environment,
            outputFile: self.log(of: service, name))
        return Instance(
            service: service, port: port, process: process,
            caller: HTTPCaller(host: "127.0.0.1", port: port, connections: 8, timeout: .seconds(20)))
    }

    package func log(of service: ServiceName, _ instance: String = "1") -> String {
        "\(self.directory)/\(service.rawValue)-\(instance).log"
    }

    /// - Throws: when it is not ready after 20 seconds, or has ended.
    package func waitUntilReady(_ instance: Instance) async throws {
        try await Self.eventually("\(instance.service) is ready") {
            if instance.process.hasEnded {
                throw ServiceStandError("\(instance.service) has ended: \(instance.process.output.suffix(500))")
            }
            let reply = try? await instance.caller.call("GET", "/health/ready")
            return reply?.status == 200 ? true : nil
        }
    }

    /// Stops an instance as an operator would, and tells how it ended.
    @discardableResult
    package func stop(_ instance: Instance) async -> ServiceStandProcess.Ending {
        instance.process.signal(SIGTERM)
        let ending = await instance.process.ending()
        await instance.caller.shutdown()
        return ending
    }

    /// Runs an executable of the project to its end.
    ///
    /// - Returns: Its exit status, 128 and the signal's number when it was killed, and what it wrote.
    package func command(
        _ executable: String, _ arguments: [String], _ environment: [String: String] = ["PATH": "/usr/bin:/bin"]
    ) async throws -> (status: Int, output: String, errors: String) {
        let path = executable.hasPrefix("/") ? executable : self.installation.executable(executable)
        let file = "\(self.directory)/command-\(UUID().uuidString)"
        let process = try ServiceStandProcess.start(
            path, arguments, environment: environment, outputFile: "\(file).out", errorFile: "\(file).err")
        let ending = await process.ending()
        defer {
            for suffix in ["out", "err"] { try? FileManager.default.removeItem(atPath: "\(file).\(suffix)") }
        }
        switch ending {
        case .exited(let status): return (status, process.output, process.errors)
        case .killed(let signal): return (128 + signal, process.output, process.errors)
        }
    }

    /// Asks again every few milliseconds until there is an answer.
    ///
    /// - Throws: ``ServiceStandError`` after 20 seconds; what `body` throws.
    @discardableResult
    package static func eventually<Value>(
        _ what: String, within patience: Duration = .seconds(20), _ body: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        while true {
            if let value = try await body() { return value }
            guard ContinuousClock.now < deadline else { throw ServiceStandError("not after \(patience): \(what)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
