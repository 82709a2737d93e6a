import Access
import Contracts
import FoundationEssentials
import PostgreSQL
import RabbitMQ
import Redis
import ServiceRuntime

/// What `compose/up` left in `operations.env`: where the servers, keys and executables of this installation are.
struct Installation: Sendable {
    struct ServiceAccess: Sendable {
        var host: String
        var port: Int
        var database: String
        var user: String
        var password: String
    }

    var runDirectory: String
    var binDirectory: String
    var keysDirectory: String
    var programmeFile: String
    var databaseHost: String
    var databasePort: Int
    var adminUser: String
    var adminPassword: String
    var amqpHost: String
    var amqpPort: Int
    var amqpUser: String
    var amqpPassword: String
    var redisHost: String
    var redisPort: Int
    var redisPassword: String
    var namespace: String
    var services: [ServiceName: ServiceAccess]
    /// The way to phones; nil where this installation has none.
    var gateway: MessageGateway?
    /// What is said of Kannel and of the message centre: `KANNEL_…` and `MESSAGE_CENTRE_…`, empty where there are none.
    var providers: [String: String] = [:]

    static let environmentKeys = ["YOUDAI_CONFIG", "CONFIG_FILE"]
    static let standardFile = ".run/config/operations.env"

    /// - Parameter file: the file named on the command line; otherwise `YOUDAI_CONFIG` or `CONFIG_FILE`, otherwise `.run/config/operations.env`.
    /// - Throws: ``OperationsError`` that says which file or key is missing and what to do.
    static func load(file: String?) throws(OperationsError) -> Installation {
        let environment = ProcessInfo.processInfo.environment
        let path =
            file ?? Self.environmentKeys.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? Self.standardFile
        guard let data = try? Data(contentsOf: URL(filePath: path)), let text = String(validating: data, as: UTF8.self)
        else {
            throw OperationsError(
                "There is no installation described in \(path). Run compose/up first, or name its operations.env with --config."
            )
        }
        let values: [String: String]
        do {
            values = try ConfigurationSources.parse(text, file: path)
        } catch {
            throw OperationsError("\(error)")
        }
        func required(_ key: String) throws(OperationsError) -> String {
            guard let value = values[key], !value.isEmpty else {
                throw OperationsError("\(path) has no \(key). Run compose/up again to write it anew.")
            }
            return value
        }
        func port(_ key: String) throws(OperationsError) -> Int {
            guard let port = Int(try required(key)), (1...65535).contains(port) else {
                throw OperationsError("\(key) in \(path) is not a port.")
            }
            return port
        }
        var services: [ServiceName: ServiceAccess] = [:]
        for service in ServiceName.allCases {
            let prefix = service.rawValue.uppercased()
            let url = try required("\(prefix)_URL")
            guard let (host, servicePort) = Self.authority(url) else {
                throw OperationsError("\(prefix)_URL in \(path) is not of the form http://host:port.")
            }
            services[service] = ServiceAccess(
                host: host, port: servicePort, database: try required("\(prefix)_DATABASE_NAME"),
                user: try required("\(prefix)_DATABASE_USER"), password: try required("\(prefix)_DATABASE_PASSWORD"))
        }
        return Installation(
            runDirectory: try required("RUN_DIRECTORY"), binDirectory: try required("BIN_DIRECTORY"),
            keysDirectory: try required("KEYS_DIRECTORY"), programmeFile: try required("PROGRAMME_FILE"),
            databaseHost: try required("DATABASE_HOST"), databasePort: try port("DATABASE_PORT"),
            adminUser: try required("DATABASE_ADMIN_USER"), adminPassword: try required("DATABASE_ADMIN_PASSWORD"),
            amqpHost: try required("AMQP_HOST"), amqpPort: try port("AMQP_PORT"), amqpUser: try required("AMQP_USER"),
            amqpPassword: try required("AMQP_PASSWORD"), redisHost: try required("REDIS_HOST"),
            redisPort: try port("REDIS_PORT"), redisPassword: try required("REDIS_PASSWORD"),
            namespace: values["MESSAGING_NAMESPACE"] ?? "youdai", services: services,
            gateway: try MessageGateway(values, file: path),
            providers: values.filter { $0.key.hasPrefix("KANNEL_") || $0.key.hasPrefix("MESSAGE_CENTRE_") })
    }

    /// A connection to any database of the server, as its administrator.
    func administration(database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(
            host: self.databaseHost, port: self.databasePort, database: database, user: self.adminUser,
            password: self.adminPassword, poolSize: 2, statementTimeout: .seconds(60), applicationName: "youdai")
    }

    var broker: AMQPConfiguration {
        AMQPConfiguration(
            host: self.amqpHost, port: self.amqpPort, user: self.amqpUser, password: self.amqpPassword,
            connectionName: "youdai")
    }

    var redis: RedisConfiguration {
        RedisConfiguration(host: self.redisHost, port: self.redisPort, password: self.redisPassword)
    }

    func signer() throws(OperationsError) -> TokenSigner {
        do {
            return try TokenSigner(file: "\(self.keysDirectory)/token.key")
        } catch {
            throw OperationsError("\(error)")
        }
    }

    static func authority(_ url: String) -> (String, Int)? {
        guard url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst("http://".count).prefix { $0 != "/" }
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]) else { return nil }
        return (String(rest[..<colon]), port)
    }
}

/// A sentence for the person at the terminal, saying what to do.
struct OperationsError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
