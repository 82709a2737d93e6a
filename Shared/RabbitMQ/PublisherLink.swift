import Glibc
import Logging
import PollExecutor

/// The connection of a publisher: one thread, one channel in confirm mode, one frame pump.
actor PublisherLink {
    /// Finds the caller of a message in flight.
    private struct Sent {
        let ticket: PublishTicket
        let index: Int
        var message: AMQPMessage { self.ticket.messages[self.index] }
    }

    private static let channel: UInt16 = 1

    private let executor: PollExecutor
    private let configuration: AMQPConfiguration
    private let topology: AMQPTopology
    private let hub: PublisherHub
    private let watch: ConnectionWatch
    private let logger: Logger
    /// Tickets with messages not yet sent, and the position in the first of them. They outlive connections.
    private var waiting: [PublishTicket] = []
    private var position = 0
    private var blocked = false

    init(
        executor: PollExecutor, configuration: AMQPConfiguration, topology: AMQPTopology, hub: PublisherHub,
        watch: ConnectionWatch, logger: Logger
    ) {
        self.executor = executor
        self.configuration = configuration
        self.topology = topology
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
            while !Task.isCancelled {
                let started = ContinuousClock.now
                do {
                    try await self.session()
                    break
                } catch {
                    // A connection that fails at once each time must not be tried at once each time.
                    if .now - started > .seconds(10) { backoff.reset() }
                    if self.hub.visible.connected { isFirstFailure = true }
                    self.hub.connected(false)
                    self.watch.detach()
                    if Task.isCancelled || self.hub.closeBy != nil { break }
                    self.logger.log(
                        level: isFirstFailure ? .warning : .debug, "no connection to the broker for publishing",
                        metadata: ["error": "\(error)"])
                    isFirstFailure = false
                    await self.pause(backoff.next())
                    if self.hub.closeBy != nil { break }
                }
            }
            self.hub.connected(false)
            self.watch.detach()
            self.hub.takeInbox(into: &self.waiting)
            for ticket in self.waiting { ticket.resolveOpen(.unknown) }
            self.waiting = []
        } onCancel: {
            self.watch.cut()
        }
    }

    /// Waits before the next attempt; new messages do not shorten the wait, closing does.
    private func pause(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled, self.hub.closeBy == nil {
            let left = end - .now
            if left <= .zero { return }
            _ = await self.executor.ready(-1, 0, timeout: left, interruptible: true)
        }
    }

    // MARK: - One connection

    private func session() async throws(AMQPError) {
        let handle = try AMQPHandle.open(self.configuration, watch: self.watch)
        try handle.openChannel(Self.channel)
        try handle.declare(self.topology, on: Self.channel, watch: self.watch)
        try handle.selectConfirms(Self.channel)
        self.blocked = false
        self.hub.connected(true)
        self.logger.info("publishing to the broker", metadata: ["broker": "\(self.configuration)"])
        var ledger = ConfirmLedger<Sent>()
        do {
            try await self.pump(handle, &ledger)
        } catch {
            let open = ledger.lost()
            self.hub.lost(open.count)
            for sent in open { sent.ticket.resolve(sent.index, .unknown) }
            throw error
        }
        self.watch.busy()
        handle.close(timeout: self.configuration.publishTimeout)
    }

    /// Moves frames both ways until closing.
    private func pump(_ handle: borrowing AMQPHandle, _ ledger: inout ConfirmLedger<Sent>) async throws(AMQPError) {
        var assembler = MessageAssembler()
        var quietSince = ContinuousClock.now
        while true {
            self.watch.busy()
            var moved = false
            while true {
                let received = try self.receive(handle, &ledger, &assembler)
                let sent = try self.send(handle, &ledger)
                if !received, !sent { break }
                moved = true
                self.watch.busy()
            }
            self.watch.idle()
            if moved || ledger.inFlight == 0 || self.blocked { quietSince = .now }
            if .now - quietSince > self.configuration.heartbeat * 2 {
                // The broker lives, but this channel does not: a new one has a chance.
                throw AMQPError(.heartbeat, "no confirm for twice the heartbeat")
            }
            if let closeBy = self.hub.closeBy, ledger.inFlight == 0 && self.waiting.isEmpty || closeBy <= .now {
                let open = ledger.lost()
                for sent in open { sent.ticket.resolve(sent.index, .unknown) }
                return
            }
            let timeout = self.hub.closeBy.map { max(.zero, $0 - .now) } ?? self.configuration.heartbeat / 2
            let readiness = await self.executor.ready(
                handle.descriptor, POLLIN, timeout: min(timeout, self.configuration.heartbeat / 2), interruptible: true)
            if readiness == .cancelled { throw AMQPError(.closed, "cancelled") }
        }
    }

    /// Handles every frame that is here.
    private func receive(
        _ handle: borrowing AMQPHandle, _ ledger: inout ConfirmLedger<Sent>, _ assembler: inout MessageAssembler
    ) throws(AMQPError) -> Bool {
        var counts = AMQPPublisher.Statistics()
        var any = false
        // Also when a later frame is an error: what was answered was answered.
        defer { if counts != AMQPPublisher.Statistics() { self.hub.answered(counts) } }
        while let frame = try handle.nextFrame() {
            any = true
            switch frame {
            case .ack(let number, let multiple):
                try self.resolve(ledger.acknowledged(number, multiple: multiple), &counts)
            case .nack(let number, let multiple):
                try self.resolve(ledger.refused(number, multiple: multiple), &counts)
            case .returned(_, let code, let reason, let exchange, let routingKey):
                try assembler.begin(.returned(code: code, reason: reason, exchange: exchange, routingKey: routingKey))
            case .header(_, let size, let properties):
                if let message = try assembler.header(bodySize: size, properties: properties) {
                    self.noteReturn(of: message, &ledger)
                }
            case .body(_, let piece):
                if let message = try assembler.body(piece) { self.noteReturn(of: message, &ledger) }
            case .blocked(let reason):
                self.blocked = true
                self.hub.blocked(true)
                self.logger.warning("the broker takes no messages", metadata: ["reason": "\(reason)"])
            case .unblocked:
                self.blocked = false
                self.hub.blocked(false)
                self.logger.info("the broker takes messages again")
            case .channelClosed(_, let code, let reason): throw AMQPError(.channelClosed, reason, replyCode: code)
            case .connectionClosed(let code, let reason): throw AMQPError(.connectionClosed, reason, replyCode: code)
            case .deliver, .getOk, .getEmpty, .cancelled:
                throw AMQPError(.protocolViolation, "a delivery to a publisher")
            case .other: break
            }
        }
        return any
    }

    private func resolve(
        _ resolutions: [ConfirmLedger<Sent>.Resolution]?, _ counts: inout AMQPPublisher.Statistics
    ) throws(AMQPError) {
        guard let resolutions else { throw AMQPError(.protocolViolation, "a confirm for a message never sent") }
        for resolution in resolutions {
            switch resolution.outcome {
            case .confirmed: counts.confirmed += 1
            case .returned: counts.returned += 1
            default: counts.refused += 1
            }
            resolution.ticket.ticket.resolve(resolution.ticket.index, resolution.outcome)
        }
    }

    private func noteReturn(of message: MessageAssembler.Message, _ ledger: inout ConfirmLedger<Sent>) {
        guard case .returned(let code, let reason, let exchange, let routingKey) = message.start else { return }
        let identifier = message.properties.messageID
        let found = ledger.returned(code: code, reason: reason) { sent in
            let candidate = sent.message
            return candidate.properties.messageID == identifier && candidate.routingKey == routingKey
                && candidate.exchange == exchange && (identifier != nil || candidate.body == message.body)
        }
        if !found { self.logger.warning("the broker returned a message that was not in flight") }
    }

    /// Sends as much as the window allows.
    private func send(_ handle: borrowing AMQPHandle, _ ledger: inout ConfirmLedger<Sent>) throws(AMQPError) -> Bool {
        self.hub.takeInbox(into: &self.waiting)
        guard !self.waiting.isEmpty, !self.blocked, ledger.inFlight < self.configuration.windowMessages else {
            return false
        }
        let frameSize = handle.frameMaximum
        var any = false
        handle.cork(true)
        defer { handle.cork(false) }
        while let ticket = self.waiting.first, ledger.inFlight < self.configuration.windowMessages {
            // A ticket whose caller has given up must not be sent after the caller's next attempt.
            if self.position >= ticket.messages.count || ticket.isFinished {
                self.waiting.removeFirst()
                self.position = 0
                continue
            }
            let message = ticket.messages[self.position]
            let bytes = message.body.count
            // One message larger than the window may go alone.
            if ledger.inFlight > 0, ledger.bytesInFlight + bytes > self.configuration.windowBytes { break }
            if let mistake = message.mistake(frameSize: frameSize) {
                ticket.resolve(self.position, .returned(code: 501, reason: mistake))
                self.position += 1
                continue
            }
            _ = ledger.sent(Sent(ticket: ticket, index: self.position), bytes: bytes)
            self.position += 1
            any = true
            try handle.publish(message, on: Self.channel)
        }
        return any
    }
}
