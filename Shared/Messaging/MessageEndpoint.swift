import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import RabbitMQ
import ServiceLifecycle
import ServiceRuntime
import Storage

/// A service's connection to all others: what it sends goes through the outbox, what it receives through the inbox.
///
/// Nothing is published or consumed until ``services`` run. Any number of instances work side by side on one database and
/// the same queues.
package final class MessageEndpoint: Sendable {
    /// Tables of the message layer, versions 1–99; a service's own start at 100.
    package static let migrations = Migration.messaging

    private let core: EndpointCore
    private let publisher: AMQPPublisher
    private let consumer: AMQPConsumer
    private let relay: OutboxRelay
    private let loop: ConsumerLoop
    private let poller: DeferredPoller

    /// - Parameter handlers: at most one for each type.
    /// - Throws: `ConfigurationError`, when a broker key is missing or unusable; ``MessagingError`` for an unknown crash step.
    package init(
        service: ServiceName, pool: PostgresPool, context: RuntimeContext, handlers: [MessageHandler],
        policy: RetryPolicy = RetryPolicy()
    ) throws {
        let configuration = context.configuration
        let faults = try FaultPlan(
            crashAt: configuration.value(.crashAt), crashSubject: configuration.value(.crashSubject))
        self.core = EndpointCore(
            service: service, pool: pool, handOff: OutboxHandOff(), signal: WakeSignal(), faults: faults,
            metrics: MessagingMetrics(registry: context.metrics), logger: context.logger)
        let topology = MessageTopology(namespace: try configuration.required(.messagingNamespace))
        let codec = EnvelopeCodec(keyRing: context.keyRing, topology: topology)
        func broker(_ role: String) throws -> AMQPConfiguration {
            AMQPConfiguration(
                host: try configuration.required(.amqpHost), port: try configuration.integer(.amqpPort, in: 1...65535),
                user: try configuration.required(.amqpUser), password: try configuration.required(.amqpPassword),
                virtualHost: try configuration.required(.amqpVirtualHost),
                connectionName: "\(service.rawValue) \(context.instance) \(role)")
        }
        self.publisher = AMQPPublisher(
            configuration: try broker("publisher"), topology: topology.declaration, logger: context.logger)
        self.consumer = AMQPConsumer(
            configuration: try broker("consumer"), topology: topology.declaration,
            queues: [(topology.queue(of: service, .first), 300), (topology.queue(of: service, .standard), 300)],
            logger: context.logger)
        self.relay = OutboxRelay(
            service: service, pool: pool, publisher: self.publisher, codec: codec, handOff: self.core.handOff,
            signal: self.core.signal, faults: faults, metrics: self.core.metrics, logger: context.logger)
        let byType = Dictionary(handlers.map { ($0.type, $0) }) { _, _ in
            preconditionFailure("two handlers for one type of message")
        }
        let processor = InboxProcessor(endpoint: self.core, handlers: byType, policy: policy)
        self.loop = ConsumerLoop(
            endpoint: self.core, consumer: self.consumer, codec: codec, topology: topology, processor: processor,
            workers: 2)
        self.poller = DeferredPoller(endpoint: self.core, processor: processor, policy: policy)
        Self.registerGauges(context.metrics, pool: pool)
        Self.registerGauges(context.metrics, publisher: self.publisher, consumer: self.consumer)
    }

    /// What must run, in the order it starts; a service group stops it in the opposite order, so that the last effects are
    /// still published. The database pool stands before it, the HTTP interface after it.
    package var services: [any Service] {
        [
            MessagingHousekeeping(pool: self.core.pool, logger: self.core.logger), self.publisher, self.relay,
            self.consumer,
            self.loop, self.poller,
        ]
    }

    /// Runs `body` in one transaction. The messages it emits are published after the commit, or not at all.
    ///
    /// Conflicts of two transactions (40001, 40P01) run `body` again, up to three times.
    ///
    /// - Throws: what `body` throws, after a rollback; `PostgresError`.
    package func transaction<T: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> T) async throws -> T {
        var attempt = 1
        while true {
            do {
                let value = try await self.core.transaction(until: .workWritten, body)
                self.core.faults.reached(.workCommitted)
                return value
            } catch let error as PostgresError where error.isRetryable && !error.isOutage && attempt < 3 {
                attempt += 1
            }
        }
    }
}
