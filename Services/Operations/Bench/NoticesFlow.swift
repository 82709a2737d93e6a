import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import Storage

/// Lateness, dispatch and receipts, while the campaign's messages wait for their hour.
final class NoticesFlow: Sendable {
    private let ground: NoticesGround
    private let kannel: KannelAccess
    private let ticker: ProgrammeTicker
    private let options: NoticesBench.Options
    private let processes: ProcessMeter
    private let service: HTTPCaller
    private let port: Int
    /// People who were given something already: nobody gets two, since the second would have to wait.
    private let used = NIOLockedValueBox(0)

    /// How long everything may take to be said.
    private static let patience = Duration.seconds(300)

    init(
        session: RunSession, ground: NoticesGround, kannel: KannelAccess, ticker: ProgrammeTicker,
        options: NoticesBench.Options
    ) async throws {
        guard let pool = session.pools[.notification] else { throw OperationsError("The run has no databases.") }
        self.ground = ground
        self.kannel = kannel
        self.ticker = ticker
        self.options = options
        self.port = session.run.port(.notification, instance: 1)
        self.processes = try await ProcessMeter(
            run: session.run, processes: session.fleet.processes, servers: ["kannel", "smsbox", "message-centre"],
            pool: pool)
        self.service = HTTPCaller(
            host: "127.0.0.1", port: self.port, connections: options.connections, timeout: .seconds(30))
    }

    func shutdown() async { await self.service.shutdown() }

    /// - Returns: how many of so many wanted there are people for, and from which one on.
    private func take(_ wanted: Int, share: Int) -> (count: Int, offset: Int) {
        let count = min(wanted, self.options.people / share)
        return self.used.withLockedValue { used in
            defer { used += count }
            return (count, used)
        }
    }

    func measure(_ result: inout NoticesResult) async throws {
        result.names = self.processes.names
        let before = try await self.kannel.figures()
        PipelineBench.say("warming up: \(Numbers.grouped(NoticesBench.warmUp)) messages")
        let warm = try await self.dispatch(self.take(NoticesBench.warmUp, share: 10), step: "bench-warm")
        let text = KannelAccess.encoded(try await self.kannel.text(after: before.messages))
        result.waiting = try await self.ground.waiting()
        try await self.lateness(&result)

        let (count, offset) = self.take(Int(warm.rate * self.options.seconds), share: 3)
        PipelineBench.say("dispatch: \(Numbers.grouped(count)) messages due at once")
        let sent = try await self.kannel.figures()
        result.dispatched = try await self.dispatch((count, offset), step: "bench-dispatch")
        let arrived = try await self.kannel.figures()
        result.arrived = "\(Numbers.grouped(arrived.messages - sent.messages)) of \(Numbers.grouped(count))"
        guard arrived.messages - sent.messages == count else {
            throw OperationsError("Of \(count) messages \(arrived.messages - sent.messages) arrived.")
        }
        if self.options.ceiling {
            PipelineBench.say("ceiling: \(Numbers.grouped(count)) messages straight into Kannel")
            result.kannel = try await self.ceiling(count, text)
        }
        try await self.receipts(&result)
    }

    // MARK: - Lateness

    private func lateness(_ result: inout NoticesResult) async throws {
        let (count, offset) = self.take(Int(Double(self.options.reminders) * self.options.seconds), share: 5)
        PipelineBench.say(
            "lateness: \(Numbers.grouped(count)) reminders, \(self.options.reminders) a second, \(Numbers.grouped(result.waiting)) others waiting"
        )
        let known = try await self.ground.delivered()
        try await self.ground.remind(
            count, from: offset, step: "bench-late", at: self.ticker.now.addingTimeInterval(2),
            every: 1 / Double(self.options.reminders))
        try await self.untilDelivered(count, step: "bench-late", before: known)
        let instants = try await self.ground.instants("bench-late")
        result.decided = Latencies(instants.map { $0.decided - $0.due })
        result.answered = Latencies(instants.map { $0.answered - $0.due })
    }

