import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import RabbitMQ

/// Databases, queues, ports and files of their own for one rehearsal or measurement, on the installation's servers.
struct Run: Sendable {
    let name: String
    let directory: String
    let installation: Installation
    let ports: [ServiceName: Int]
    let databases: [ServiceName: String]
    /// Set when the run's services read programme time (ARCHITECTURE §5).
    let clockFile: String?
    let programmeFile: String
    /// Configuration of its services beyond what every run has.
    var settings: [String: String] = [:]
    /// What its notification sends through; nil: nothing is sent.
    var gateway: MessageGateway?

    /// Prefix of every name on the broker.
    var namespace: String { self.name }

    /// Makes the databases and migrates them; the queues are declared by the services.
    ///
    /// - Parameter kind: `rehearsal`, `bench`, `fault`: the first part of every name.
    static func create(
        kind: String, installation: Installation, programmeFile: String, conducted: Bool, gateway: MessageGateway? = nil
    ) async throws -> Run {
        let tag = String(UInt32.random(in: 0x10_0000...0xff_ffff), radix: 16)
        let name = "\(kind)_\(tag)"
        let directory = "\(installation.runDirectory)/rehearsals/\(name)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var ports: [ServiceName: Int] = [:]
        var databases: [ServiceName: String] = [:]
        var free = FreePorts()
        for service in ServiceName.allCases {
            ports[service] = try free.next()
            databases[service] = "\(name)_\(service.rawValue)"
        }
        if let gateway { ports[.notification] = gateway.port }
        let run = Run(
            name: name, directory: directory, installation: installation, ports: ports, databases: databases,
            clockFile: conducted ? "\(directory)/clock" : nil, programmeFile: programmeFile, gateway: gateway)
        let connection = try await PostgresConnection.connect(installation.administration())
        do {
            for service in ServiceName.allCases {
                guard let database = databases[service], let access = installation.services[service] else { continue }
                _ = try await connection.query("CREATE DATABASE \(unsafe: database) OWNER \(unsafe: access.user)")
                _ = try await connection.query("REVOKE ALL ON DATABASE \(unsafe: database) FROM PUBLIC")
            }
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
        return run
    }

    /// Drops databases, queues, keys and files.
    func drop() async throws {
        let connection = try await PostgresConnection.connect(self.installation.administration())
        for database in self.databases.values {
            _ = try await connection.query("DROP DATABASE IF EXISTS \(unsafe: database) WITH (FORCE)")
        }
        await connection.close()
        try await Self.deleteQueues(namespace: self.namespace, broker: self.installation.broker)
        try await RunKeys(namespace: self.namespace, redis: self.installation.redis).delete()
        try? FileManager.default.removeItem(atPath: self.directory)
    }

    /// A pool on one service's database of this run, as administrator.
    func pool(_ service: ServiceName, logger: Logger) -> PostgresPool {
        PostgresPool(
            configuration: self.installation.administration(database: self.databases[service] ?? ""), logger: logger)
    }

    func environment(of service: ServiceName, instance: Int) -> [String: String] {
        let access = self.installation.services[service]
        var environment = [
            "SERVICE_INSTANCE": "\(instance)",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": "\(self.port(service, instance: instance))",
            "DATABASE_HOST": self.installation.databaseHost,
            "DATABASE_PORT": "\(self.installation.databasePort)",
            "DATABASE_NAME": self.databases[service] ?? "",
            "DATABASE_USER": access?.user ?? "",
            "DATABASE_PASSWORD": access?.password ?? "",
            "AMQP_HOST": self.installation.amqpHost,
            "AMQP_PORT": "\(self.installation.amqpPort)",
            "AMQP_USER": self.installation.amqpUser,
            "AMQP_PASSWORD": self.installation.amqpPassword,
            "REDIS_HOST": self.installation.redisHost,
            "REDIS_PORT": "\(self.installation.redisPort)",
            "REDIS_PASSWORD": self.installation.redisPassword,
            "MESSAGING_NAMESPACE": self.namespace,
            "PROGRAMME_FILE": self.programmeFile,
            "KEYS_FILE": "\(self.installation.keysDirectory)/\(service.rawValue).json",
            "TOKEN_PUBLIC_KEY_FILE": "\(self.installation.keysDirectory)/token.pub",
            "LOG_LEVEL": "notice",
        ]
        if let clockFile = self.clockFile { environment["CLOCK_FILE"] = clockFile }
        if service == .notification, let gateway { environment.merge(gateway.settings) { _, own in own } }
        return environment.merging(self.settings) { _, own in own }
    }

    /// - Parameter instance: from 1.
    func port(_ service: ServiceName, instance: Int) -> Int {
        (self.ports[service] ?? 0) + (instance - 1) * ServiceName.allCases.count
    }

    static func deleteQueues(namespace: String, broker: AMQPConfiguration) async throws {
        try await AMQPConnection.withConnection(broker) { connection in
            let topology = RunTopology(namespace: namespace)
            for queue in topology.queues { try await connection.deleteQueue(queue) }
            for exchange in topology.exchanges { try await connection.deleteExchange(exchange) }
        }
    }
}
