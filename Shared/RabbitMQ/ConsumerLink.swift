import Glibc
import Logging
import PollExecutor

/// The connection of a consumer: one thread, a channel for each queue, one frame pump.
actor ConsumerLink {
    private let executor: PollExecutor
    private let configuration: AMQPConfiguration
    private let topology: AMQPTopology
    private let queues: [(name: String, prefetch: Int)]
    private let hub: ConsumerHub
    private let watch: ConnectionWatch
    private let logger: Logger
    private var isCancelSent = false

    init(
        executor: PollExecutor, configuration: AMQPConfiguration, topology: AMQPTopology,
        queues: [(name: String, prefetch: Int)], hub: ConsumerHub, watch: ConnectionWatch, logger: Logger
    ) {
        self.executor = executor
        self.configuration = configuration
        self.topology = topology
        self.queues = queues
        self.hub = hub
        self.watch = watch
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    /// Connects, serves and connects again, until closing or cancelled.
    func run() async {
        await withTaskCancellationHandler {
            var backoff = ReconnectBackoff()
            var isFirstFailure = true
            while !Task.isCancelled, self.hub.closeBy == nil {
                let started = ContinuousClock.now
                do {
                    try await self.session()
                    break
                } catch {
                    // A connection that fails at once each time must not be tried at once each time.
                    if .now - started > .seconds(10) { backoff.reset() }
                    if self.hub.visible.connected { isFirstFailure = true }
                    self.hub.disconnected()
                    self.watch.detach()
                    if Task.isCancelled || self.hub.closeBy != nil { break }
                    self.logger.log(
                        level: isFirstFailure ? .warning : .debug, "no connection to the broker for consuming",
                        metadata: ["error": "\(error)"])
                    isFirstFailure = false
                    await self.pause(backoff.next())
                }
            }
            self.hub.disconnected()
            self.watch.detach()
        } onCancel: {
            self.watch.cut()
        }
    }

    private func pause(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled, self.hub.closeBy == nil {
            let left = end - .now
            if left <= .zero { return }
            _ = await self.executor.ready(-1, 0, timeout: left, interruptible: true)
        }
    }

    // MARK: - One connection

    private static func channel(_ lane: Int) -> UInt16 { UInt16(lane + 1) }
    private static func tag(_ lane: Int) -> String { "lane-\(lane)" }

    private func session() async throws(AMQPError) {
        let handle = try AMQPHandle.open(self.configuration, watch: self.watch)
        // Every call that waits for an answer comes before the first consumer: deliveries must find only the pump.
        for (lane, queue) in self.queues.enumerated() {
            let channel = Self.channel(lane)
            try handle.openChannel(channel)
            if lane == 0 { try handle.declare(self.topology, on: channel, watch: self.watch) }
            try handle.limitDeliveries(channel, to: max(1, queue.prefetch))
            self.watch.busy()
        }
        self.isCancelSent = self.hub.isStopped
        if !self.isCancelSent {
            for (lane, queue) in self.queues.enumerated() {
                try handle.consume(queue.name, tag: Self.tag(lane), on: Self.channel(lane))
            }
        }
        let generation = self.hub.connected()
        self.logger.info("consuming from the broker", metadata: ["broker": "\(self.configuration)"])
        try await self.pump(handle, generation)
        self.watch.busy()
        handle.close(timeout: .seconds(2))
    }

    /// Moves frames both ways until closing.
    private func pump(_ handle: borrowing AMQPHandle, _ generation: UInt64) async throws(AMQPError) {
        var assemblers = Array(repeating: MessageAssembler(), count: self.queues.count)
        while true {
            self.watch.busy()
            var deadline: ContinuousClock.Instant?
            while true {
                let received = try self.receive(handle, &assemblers, generation)
                deadline = self.hub.distribute()
                let sent = try self.send(handle)
                if !received, !sent { break }
                self.watch.busy()
            }
            self.watch.idle()
            var timeout = self.configuration.heartbeat / 2
            if let closeBy = self.hub.closeBy {
                if self.hub.held == 0 || closeBy <= .now {
                    // What was answered in between must still leave.
                    if try !self.send(handle) { return }
                    continue
                }
                timeout = min(timeout, closeBy - .now)
            }
            if let deadline { timeout = min(timeout, deadline - .now) }
            let readiness = await self.executor.ready(
                handle.descriptor, POLLIN, timeout: max(.zero, timeout), interruptible: true)
            if readiness == .cancelled { throw AMQPError(.closed, "cancelled") }
        }
    }

    /// Handles every frame that is here.
    private func receive(
        _ handle: borrowing AMQPHandle, _ assemblers: inout [MessageAssembler], _ generation: UInt64
    ) throws(AMQPError) -> Bool {
        var deliveries: [(lane: Int, delivery: AMQPDelivery)] = []
        var any = false
        while let frame = try handle.nextFrame() {
            any = true
            switch frame {
            case .deliver(let channel, let number, let redelivered, let exchange, let routingKey):
                try assemblers[try self.lane(channel)].begin(
                    .delivery(number: number, redelivered: redelivered, exchange: exchange, routingKey: routingKey))
            case .header(let channel, let size, let properties):
                let lane = try self.lane(channel)
                if let message = try assemblers[lane].header(bodySize: size, properties: properties) {
                    deliveries.append((lane, try self.delivery(message, lane, generation)))
                }
            case .body(let channel, let piece):
                let lane = try self.lane(channel)
                if let message = try assemblers[lane].body(piece) {
                    deliveries.append((lane, try self.delivery(message, lane, generation)))
                }
            case .cancelled(let channel):
                let queue = self.queues[try self.lane(channel)].name
                throw AMQPError(.consumerCancelled, "the broker ended the consumer of \(queue)")
            case .channelClosed(_, let code, let reason): throw AMQPError(.channelClosed, reason, replyCode: code)
            case .connectionClosed(let code, let reason): throw AMQPError(.connectionClosed, reason, replyCode: code)
            case .ack, .nack, .returned, .getOk, .getEmpty:
                throw AMQPError(.protocolViolation, "a confirm to a consumer")
            case .blocked, .unblocked, .other: break
            }
        }
        if !deliveries.isEmpty { self.hub.add(deliveries) }
        return any
    }

    private func lane(_ channel: UInt16) throws(AMQPError) -> Int {
        let lane = Int(channel) - 1
        guard self.queues.indices.contains(lane) else { throw AMQPError(.protocolViolation, "a frame on no channel") }
        return lane
    }

    private func delivery(
        _ message: MessageAssembler.Message, _ lane: Int, _ generation: UInt64
    ) throws(AMQPError) -> AMQPDelivery {
        guard case .delivery(let number, let redelivered, let exchange, let routingKey) = message.start else {
            throw AMQPError(.protocolViolation, "a returned message on a consumer's channel")
        }
        return AMQPDelivery(
            queue: self.queues[lane].name, exchange: exchange, routingKey: routingKey, properties: message.properties,
            body: message.body, redelivered: redelivered,
            tag: DeliveryTag(generation: generation, channel: Self.channel(lane), number: number))
    }

    /// Sends the answers that wait, and the end of the consumers once.
    private func send(_ handle: borrowing AMQPHandle) throws(AMQPError) -> Bool {
        let answers = self.hub.takeAnswers()
        let cancels = self.hub.isStopped && !self.isCancelSent
        guard cancels || !answers.isEmpty else { return false }
        handle.cork(true)
        defer { handle.cork(false) }
        if cancels {
            self.isCancelSent = true
            for lane in self.queues.indices { try handle.cancel(tag: Self.tag(lane), on: Self.channel(lane)) }
        }
        for answer in answers {
            switch answer {
            case .acknowledge(let tag): try handle.acknowledge(tag.number, on: tag.channel)
            case .reject(let tag, let requeue): try handle.reject(tag.number, on: tag.channel, requeue: requeue)
            }
        }
        return true
    }
}
