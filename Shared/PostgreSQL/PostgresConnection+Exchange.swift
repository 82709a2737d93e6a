// Without this import `checkIsolated` would be the standard library's own, which always ends the process.
import PollExecutor

/// What passes between this side and the server: everything here runs on the connection's thread and does not suspend.
extension PostgresConnection {
    var bound: Duration { self.configuration.statementTimeout + Self.grace }
    static let nulByte = PostgresError(.server, "a text holds a NUL byte", sqlState: "22021")
    static let cancelled = PostgresError(.cancelled, "the task was cancelled")

    func perform(_ statements: [SQL], bound: Duration? = nil) async throws(PostgresError) -> [PostgresResult] {
        try await self.cancellable { () throws(PostgresError) in
            try self.exchange(statements, bound: bound.map { $0 + Self.grace } ?? self.bound)
        }
    }

    /// Runs `work`, which waits on this thread, such that cancelling the task reaches it.
    func cancellable<T: Sendable>(_ work: () throws(PostgresError) -> T) async throws(PostgresError) -> T {
        if Task.isCancelled { throw Self.cancelled }
        self.requests += 1
        let request = self.requests
        self.wake.begin(request)
        let outcome: Result<T, PostgresError> = await withTaskCancellationHandler {
            do throws(PostgresError) {
                // Through self: a closure that captures no actor runs on the cooperative pool, which must never block.
                return .success(try self.onThread(work))
            } catch {
                return .failure(error)
            }
        } onCancel: { [wake = self.wake] in
            wake.cancel(request)
        }
        self.wake.begin(0)
        return try outcome.get()
    }

    /// Runs `work` here, and ends the process where "here" is not the connection's thread: the compiler does not notice.
    func onThread<T: Sendable>(_ work: () throws(PostgresError) -> T) throws(PostgresError) -> T {
        self.executor.checkIsolated()
        return try work()
    }

    func open() async throws(PostgresError) {
        try await self.cancellable { () throws(PostgresError) in
            let deadline = ContinuousClock.now + self.configuration.connectTimeout
            self.handle = try PostgresHandle(connecting: self.configuration.parameters)
            var progress = PostgresHandle.Progress.writing
            if self.handle?.isBroken ?? true { throw self.lost() }
            while progress != .connected {
                let isInTime = self.handle?.wait(
                    reading: progress == .reading, writing: progress == .writing, wake: self.wake.descriptor,
                    until: deadline)
                if self.wake.isCancelled() { throw self.lost(Self.cancelled) }
                if isInTime != true { throw self.lost(PostgresError(.timeout, "no connection in time")) }
                do throws(PostgresError) {
                    progress = try self.handle?.connectionProgress() ?? .reading
                } catch {
                    throw self.lost(error)
                }
            }
            self.publish()
        }
    }

    /// Sends statements as one pipeline and reads all its answers.
    func exchange(_ statements: [SQL], bound: Duration) throws(PostgresError) -> [PostgresResult] {
        self.nothingWasSent = true
        try self.prepareToSend()
        var plan = PipelinePlan()
        for statement in statements {
            let text = statement.text
            guard !text.utf8.contains(0), !statement.parameters.contains(where: \.hasForbiddenByte) else {
                throw Self.nulByte
            }
            plan.add(text: text, parameters: statement.parameters, cache: &self.statements)
        }
        defer { self.publish() }
        do throws(PostgresError) {
            for command in plan.commands {
                switch command {
                case .prepare(let name, let key): try self.handle?.sendPrepare(name, key.text, types: key.types)
                case .execute(let name, let parameters): try self.handle?.sendExecute(prepared: name, parameters)
                }
            }
            try self.handle?.sendSync()
            self.nothingWasSent = false
            return try self.receive(plan, bound: bound)
        } catch {
            throw error.isConnectionLoss || error.code == .connection ? self.lost(error) : error
        }
    }

    func prepareToSend() throws(PostgresError) {
        guard self.handle != nil else { throw PostgresError(.connection, "the connection is closed") }
        // The end of a session is noticed here, before anything is sent that would then be in doubt.
        if !self.isQuiet {
            self.settle()
            guard self.handle != nil else { throw PostgresError(.connection, "the server has ended the session") }
        }
        if self.statements.orphans.count >= 16, self.handle?.transaction == PostgresHandle.Transaction.none {
            let names = self.statements.takeOrphans()
            try self.exchangeScript(names.map { "DEALLOCATE \($0)" }.joined(separator: ";"), bound: self.bound)
        }
    }

