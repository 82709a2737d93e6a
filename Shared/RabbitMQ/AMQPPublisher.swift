import Logging
import PollExecutor
import ServiceLifecycle

/// Publishes persistent, mandatory messages over one connection of its own and tells what became of each.
///
/// ``run()`` keeps the connection: it connects again after any failure, with a growing random wait, and declares the
/// topology each time. Callers never touch the connection's thread; a broker that stands still cannot hold them.
package final class AMQPPublisher: Service, Sendable {
    package struct State: Sendable, Hashable {
        /// Logged in, topology declared.
        package var connected = false
        /// The broker said it is short of memory or disk, and takes no messages.
        package var blocked = false
    }

    /// Counts since the start; they only grow.
    package struct Statistics: Sendable, Hashable {
        package var confirmed = 0
        package var returned = 0
        package var refused = 0
        /// In flight when a connection was lost.
        package var lost = 0
        package var connections = 0
    }

    private let configuration: AMQPConfiguration
    private let topology: AMQPTopology
    private let logger: Logger
    private let hub = PublisherHub()

    package init(configuration: AMQPConfiguration, topology: AMQPTopology, logger: Logger) {
        self.configuration = configuration
        self.topology = topology
        self.logger = logger
    }

    package var state: State { self.hub.visible }
    package var statistics: Statistics { self.hub.statistics }

    /// Serves until graceful shutdown or cancellation. On graceful shutdown it refuses new messages, waits at most the
    /// publish time-out for the confirms still open, and closes.
    package func run() async throws {
        let executor = PollExecutor(name: "amqp-publish")
        let watch = ConnectionWatch()
        let link = PublisherLink(
            executor: executor, configuration: self.configuration, topology: self.topology, hub: self.hub, watch: watch,
            logger: self.logger)
        self.hub.started(executor)
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await link.run() }
                group.addTask { await watch.run(limit: self.configuration.heartbeat) }
                await group.next()
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.hub.beginClosing(within: self.configuration.publishTimeout)
        }
        for ticket in self.hub.ended() { ticket.resolveOpen(.unknown) }
        executor.stop()
    }

    /// Publishes the messages in order.
    ///
    /// Returns as soon as each has an answer, and at the latest when for the publish time-out (2 s) nothing at all was
    /// confirmed: connecting, blocked and frozen brokers included. Cancelling the task returns at once. A message whose
    /// outcome is `unknown` or `blocked` may still arrive.
    ///
    /// - Returns: One outcome for each message, in the order of `messages`.
    package func publish(_ messages: [AMQPMessage]) async -> [PublishOutcome] {
        if messages.isEmpty { return [] }
        let ticket = PublishTicket(messages)
        guard self.hub.submit(ticket) else { return messages.map { _ in .unknown } }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.expire(ticket) }
            let outcomes = await ticket.outcomes()
            group.cancelAll()
            return outcomes
        }
    }

    /// Gives up on the ticket when nothing has moved for the publish time-out. Runs beside the connection, because the
    /// connection's thread may be stuck in a call.
    private func expire(_ ticket: PublishTicket) async {
        while !ticket.isFinished {
            let since = max(ticket.created, self.hub.progress)
            let left = since + self.configuration.publishTimeout - .now
            if left <= .zero {
                ticket.resolveOpen(self.hub.visible.blocked ? .blocked : .unknown)
                return
            }
            do {
                try await Task.sleep(for: left)
            } catch {
                // Either all is answered, or the caller was cancelled and wants to go.
                ticket.resolveOpen(.unknown)
            }
        }
    }
}
