import FoundationEssentials
import Logging
import RabbitMQ
import ServiceLifecycle

/// The broker the tests run against: named by the environment, or by the configuration of the installation for tests.
enum LiveBroker {
    static let settings: [String: String]? = {
        var settings = ProcessInfo.processInfo.environment
        if settings["AMQP_PORT"] == nil {
            let path = URL(filePath: settings["YOUDAI_TEST_CONFIG"] ?? ".run/test/config/operations.env")
            guard let file = try? String(contentsOf: path, encoding: .utf8) else { return nil }
            for line in file.split(separator: "\n") where !line.hasPrefix("#") {
                let parts = line.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { settings[String(parts[0])] = String(parts[1]) }
            }
        }
        return settings["AMQP_PORT"] == nil ? nil : settings
    }()

    static var isAvailable: Bool { self.settings != nil }

    static func configuration(_ name: String) -> AMQPConfiguration {
        let settings = self.settings ?? [:]
        return AMQPConfiguration(
            host: settings["AMQP_HOST"] ?? "127.0.0.1", port: Int(settings["AMQP_PORT"] ?? "") ?? 0,
            user: settings["AMQP_USER"] ?? "guest", password: settings["AMQP_PASSWORD"] ?? "guest",
            connectionName: "test-\(name)")
    }

    static let logger: Logger = {
        var logger = Logger(label: "rabbitmq-tests")
        logger.logLevel = .error
        return logger
    }()

    /// Names and objects of one test, deleted afterwards.
    struct Room: Sendable {
        let name: String
        let topology: AMQPTopology
        let connection: AMQPConnection
        var exchange: String { "\(self.name).messages" }
        var first: String { "\(self.name).first" }
        var standard: String { "\(self.name).standard" }

        func message(
            _ number: Int, lane: String = "standard", body: [UInt8] = [1], headers: [String: AMQPFieldValue] = [:]
        ) -> AMQPMessage {
            AMQPMessage(
                exchange: self.exchange, routingKey: "\(lane).x",
                properties: AMQPProperties(messageID: "m-\(number)", headers: headers), body: body)
        }

        func publisher(_ change: (inout AMQPConfiguration) -> Void = { _ in }) -> AMQPPublisher {
            var configuration = LiveBroker.configuration("publisher")
            change(&configuration)
            return AMQPPublisher(configuration: configuration, topology: self.topology, logger: LiveBroker.logger)
        }

        func consumer(prefetch: Int = 100) -> AMQPConsumer {
            AMQPConsumer(
                configuration: LiveBroker.configuration("consumer"), topology: self.topology,
                queues: [(self.first, prefetch), (self.standard, prefetch)], logger: LiveBroker.logger)
        }
    }

    static func withRoom(_ body: (Room) async throws -> Void) async throws {
        let name = "rabbitmq-test-\(UUID().uuidString.prefix(8).lowercased())"
        let topology = AMQPTopology(
            exchanges: [.init("\(name).messages"), .init("\(name).dead", kind: .fanout)],
            queues: [
                .quorum("\(name).first", deadLetterExchange: "\(name).dead"),
                .quorum("\(name).standard", deadLetterExchange: "\(name).dead"), .quorum("\(name).dead"),
            ],
            bindings: [
                .init(queue: "\(name).first", exchange: "\(name).messages", routingKey: "first.#"),
                .init(queue: "\(name).standard", exchange: "\(name).messages", routingKey: "standard.#"),
                .init(queue: "\(name).dead", exchange: "\(name).dead", routingKey: ""),
            ])
        try await AMQPConnection.withConnection(self.configuration("tool")) { connection in
            try await connection.declare(topology)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(Room(name: name, topology: topology, connection: connection)))
            } catch {
                result = .failure(error)
            }
            for queue in topology.queues { try await connection.deleteQueue(queue.name) }
            for exchange in topology.exchanges { try await connection.deleteExchange(exchange.name) }
            try result.get()
        }
    }

    /// Runs services beside `body` and cancels them after it.
    static func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Takes deliveries until there are `count`; the time limit of the test bounds the wait.
    static func take(_ count: Int, from consumer: AMQPConsumer, acknowledging: Bool = true) async -> [AMQPDelivery] {
        var deliveries: [AMQPDelivery] = []
        while deliveries.count < count {
            let batch = await consumer.next(max: count - deliveries.count, from: nil, linger: .milliseconds(2))
            if batch.isEmpty { break }
            if acknowledging { await consumer.acknowledge(batch.map(\.tag)) }
            deliveries += batch
        }
        return deliveries
    }
}