    // MARK: - Dispatch

    private func dispatch(
        _ people: (count: Int, offset: Int), step: String
    ) async throws -> NoticesResult.Phase {
        let before = try await self.processes.read()
        let known = try await self.ground.delivered()
        async let arriving = self.arrivals(people.count, after: try await self.kannel.figures().messages)
        try await self.ground.remind(people.count, from: people.offset, step: step, at: self.ticker.now, every: 0)
        try await self.untilDelivered(people.count, step: step, before: known)
        let arrival = try await arriving
        let after = try await self.processes.read()
        let instants = try await self.ground.instants(step)
        // From the first decision until Kannel has answered the last: everything between is notification's own time.
        let first = instants.map(\.decided).min() ?? 0
        let last = instants.map(\.answered).max() ?? 0
        return NoticesResult.Phase(
            done: people.count, seconds: last - first, latencies: Latencies(instants.map { $0.answered - $0.decided }),
            cost: ProcessCost(from: before, to: after), arrival: arrival)
    }

    /// How long it takes from the first message that arrives at the message centre to the last of so many: Kannel says that it
    /// has a message when it has queued it.
    private func arrivals(_ count: Int, after: Int) async throws -> Double {
        let deadline = ContinuousClock.now + Self.patience + .seconds(self.options.seconds)
        var first: ContinuousClock.Instant?
        while ContinuousClock.now < deadline {
            let arrived = try await self.kannel.figures().messages - after
            if arrived > 0, first == nil { first = .now }
            if arrived >= count { return (ContinuousClock.now - (first ?? .now)).asSeconds }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw OperationsError("Of \(count) messages \(try await self.kannel.figures().messages - after) arrived.")
    }

    /// Waits until a receipt says of every message that it is on the phone: all were said, and Kannel owes nothing more.
    ///
    /// - Parameter known: Receipts that were known before. To count the messages' own states again and again would read all
    ///   those that wait.
    private func untilDelivered(_ count: Int, step: String, before known: Int) async throws {
        let deadline = ContinuousClock.now + Self.patience + .seconds(self.options.seconds)
        while try await self.ground.delivered() < known + count {
            guard ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: .milliseconds(500))
        }
        try await self.kannel.settle()
        let states = try await self.ground.states(step)
        guard states == ["delivered": count] else {
            throw OperationsError("Of \(count) messages not all were delivered: \(states).")
        }
    }

    // MARK: - Kannel alone

    private func ceiling(_ count: Int, _ text: String) async throws -> NoticesResult.Phase {
        let before = try await self.processes.read()
        let sent = try await self.kannel.figures()
        let people = self.options.people
        async let arriving = self.arrivals(count, after: sent.messages)
        let phase = try await self.timed(KannelAccess.connections, count) { index in
            try await self.kannel.send(text, to: NoticesGround.phone(people + index), answering: self.port)
        }
        try await self.kannel.settle()
        let arrived = try await self.kannel.figures().messages - sent.messages
        guard arrived == count else { throw OperationsError("Of \(count) messages \(arrived) arrived.") }
        var result = phase
        result.arrival = try await arriving
        result.cost = ProcessCost(from: before, to: try await self.processes.read())
        return result
    }

    // MARK: - Receipts

