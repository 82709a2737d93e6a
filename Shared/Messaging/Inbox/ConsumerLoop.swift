import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import RabbitMQ
import ServiceLifecycle

/// Takes deliveries from both lanes, turns up to a hundred of them into one transaction, and acknowledges them one by one
/// after its commit.
///
/// On SIGTERM it stops consuming, finishes and acknowledges what it has begun, and leaves the rest to the broker.
struct ConsumerLoop: Service {
    /// Deliveries of one transaction.
    static let batch = 100
    /// How long a batch waits for company.
    static let linger = Duration.milliseconds(5)
    /// Each lane's share of a batch; what a lane does not use goes to the other, so key persons are first and nobody waits
    /// for ever (R20).
    static let shares: [Lane: Int] = [.first: 70, .standard: 30]
    /// Deliveries after which a message is handled alone: it may be what crashes the process.
    static let suspectDeliveries = 3
    /// Times a suspect may be tried alone without a verdict.
    static let suspectAttempts = 3
    /// Before deliveries go back that could neither be applied nor kept.
    static let pauseAfterFailure = Duration.seconds(1)

    let endpoint: EndpointCore
    let consumer: AMQPConsumer
    let codec: EnvelopeCodec
    let topology: MessageTopology
    let processor: InboxProcessor
    let workers: Int

    func run() async throws {
        let shares = Dictionary(
            uniqueKeysWithValues: Self.shares.map { (self.topology.queue(of: self.endpoint.service, $0), $1) })
        await withDiscardingTaskGroup { group in
            group.addTask {
                try? await gracefulShutdown()
                await self.consumer.stopConsuming()
            }
            for _ in 0..<self.workers {
                group.addTask {
                    while !Task.isCancelled {
                        let deliveries = await self.consumer.next(max: Self.batch, from: shares, linger: Self.linger)
                        // Nothing at all means that the consumer has stopped.
                        if deliveries.isEmpty { return }
                        await self.handle(deliveries)
                    }
                }
            }
        }
    }

    private func handle(_ deliveries: [AMQPDelivery]) async {
        self.endpoint.faults.reached(.consumerReceived)
        let suspects = deliveries.filter { $0.deliveryCount >= Self.suspectDeliveries }
        let usual = deliveries.filter { $0.deliveryCount < Self.suspectDeliveries }
        var failed: [AMQPDelivery] = []
        if !usual.isEmpty, await self.fails({ try await self.take(usual) }) { failed += usual }
        for suspect in suspects where await self.fails({ try await self.takeAlone(suspect) }) { failed.append(suspect) }
        guard !failed.isEmpty else { return }
        // Neither applied nor kept, for a reason nobody foresaw. Left unacknowledged on a healthy connection they would stand
        // still for ever; given back they come again, one by one in the end, and hold back nobody else.
        try? await Task.sleep(for: Self.pauseAfterFailure)
        await self.consumer.reject(failed.map(\.tag), requeue: true)
    }

    /// - Returns: False also when cancelled: then nothing is answered, and the broker gives it to somebody else.
    private func fails(_ work: () async throws -> Void) async -> Bool {
        do {
            try await work()
            return false
        } catch {
            if error is CancellationError || Task.isCancelled { return false }
            self.endpoint.metrics.batchFailed()
            self.endpoint.logger.error(
                "messages could neither be applied nor kept, and are given back to the broker",
                metadata: ["cause": "\(InboxProcessor.cause(of: error))"])
            return true
        }
    }

    private func take(_ deliveries: [AMQPDelivery], limit: Int = .max) async throws {
        var batch = InboxBatch()
        var strangers: [(AMQPDelivery, String)] = []
        for delivery in deliveries {
            do {
                let envelope = try self.codec.decode(delivery, at: self.endpoint.service)
                let incoming = Incoming(
                    envelope: envelope, body: delivery.body,
                    content: self.processor.read(envelope, delivery.body))
                batch.arrivals[incoming.key, default: []].append(incoming)
                self.endpoint.metrics.delivered(envelope)
            } catch {
                strangers.append((delivery, error.reason))
            }
        }
        try await self.processor.park(strangers)
        try await self.processor.process(batch, limit: limit)
        self.endpoint.faults.reached(.consumerCommitted)
        await self.consumer.acknowledge(deliveries.map(\.tag))
        self.endpoint.faults.reached(.consumerAcknowledged)
    }

    /// A message that was given out several times without a verdict. The attempt is on record before it begins, so a
    /// message that kills the process is counted even though nothing after it runs.
    private func takeAlone(_ delivery: AMQPDelivery) async throws {
        let id = delivery.properties.messageID.flatMap(UUID.init(uuidString:)) ?? ParkedMessages.id(of: delivery)
        let attempts = try await self.processor.beginSuspect(id)
        guard attempts <= Self.suspectAttempts else {
            let reason =
                "given out \(delivery.deliveryCount) times and tried alone \(attempts - 1) times without a verdict"
            if let envelope = try? self.codec.decode(delivery, at: self.endpoint.service) {
                var batch = InboxBatch()
                let incoming = Incoming(envelope: envelope, body: delivery.body, content: .unreadable(cause: reason))
                batch.arrivals[incoming.key] = [incoming]
                try await self.processor.process(batch)
            } else {
                try await self.processor.park([(delivery, reason)])
            }
            try await self.processor.endSuspect(id)
            self.endpoint.logger.error("message parked", metadata: ["message.id": "\(id)", "cause": "\(reason)"])
            return await self.consumer.acknowledge([delivery.tag])
        }
        // Without its followers: they may be what crashes, and would be taken for it.
        try await self.take([delivery], limit: 1)
        try await self.processor.endSuspect(id)
    }
}
