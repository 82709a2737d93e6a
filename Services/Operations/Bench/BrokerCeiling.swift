import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import NIOConcurrencyHelpers
import PostgreSQL
import RabbitMQ

/// The run's messages through queues of their own: published persistent and confirmed by as many producers, consumed and
/// acknowledged one by one by as many services, without anything being done with them.
struct BrokerCeiling: Sendable {
    let run: Run
    let shape: RunShape

    private var namespace: String { "\(self.run.name)_ceiling" }

    func measure() async throws -> CeilingPart {
        do {
            let part = try await self.pump()
            try await Run.deleteQueues(namespace: self.namespace, broker: self.run.installation.broker)
            return part
        } catch {
            try? await Run.deleteQueues(namespace: self.namespace, broker: self.run.installation.broker)
            throw error
        }
    }

    private func pump() async throws -> CeilingPart {
        let topology = MessageTopology(namespace: self.namespace)
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        var publishers: [ServiceName: AMQPPublisher] = [:]
        var consumers: [ServiceName: AMQPConsumer] = [:]
        for service in ServiceName.allCases {
            publishers[service] = AMQPPublisher(
                configuration: self.run.installation.broker, topology: topology.declaration, logger: logger)
            consumers[service] = AMQPConsumer(
                configuration: self.run.installation.broker, topology: topology.declaration,
                queues: [Lane.first, .standard].map { (topology.queue(of: service, $0), 300) }, logger: logger)
        }
        let (sources, sinks) = (publishers, consumers)
        return try await withThrowingTaskGroup(of: CeilingPart?.self) { group in
            for publisher in sources.values {
                group.addTask {
                    try await publisher.run()
                    return nil
                }
            }
            for consumer in sinks.values {
                group.addTask {
                    try await consumer.run()
                    return nil
                }
            }
            group.addTask {
                try await ScratchPool.with(self.run, connections: 2) { pool in
                    try await self.measure(topology, sources, sinks, pool)
                }
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }

    private func measure(
        _ topology: MessageTopology, _ publishers: [ServiceName: AMQPPublisher],
        _ consumers: [ServiceName: AMQPConsumer],
        _ pool: PostgresPool
    ) async throws -> CeilingPart {
        let patience = ContinuousClock.now + .seconds(20)
        while !publishers.values.allSatisfy(\.state.connected) || !consumers.values.allSatisfy(\.state.connected) {
            guard ContinuousClock.now < patience else { throw OperationsError("The broker takes no connections.") }
            try await Task.sleep(for: .milliseconds(20))
        }
        let share = Double(self.shape.sample) / Double(self.shape.count)
        let streams = Dictionary(grouping: self.shape.messages, by: \.producer)
        let total = self.shape.messages.reduce(0) { $0 + Int((Double($1.count) * share).rounded()) }
        let processes = try await ProcessMeter(run: self.run, processes: [:], pool: pool)
        let taken = NIOLockedValueBox(0)
        let before = try await processes.read()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (_, consumer) in consumers {
                for _ in 0..<2 {
                    group.addTask {
                        while taken.withLockedValue({ $0 }) < total, !Task.isCancelled {
                            let deliveries = await consumer.next(max: 100, from: nil, linger: .milliseconds(5))
                            if deliveries.isEmpty { return }
                            await consumer.acknowledge(deliveries.map(\.tag))
                            taken.withLockedValue { $0 += deliveries.count }
                        }
                    }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { producers in
                for (producer, shapes) in streams {
                    guard let publisher = publishers[producer] else { continue }
                    producers.addTask { try await self.publish(shapes, share, topology, by: publisher) }
                }
                try await producers.waitForAll()
            }
            let patience = ContinuousClock.now + .seconds(30)
            while taken.withLockedValue({ $0 }) < total {
                guard ContinuousClock.now < patience else {
                    throw OperationsError("The broker has not delivered everything.")
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            group.cancelAll()
        }
        let after = try await processes.read()
        let bytes =
            self.shape.messages.reduce(0) { $0 + $1.bytes * $1.count }
            / max(1, self.shape.messages.reduce(0) { $0 + $1.count })
        return CeilingPart(
            name: "Broker",
            work: "\(Numbers.fixed(Double(total) / Double(self.shape.sample), 2)) messages, bodies of \(bytes) bytes",
            submissions: self.shape.sample, cost: ProcessCost(from: before, to: after))
    }

    private func publish(
        _ shapes: [MessageShape], _ share: Double, _ topology: MessageTopology, by publisher: AMQPPublisher
    ) async throws {
        var waiting: [AMQPMessage] = []
        for shape in shapes {
            let body = [UInt8](repeating: UInt8(ascii: " "), count: shape.bytes)
            for index in 0..<Int((Double(shape.count) * share).rounded()) {
                let lane: Lane = Double(index % 100) < shape.firstShare * 100 ? .first : .standard
                waiting.append(Self.message(shape, lane, body, topology))
                guard waiting.count == 500 else { continue }
                try await Self.send(waiting, by: publisher)
                waiting.removeAll(keepingCapacity: true)
            }
        }
        try await Self.send(waiting, by: publisher)
    }

    private static func send(_ messages: [AMQPMessage], by publisher: AMQPPublisher) async throws {
        guard await publisher.publish(messages).allSatisfy({ $0 == .confirmed }) else {
            throw OperationsError("The broker did not confirm every message of the measurement.")
        }
    }

    /// As large as a real one, with as many headers.
    private static func message(
        _ shape: MessageShape, _ lane: Lane, _ body: [UInt8], _ topology: MessageTopology
    ) -> AMQPMessage {
        let id = UUID().uuidString
        typealias Header = EnvelopeCodec.Header
        return AMQPMessage(
            exchange: topology.exchange,
            routingKey: topology.routingKey(for: shape.type, to: shape.destination, lane: lane),
            properties: AMQPProperties(
                messageID: id, type: shape.type, correlationID: id, contentType: "application/json",
                appID: shape.producer.rawValue, timestamp: Date(timeIntervalSince1970: 1_652_148_000),
                headers: [
                    Header.subject: .string(id),
                    Header.stream: .string("\(shape.producer.rawValue)>\(shape.destination.rawValue)"),
                    Header.number: .int(1), Header.lane: .string(lane.rawValue), Header.key: .string("measurement-1"),
                    Header.signature: .string(String(repeating: "0", count: 64)),
                    Header.traceparent: .string("00-00000000000000000000000000000001-0000000000000001-01"),
                ]),
            body: body)
    }
}

/// A pool on a database of the run after its services have stopped.
enum ScratchPool {
    static func with<T: Sendable>(
        _ run: Run, connections: Int, _ body: @escaping @Sendable (PostgresPool) async throws -> T
    ) async throws -> T {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        var configuration = run.installation.administration(database: run.databases[.intake] ?? "")
        configuration.poolSize = connections
        let pool = PostgresPool(configuration: configuration, logger: logger)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                try await pool.run()
                return nil
            }
            group.addTask { try await body(pool) }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }
}
