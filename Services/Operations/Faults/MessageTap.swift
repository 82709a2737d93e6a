import Contracts
import FoundationEssentials
import Logging
import Messaging
import NIOConcurrencyHelpers
import RabbitMQ

/// Stands between the exchange and the services' queues, and passes messages on doubled or in another order.
///
/// Everything the exchange takes goes into a queue of its own; from there it goes to the queues by name. Nothing is lost
/// here: a message is acknowledged only when its queue has confirmed it.
struct MessageTap: Sendable {
    enum Manner: Sendable {
        /// The services get every message twice, the second time in another order.
        case doubled
        /// The services get every message through the tap only, in another order.
        case shuffled
    }

    let manner: Manner
    let topology: MessageTopology
    let publisher: AMQPPublisher
    let consumer: AMQPConsumer
    let seed: UInt64
    private let counted = NIOLockedValueBox(0)

    /// Messages passed on so far; a message given to the tap twice counts twice.
    var passed: Int { self.counted.withLockedValue { $0 } }

    private static func queue(_ topology: MessageTopology) -> String { "\(topology.namespace).tap" }

    init(_ manner: Manner, run: Run, seed: UInt64) {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        self.manner = manner
        self.topology = MessageTopology(namespace: run.namespace)
        self.seed = seed
        let declaration = Self.declaration(self.topology)
        self.publisher = AMQPPublisher(configuration: run.installation.broker, topology: declaration, logger: logger)
        self.consumer = AMQPConsumer(
            configuration: run.installation.broker, topology: declaration,
            queues: [(Self.queue(self.topology), 2_000)], logger: logger)
    }

    private static func declaration(_ topology: MessageTopology) -> AMQPTopology {
        AMQPTopology(
            exchanges: [.init(topology.exchange, kind: .topic)],
            queues: [.quorum(Self.queue(topology))],
            bindings: [.init(queue: Self.queue(topology), exchange: topology.exchange, routingKey: "#")])
    }

    /// Binds the tap's queue. For ``Manner/shuffled`` the exchange is made anew, without the services' own bindings: they
    /// declare them only when they connect, so nobody may be connecting now.
    func install(_ broker: AMQPConfiguration) async throws {
        try await AMQPConnection.withConnection(broker) { connection in
            if case .shuffled = self.manner { try await connection.deleteExchange(self.topology.exchange) }
            try await connection.declare(Self.declaration(self.topology))
        }
    }

    /// Waits until so many have been passed on: the last copies may come after everything was applied.
    ///
    /// - Returns: false when they have not after 30 seconds.
    func waitUntilPassed(_ count: Int) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while self.passed < count {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    func remove(_ broker: AMQPConfiguration) async throws {
        try await AMQPConnection.withConnection(broker) { try await $0.deleteQueue(Self.queue(self.topology)) }
    }

    /// Passes messages on until the task is cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.publisher.run() }
            group.addTask { try await self.consumer.run() }
            group.addTask {
                var chance = FlowShuffle(seed: self.seed)
                while !Task.isCancelled {
                    let deliveries = await self.consumer.next(max: 300, from: nil, linger: .milliseconds(120))
                    if deliveries.isEmpty { return }
                    await self.passOn(deliveries.shuffled(using: &chance))
                }
            }
        }
    }

    private func passOn(_ deliveries: [AMQPDelivery]) async {
        let outcomes = await self.publisher.publish(deliveries.map(self.copy))
        var taken: [DeliveryTag] = []
        var left: [DeliveryTag] = []
        for (delivery, outcome) in zip(deliveries, outcomes) {
            if outcome == .confirmed { taken.append(delivery.tag) } else { left.append(delivery.tag) }
        }
        self.counted.withLockedValue { $0 += taken.count }
        await self.consumer.acknowledge(taken)
        await self.consumer.reject(left, requeue: true)
    }

    private func copy(_ delivery: AMQPDelivery) -> AMQPMessage {
        var properties = delivery.properties
        // The broker's own count belongs to the tap's queue.
        properties.headers["x-delivery-count"] = nil
        // `verification.first.submission.accepted.v1` → `<namespace>.verification.first`, by the default exchange.
        let place = delivery.routingKey.split(separator: ".").prefix(2).joined(separator: ".")
        return AMQPMessage(
            exchange: "", routingKey: "\(self.topology.namespace).\(place)", properties: properties, body: delivery.body
        )
    }
}

/// SplitMix64: the same order from the same seed.
struct FlowShuffle: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
