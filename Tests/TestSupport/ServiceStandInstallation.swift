import Access
import Contracts
import FoundationEssentials
import PostgreSQL
import RabbitMQ
import Redis
import ServiceRuntime

/// The servers, keys and executables tests may use, as the operations.env named by `YOUDAI_TEST_CONFIG` says.
package struct ServiceStandInstallation: Sendable {
    /// The operations.env itself, for the command line.
    package let file: String
    private let values: [String: String]

    /// `nil` when there is none; suites that need servers are then disabled.
    package static let current: ServiceStandInstallation? = {
        guard let file = ProcessInfo.processInfo.environment["YOUDAI_TEST_CONFIG"], !file.isEmpty,
            let data = try? Data(contentsOf: URL(filePath: file)),
            let values = try? ConfigurationSources.parse(String(decoding: data, as: UTF8.self), file: file)
        else { return nil }
        return ServiceStandInstallation(file: file, values: values)
    }()

    /// A value of the file; empty when it is not there.
    package subscript(key: String) -> String { self.values[key] ?? "" }

    package var runDirectory: String { self["RUN_DIRECTORY"] }
    package var keysDirectory: String { self["KEYS_DIRECTORY"] }
    /// The plan of 2022, beside the programme the installation itself carries out: its days are known for ever.
    package var programmeFile: String {
        URL(filePath: self["PROGRAMME_FILE"]).deletingLastPathComponent().appending(path: "qiaocheng-2022.yaml").path
    }
    package func executable(_ name: String) -> String { "\(self["BIN_DIRECTORY"])/\(name)" }

    /// Any database of the server, as its administrator.
    package func administration(_ database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(
            host: self["DATABASE_HOST"], port: Int(self["DATABASE_PORT"]) ?? 0, database: database,
            user: self["DATABASE_ADMIN_USER"], password: self["DATABASE_ADMIN_PASSWORD"], poolSize: 2,
            statementTimeout: .seconds(60), idleInTransactionTimeout: .seconds(60), applicationName: "youdai-tests")
    }

    /// The role a service owns its database with.
    package func role(of service: ServiceName) -> (user: String, password: String) {
        let prefix = service.rawValue.uppercased()
        return (self["\(prefix)_DATABASE_USER"], self["\(prefix)_DATABASE_PASSWORD"])
    }

    /// The database compose made for a service.
    package func database(of service: ServiceName) -> String { self["\(service.rawValue.uppercased())_DATABASE_NAME"] }

    package var broker: AMQPConfiguration {
        AMQPConfiguration(
            host: self["AMQP_HOST"], port: Int(self["AMQP_PORT"]) ?? 0, user: self["AMQP_USER"],
            password: self["AMQP_PASSWORD"], connectionName: "youdai-tests")
    }

    package var redis: RedisConfiguration {
        RedisConfiguration(
            host: self["REDIS_HOST"], port: Int(self["REDIS_PORT"]) ?? 0, password: self["REDIS_PASSWORD"])
    }

    package func signer() throws(AccessError) -> TokenSigner {
        try TokenSigner(file: "\(self.keysDirectory)/token.key")
    }
}
