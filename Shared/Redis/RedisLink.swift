import Glibc
import Logging
import PollExecutor

/// The connection of a client: one thread that writes what waits, reads what is there, and sleeps in `poll`.
actor RedisLink {
    private let executor: PollExecutor
    private let configuration: RedisConfiguration
    private let scripts: [RedisScript]
    private let hub: RedisHub
    private let logger: Logger
    private var inbox: [RedisHub.Submission] = []
    private var counts = RedisHub.Counts()
    private var answers: [(ticket: RedisHub.Ticket, result: Result<RedisValue, RedisError>)] = []

    init(
        executor: PollExecutor, configuration: RedisConfiguration, scripts: [RedisScript], hub: RedisHub,
        logger: Logger
    ) {
        self.executor = executor
        self.configuration = configuration
        self.scripts = scripts
        self.hub = hub
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    /// Connects, serves and connects again, until closing or cancelled.
    func run() async {
        var backoff = ReconnectBackoff(ceiling: self.configuration.reconnectCeiling)
        var isFirstFailure = true
        while !Task.isCancelled, self.hub.closeBy == nil {
            let started = ContinuousClock.now
            do {
                try await self.session()
                return
            } catch {
                if Task.isCancelled || self.hub.closeBy != nil { return }
                // A connection that fails at once each time must not be tried at once each time.
                if .now - started > .seconds(10) {
                    backoff.reset()
                    isFirstFailure = true
                }
                self.logger.log(
                    level: isFirstFailure ? .warning : .debug, "no connection to Redis",
                    metadata: ["redis": "\(self.configuration)", "error": "\(error)"])
                isFirstFailure = false
                await self.pause(backoff.next())
            }
        }
    }

    /// Waits before the next attempt; closing shortens it.
    private func pause(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled, self.hub.closeBy == nil {
            let left = end - .now
            if left <= .zero { return }
            _ = await self.executor.ready(-1, 0, timeout: left, interruptible: true)
        }
    }

    // MARK: - One connection

    private func session() async throws(RedisError) {
        RedisHandle.blockBrokenPipes()
        let handle = try RedisHandle.connect(host: self.configuration.host, port: self.configuration.port)
        let deadline = ContinuousClock.now + self.configuration.connectTimeout
        try await self.wait(handle, POLLOUT, until: deadline)
        try handle.finishConnecting()
        let runID = try await self.greet(handle)
        let identity = self.hub.connected(runID: runID)
        self.logger.info("connected to Redis", metadata: ["redis": "\(self.configuration)", "run": "\(runID)"])
        var ledger = CommandLedger<RedisHub.Ticket?>(
            windowCommands: self.configuration.windowCommands, windowBytes: self.configuration.windowBytes,
            timeout: self.configuration.commandTimeout)
        do {
            try await self.pump(handle, &ledger)
            self.end(&ledger, RedisError(.unreachable, "the client is shutting down"), identity)
        } catch {
            self.end(&ledger, error, identity)
            throw error
        }
    }

    /// Logs in and loads the scripts before any caller's command, in one exchange.
    /// - Returns: The server's run id.
    private func greet(_ handle: borrowing RedisHandle) async throws(RedisError) -> String {
        let greeting = Greeting(self.configuration, self.scripts)
        for command in greeting.commands { try handle.append(command) }
        let deadline = ContinuousClock.now + self.configuration.connectTimeout
        while try !handle.flush() { try await self.wait(handle, POLLIN | POLLOUT, until: deadline) }
        var replies: [RedisValue] = []
        while replies.count < greeting.commands.count {
            while let reply = try handle.nextReply() { replies.append(reply) }
            if replies.count >= greeting.commands.count { break }
            if try handle.consume() == 0 { try await self.wait(handle, POLLIN, until: deadline) }
        }
        return try greeting.runID(from: replies, logger: self.logger)
    }

    private func wait(
        _ handle: borrowing RedisHandle, _ events: Int32, until deadline: ContinuousClock.Instant
    ) async throws(RedisError) {
        switch await self.executor.ready(handle.descriptor, events, timeout: max(.zero, deadline - .now)) {
        case .ready: return
        case .timedOut: throw RedisError(.unreachable, "connecting took too long")
        case .cancelled: throw RedisError(.unreachable, "cancelled")
        }
    }

    /// Moves commands and answers until closing.
    private func pump(
        _ handle: borrowing RedisHandle, _ ledger: inout CommandLedger<RedisHub.Ticket?>
    ) async throws(RedisError) {
        var isFlushed = true
        var movedAt = ContinuousClock.now
        while true {
            let received = try self.receive(handle, &ledger)
            let now = ContinuousClock.now
            let closeBy = self.takeInbox(into: &ledger, at: now)
            let sent = try self.send(handle, &ledger, &isFlushed, at: now)
            if received > 0 || sent { movedAt = now }
            // There may be more to read, and what is late may be among it.
            if received >= RedisHandle.readSize { continue }
            self.fail(ledger.expired(at: now), RedisError(.busy, "no turn in time"))
            if ledger.isOverdue(at: now) { throw RedisError(.timeout, "no answer in time") }
            if let closeBy, ledger.isEmpty || closeBy <= now { return }
            if ledger.isEmpty, now - movedAt >= self.configuration.heartbeat {
                ledger.add(RedisCommand("PING"), nil, at: now)
                continue
            }
            let deadline = ledger.nextDeadline ?? movedAt + self.configuration.heartbeat
            let readiness = await self.executor.ready(
                handle.descriptor, isFlushed ? POLLIN : POLLIN | POLLOUT,
                timeout: max(.zero, min(deadline, closeBy ?? deadline) - .now), interruptible: true)
            if readiness == .cancelled { throw RedisError(.unreachable, "cancelled") }
        }
    }

    /// Hands out the answers that are here.
    private func receive(
        _ handle: borrowing RedisHandle, _ ledger: inout CommandLedger<RedisHub.Ticket?>
    ) throws(RedisError) -> Int {
        let count = try handle.consume()
        if count == 0 { return 0 }
        // Also when a later one cannot be read: what was answered was answered.
        defer { self.handOut() }
        while let reply = try handle.nextReply() {
            guard let ticket = ledger.answered() else {
                throw RedisError(.unreachable, "an answer to no command")
            }
            guard let ticket else { continue }
            self.counts.answered += 1
            if case .failure(let error) = reply {
                self.answers.append((ticket, .failure(error)))
            } else {
                self.answers.append((ticket, .success(reply)))
            }
        }
        return count
    }

    private func handOut() {
        self.hub.note(&self.counts)
        for answer in self.answers { answer.ticket.resume(returning: answer.result) }
        self.answers.removeAll(keepingCapacity: true)
    }

    private func takeInbox(
        into ledger: inout CommandLedger<RedisHub.Ticket?>, at now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        let closeBy = self.hub.take(into: &self.inbox)
        for submission in self.inbox { ledger.add(submission.command, submission.ticket, at: now) }
        self.inbox.removeAll(keepingCapacity: true)
        return closeBy
    }

    /// Writes as much as the window and the socket take: everything that waits goes out together.
    private func send(
        _ handle: borrowing RedisHandle, _ ledger: inout CommandLedger<RedisHub.Ticket?>, _ isFlushed: inout Bool,
        at now: ContinuousClock.Instant
    ) throws(RedisError) -> Bool {
        var any = false
        while let command = ledger.next(at: now) {
            try handle.append(command)
            any = true
        }
        if any { self.counts.batches += 1 }
        if any || !isFlushed { isFlushed = try handle.flush() }
        return any
    }

    // MARK: - The end of a connection

    /// Everybody who waits is told what is known of their command. The handle is gone with the caller's scope, so a late
    /// answer reaches nobody.
    private func end(
        _ ledger: inout CommandLedger<RedisHub.Ticket?>, _ error: RedisError, _ identity: RedisServerIdentity
    ) {
        let unseen = self.hub.disconnected()
        let loss = ledger.lost(at: .now)
        self.fail(loss.overdue, RedisError(.timeout, "no answer in time"))
        self.fail(loss.unknown, RedisError(.unknown, error.message))
        self.fail(loss.unsent + unseen.map(\.ticket), RedisError(.unreachable, error.message))
    }

    private func fail(_ tickets: [RedisHub.Ticket?], _ error: RedisError) {
        for case let ticket? in tickets {
            switch error.code {
            case .timeout: self.counts.timeouts += 1
            case .unknown: self.counts.unknown += 1
            default: self.counts.refused += 1
            }
            self.answers.append((ticket, .failure(error)))
        }
        self.handOut()
    }
}
