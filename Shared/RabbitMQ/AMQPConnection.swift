import Glibc
import PollExecutor

/// A connection for tools: one call after the other, each answered or refused, nothing kept between them.
///
/// Every call uses a channel of its own, because the broker closes the channel on a refusal. A call without an answer
/// within the call time-out ends the connection; every later call then throws `closed`.
package actor AMQPConnection {
    private let executor: PollExecutor
    private let configuration: AMQPConfiguration
    private let watch = ConnectionWatch()
    private var handle: AMQPHandle?
    /// The channel of ``get(_:)``: a delivery must be answered on the channel it came on.
    private static let getChannel: UInt16 = 2
    private static let callChannel: UInt16 = 1
    private var isGetChannelOpen = false

    private init(_ configuration: AMQPConfiguration) {
        self.configuration = configuration
        self.executor = PollExecutor(name: "amqp-tool")
    }

    deinit { self.executor.stop() }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    package static func open(_ configuration: AMQPConfiguration) async throws(AMQPError) -> AMQPConnection {
        let connection = AMQPConnection(configuration)
        do {
            try await connection.connect()
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// Opens, runs `body`, and closes whatever happens.
    package static func withConnection<Value: Sendable>(
        _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await self.open(configuration)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private func connect() throws(AMQPError) {
        self.handle = try AMQPHandle.open(self.configuration, watch: self.watch)
    }

    // MARK: - Calls

    package func declare(_ topology: AMQPTopology) throws(AMQPError) {
        let watch = self.watch
        try self.call { handle, channel throws(AMQPError) in try handle.declare(topology, on: channel, watch: watch) }
    }

    /// Deletes a queue with everything in it; none is fine too.
    package func deleteQueue(_ name: String) throws(AMQPError) {
        try self.call { handle, channel throws(AMQPError) in try handle.deleteQueue(name, on: channel) }
    }

    /// Deletes an exchange; none is fine too.
    package func deleteExchange(_ name: String) throws(AMQPError) {
        try self.call { handle, channel throws(AMQPError) in try handle.deleteExchange(name, on: channel) }
    }

    /// Throws away the messages that are ready in a queue.
    ///
    /// - Returns: How many there were.
    package func purge(_ queue: String) throws(AMQPError) -> Int {
        try self.call { handle, channel throws(AMQPError) in try handle.purge(queue, on: channel) }
    }

    /// How many messages are ready in a queue; nil when there is no such queue.
    package func messageCount(_ queue: String) throws(AMQPError) -> Int? {
        do {
            return try self.call { handle, channel throws(AMQPError) in try handle.messageCount(queue, on: channel) }
        } catch {
            if error.replyCode == 404 { return nil }
            throw error
        }
    }

    /// Takes one message off a queue; it returns to the queue unless it is answered before ``close()``.
    ///
    /// - Returns: Nil when the queue is empty.
    package func get(_ queue: String) async throws(AMQPError) -> AMQPDelivery? {
        try self.openGetChannel()
        try self.onHandle { handle throws(AMQPError) in try handle.get(queue, on: Self.getChannel) }
        var assembler = MessageAssembler()
        let deadline = ContinuousClock.now + self.configuration.callTimeout
        while true {
            do {
                let step = try self.onHandle { handle throws(AMQPError) in
                    try Self.readGet(handle, queue, &assembler)
                }
                switch step {
                case .message(let delivery): return delivery
                case .empty: return nil
                case .waiting: break
                }
            } catch {
                if error.code == .channelClosed { self.isGetChannelOpen = false }
                throw error
            }
            let descriptor = try self.onHandle { handle throws(AMQPError) in handle.descriptor }
            let left = deadline - .now
            guard left > .zero, await self.executor.ready(descriptor, POLLIN, timeout: left) == .ready else {
                // Its late answer would be taken for the next call's.
                self.drop()
                throw AMQPError(.timedOut, "no answer to basic.get")
            }
        }
    }

    package func acknowledge(_ tag: DeliveryTag) throws(AMQPError) {
        try self.onHandle { handle throws(AMQPError) in try handle.acknowledge(tag.number, on: tag.channel) }
    }

    package func reject(_ tag: DeliveryTag, requeue: Bool) throws(AMQPError) {
        try self.onHandle { handle throws(AMQPError) in try handle.reject(tag.number, on: tag.channel, requeue: requeue)
        }
    }

    /// Ends the connection; unanswered deliveries return to their queues. May be called twice.
    package func close() {
        if let handle = self.handle.take() { handle.close(timeout: .seconds(2)) }
        self.drop()
    }

    // MARK: - Inside

    private enum GetStep {
        case message(AMQPDelivery)
        case empty
        case waiting
    }

    private static func readGet(
        _ handle: borrowing AMQPHandle, _ queue: String, _ assembler: inout MessageAssembler
    ) throws(AMQPError) -> GetStep {
        while let frame = try handle.nextFrame() {
            var message: MessageAssembler.Message?
            switch frame {
            case .getOk(_, let number, let redelivered, let exchange, let routingKey):
                try assembler.begin(
                    .delivery(number: number, redelivered: redelivered, exchange: exchange, routingKey: routingKey))
            case .header(_, let size, let properties):
                message = try assembler.header(bodySize: size, properties: properties)
            case .body(_, let piece): message = try assembler.body(piece)
            case .getEmpty: return .empty
            case .channelClosed(let channel, let code, let reason):
                try handle.confirmChannelClosed(channel)
                throw AMQPError(.channelClosed, reason, replyCode: code)
            case .connectionClosed(let code, let reason): throw AMQPError(.connectionClosed, reason, replyCode: code)
            default: break
            }
            if let message, case .delivery(let number, let redelivered, let exchange, let routingKey) = message.start {
                return .message(
                    AMQPDelivery(
                        queue: queue, exchange: exchange, routingKey: routingKey, properties: message.properties,
                        body: message.body, redelivered: redelivered,
                        tag: DeliveryTag(generation: 0, channel: Self.getChannel, number: number)))
            }
        }
        return .waiting
    }

    private func openGetChannel() throws(AMQPError) {
        if self.isGetChannelOpen { return }
        try self.onHandle { handle throws(AMQPError) in try handle.openChannel(Self.getChannel) }
        self.isGetChannelOpen = true
    }

    /// Runs one call on a fresh channel.
    private func call<Value>(
        _ body: (borrowing AMQPHandle, UInt16) throws(AMQPError) -> Value
    ) throws(AMQPError) -> Value {
        try self.onHandle { handle throws(AMQPError) in
            try handle.openChannel(Self.callChannel)
            do throws(AMQPError) {
                let value = try body(handle, Self.callChannel)
                try handle.closeChannel(Self.callChannel)
                return value
            } catch {
                // The library reports the broker's close and does not answer it.
                if error.code == .channelClosed { try handle.confirmChannelClosed(Self.callChannel) }
                throw error
            }
        }
    }

    /// Runs `body` and drops the connection when its error leaves the connection in doubt.
    private func onHandle<Value>(
        _ body: (borrowing AMQPHandle) throws(AMQPError) -> Value
    ) throws(AMQPError) -> Value {
        guard let handle = self.handle.take() else { throw AMQPError(.closed, "the connection is closed") }
        do {
            let value = try body(handle)
            self.handle = consume handle
            return value
        } catch {
            if error.code == .channelClosed || error.code == .invalid {
                self.handle = consume handle
            } else {
                self.drop()
            }
            throw error
        }
    }

    private func drop() {
        self.handle = nil
        self.watch.detach()
    }
}
