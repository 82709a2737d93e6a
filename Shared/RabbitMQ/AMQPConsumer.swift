import Logging
import PollExecutor
import ServiceLifecycle

/// Consumes several queues over one connection of its own, a channel for each, and hands deliveries out in batches.
///
/// ``run()`` keeps the connection and declares the topology each time. Deliveries of an ended connection that nobody has
/// taken are forgotten, and acknowledgements for it are dropped: the broker delivers those messages again.
package final class AMQPConsumer: Service, Sendable {
    package struct State: Sendable, Hashable {
        /// Logged in, topology declared, consumers started.
        package var connected = false
        /// Connections since the start.
        package var connections = 0
    }

    private let configuration: AMQPConfiguration
    private let topology: AMQPTopology
    private let queues: [(name: String, prefetch: Int)]
    private let logger: Logger
    private let hub: ConsumerHub

    /// - Parameter queues: In the order in which they use what others leave of a batch. `prefetch` bounds the deliveries
    ///   of a queue that are neither acknowledged nor rejected, and so the memory; at least 1.
    package init(
        configuration: AMQPConfiguration, topology: AMQPTopology, queues: [(name: String, prefetch: Int)],
        logger: Logger
    ) {
        self.configuration = configuration
        self.topology = topology
        self.queues = queues
        self.logger = logger
        self.hub = ConsumerHub(queues: queues.map(\.name))
    }

    package var state: State { self.hub.visible }

    /// Serves until graceful shutdown or cancellation. On graceful shutdown nothing more is handed out; the connection
    /// stays until every delivery handed out is answered, at most the drain time-out.
    package func run() async throws {
        let executor = PollExecutor(name: "amqp-consume")
        let watch = ConnectionWatch()
        let link = ConsumerLink(
            executor: executor, configuration: self.configuration, topology: self.topology, queues: self.queues,
            hub: self.hub, watch: watch, logger: self.logger)
        self.hub.started(executor)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await link.run() }
                group.addTask { await watch.run(limit: self.configuration.heartbeat) }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.hub.beginClosing(within: self.configuration.drainTimeout)
        }
        self.hub.ended()
        executor.stop()
    }

    /// Waits for at least one delivery, then until there are `max` or `linger` has passed since the first.
    ///
    /// - Parameter shares: How much of the batch each queue may take; what a queue does not use goes to the others. Nil
    ///   is the same share for each.
    /// - Returns: Empty when the task is cancelled, and from ``stopConsuming()`` or shutdown on.
    package func next(max: Int, from shares: [String: Int]?, linger: Duration) async -> [AMQPDelivery] {
        guard max > 0 else { return [] }
        let identifier = self.hub.makeIdentifier()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.hub.request(identifier, limit: max, shares: shares, linger: linger, continuation: continuation)
            }
        } onCancel: {
            self.hub.withdraw(identifier)
        }
    }

    /// Tells the broker that it can forget these deliveries, one by one and never "up to": a cumulative answer would
    /// take messages still being worked on along. Returns when the answers are queued for sending.
    package func acknowledge(_ tags: [DeliveryTag]) async {
        self.hub.answer(tags) { .acknowledge($0) }
    }

    /// Gives deliveries back: to the queue, or to its dead-letter exchange when `requeue` is false.
    package func reject(_ tags: [DeliveryTag], requeue: Bool) async {
        self.hub.answer(tags) { .reject($0, requeue: requeue) }
    }

    /// Ends the consumers for good; deliveries handed out can still be answered, the others return to their queues when
    /// the connection closes.
    package func stopConsuming() async {
        self.hub.stop()
    }
}