    func receive(_ plan: PipelinePlan, bound: Duration) throws(PostgresError) -> [PostgresResult] {
        var results: [PostgresResult] = []
        var failure: PostgresError?
        var waiting = Waiting(bound: bound)
        var command = 0
        answers: while true {
            switch try self.reply(&waiting) {
            case .result(let result):
                guard command < plan.commands.count else { break }
                switch plan.commands[command] {
                case .prepare(let name, let key): self.statements.prepared(key, as: name)
                case .execute: results.append(result)
                }
            case .failure(let error):
                if error.isConnectionLoss { throw error }
                if failure == nil { failure = error }
                if error.isStalePlan, command < plan.commands.count, case .execute(let name, _) = plan.commands[command]
                {
                    self.statements.forget(named: name, existsAtServer: error.sqlState != "26000")
                }
            case .skipped: break
            case .end:
                // A broken connection answers NULL for ever.
                if self.handle?.isBroken ?? true { throw PostgresError(.connection, self.handle?.lastError ?? "") }
                command += 1
                if self.cancelRequest == nil { waiting.restart() }
            case .synchronized: break answers
            }
        }
        try self.finishCancelling(&waiting, &failure)
        if let failure { throw failure }
        return results
    }

    func exchangeScript(_ text: String, bound: Duration) throws(PostgresError) {
        guard self.handle != nil else { throw PostgresError(.connection, "the connection is closed") }
        defer { self.publish() }
        do throws(PostgresError) {
            try self.handle?.setPipeline(false)
            try self.handle?.sendScript(text)
            var waiting = Waiting(bound: bound)
            var failure: PostgresError?
            answers: while true {
                switch try self.reply(&waiting) {
                case .failure(let error):
                    if error.isConnectionLoss { throw error }
                    failure = error
                case .end: break answers
                case .result, .skipped, .synchronized: break
                }
            }
            if self.handle?.isBroken ?? true { throw PostgresError(.connection, self.handle?.lastError ?? "") }
            try self.finishCancelling(&waiting, &failure)
            try self.handle?.setPipeline(true)
            if let failure { throw failure }
        } catch {
            throw error.isConnectionLoss || error.code == .connection ? self.lost(error) : error
        }
    }

    /// The next answer, once what was sent has left and the answer is here.
    func reply(_ waiting: inout Waiting) throws(PostgresError) -> PostgresHandle.Reply {
        var isSent = try self.handle?.flush() ?? true
        while !isSent || (self.handle?.isWaiting ?? false) {
            let isInTime = self.handle?.wait(
                reading: true, writing: !isSent, wake: self.wake.descriptor, until: waiting.deadline)
            if self.wake.isCancelled(), self.cancelRequest == nil {
                self.cancelRequest = self.handle?.startCancelling(self.wake)
                waiting.shorten(to: Self.grace)
            }
            if isInTime != true {
                let error = self.cancelRequest == nil ? PostgresError(.timeout, "no answer in time") : Self.cancelled
                throw error.losingConnection()
            }
            try self.handle?.consume()
            if !isSent { isSent = try self.handle?.flush() ?? true }
        }
        return self.handle?.nextReply() ?? .end
    }

    /// After a cancellation: the session may go on only when the request has arrived, because it would hit whatever
    /// runs when it does.
    func finishCancelling(_ waiting: inout Waiting, _ failure: inout PostgresError?) throws(PostgresError) {
        guard let request = self.cancelRequest else { return }
        while !request.isDone {
            // Nothing more is expected from the socket, so the poll is on the wake alone.
            let isInTime = self.handle?.wait(
                reading: false, writing: false, wake: self.wake.descriptor, until: waiting.deadline)
            _ = self.wake.isCancelled()
            if isInTime != true { throw Self.cancelled.losingConnection() }
        }
        self.cancelRequest = nil
        if failure?.sqlState == "57014" { failure = Self.cancelled }
    }
}

/// A deadline that starts anew with every answer, until it is shortened.
struct Waiting {
    private let bound: Duration
    private(set) var deadline: ContinuousClock.Instant

    init(bound: Duration) {
        self.bound = bound
        self.deadline = ContinuousClock.now + bound
    }

    mutating func restart() {
        self.deadline = ContinuousClock.now + self.bound
    }

    mutating func shorten(to bound: Duration) {
        self.deadline = min(self.deadline, ContinuousClock.now + bound)
    }
}