    private func receipts(_ result: inout NoticesResult) async throws {
        // Not known before it is tried how many it takes: as many as at a rate nobody here reaches, and no more than there are.
        let (count, offset) = self.take(Int(2_500 * self.options.seconds), share: 3)
        PipelineBench.say("receipts: \(Numbers.grouped(count))")
        let ids = try await self.ground.accept(count, from: offset, step: "bench-receipt", at: self.ticker.now)
        let path = self.kannel.receiptPath
        let reply = KannelAccess.encoded(
            "id:0a1b2c3d sub:001 dlvrd:001 submit date:2211261000 done date:2211261000 stat:DELIVRD err:000 text:")
        let at = Int(self.ticker.now.timeIntervalSince1970)
        let before = try await self.processes.read()
        result.receipts = try await self.timed(self.options.connections, ids.count) { index in
            let answer = try await self.service.call(
                "GET",
                "\(path)?id=\(ids[index].uuidString)&type=1&reply=\(reply)&fid=\(index)&at=\(at)")
            guard answer.status == 200 else { throw OperationsError("A receipt was answered \(answer.status).") }
        }
        result.receipts.cost = ProcessCost(from: before, to: try await self.processes.read())
        let states = try await self.ground.states("bench-receipt")
        guard states == ["delivered": ids.count] else {
            throw OperationsError("After \(ids.count) receipts messages stand at \(states).")
        }
        if self.options.ceiling {
            PipelineBench.say("ceiling: HTTP server alone")
            let start = try await self.processes.read()
            var phase = try await self.timed(self.options.connections, ids.count) { _ in
                let reply = try await self.service.call("GET", "/health/live")
                guard reply.status == 200 else { throw OperationsError("/health/live answered \(reply.status).") }
            }
            phase.cost = ProcessCost(from: start, to: try await self.processes.read())
            result.http = phase
        }
    }

    /// Does something so many times, so many at once.
    private func timed(
        _ width: Int, _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> NoticesResult.Phase {
        let next = NIOLockedValueBox(0)
        let start = ContinuousClock.now
        let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<width {
                group.addTask {
                    var took: [Double] = []
                    while true {
                        let index = next.withLockedValue { next in
                            defer { next += 1 }
                            return next
                        }
                        guard index < count else { return took }
                        let began = ContinuousClock.now
                        try await body(index)
                        took.append((ContinuousClock.now - began).asSeconds)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return NoticesResult.Phase(
            done: count, seconds: (ContinuousClock.now - start).asSeconds, latencies: Latencies(latencies))
    }
}

/// A row changed and one written for each receipt, committed one by one, in tables like the real ones.
struct ReceiptCeiling: Sendable {
    let run: Run
    let seconds: Double

    /// Connections of a service's pool.
    private static let connections = 8

    func measure() async throws -> NoticesResult.Phase {
        try await ScratchPool.with(self.run, connections: Self.connections) { pool in
            try await pool.execute(
                "CREATE TABLE bench_message (id uuid PRIMARY KEY, state text NOT NULL, rank integer NOT NULL)")
            try await pool.execute(
                "CREATE TABLE bench_event (id uuid, kind text, code text, at timestamptz, PRIMARY KEY (id, kind, code, at))"
            )
            let ids = (0..<10_000).map { _ in UUIDv7.generate() }
            try await pool.execute(
                "INSERT INTO bench_message SELECT id, 'accepted', 3 FROM unnest(\(ids)::uuid[]) AS n(id)")
            let start = ContinuousClock.now
            let deadline = start + .seconds(min(self.seconds, 10))
            let next = NIOLockedValueBox(0)
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<Self.connections {
                    group.addTask {
                        var done = 0
                        while ContinuousClock.now < deadline {
                            let index = next.withLockedValue { next in
                                defer { next += 1 }
                                return next
                            }
                            let id = ids[index % ids.count]
                            try await pool.withTransaction { sql in
                                try await sql.batch([
                                    "UPDATE bench_message SET state = 'delivered', rank = rank + 1 WHERE id = \(id)",
                                    "INSERT INTO bench_event VALUES (\(id), 'receipt:delivered', 'DELIVRD', clock_timestamp())",
                                ])
                            }
                            done += 1
                        }
                        return done
                    }
                }
                return try await group.reduce(0, +)
            }
            return NoticesResult.Phase(done: done, seconds: (ContinuousClock.now - start).asSeconds)
        }
    }
}
