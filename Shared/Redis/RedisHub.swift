import NIOConcurrencyHelpers
import PollExecutor

/// What the callers of a client and its connection share: one lock, held for a few instructions.
final class RedisHub: Sendable {
    /// Who awaits an answer.
    typealias Ticket = CheckedContinuation<Result<RedisValue, RedisError>, Never>

    struct Submission: Sendable {
        let command: RedisCommand
        let ticket: Ticket
    }

    /// What the connection's thread has counted since it told last.
    struct Counts: Equatable {
        var answered = 0
        var batches = 0
        var refused = 0
        var timeouts = 0
        var unknown = 0
    }

    private enum Phase { case idle, running, closing, ended }

    private struct State {
        var phase = Phase.idle
        var inbox: [Submission] = []
        var executor: PollExecutor?
        var identity: RedisServerIdentity?
        var generation = 0
        var statistics = RedisStatistics()
        var closeBy: ContinuousClock.Instant?
        var subscribers: [Int: AsyncStream<RedisEvent>.Continuation] = [:]
        var nextSubscriber = 0
    }

    private static let notConnected = RedisError(.unreachable, "there is no connection to Redis")
    private static let closing = RedisError(.unreachable, "the client is shutting down")

    private let state = NIOLockedValueBox(State())
    private let queueLimit: Int

    init(queueLimit: Int) { self.queueLimit = queueLimit }

    var identity: RedisServerIdentity? { self.state.withLockedValue { $0.identity } }
    /// Until when a closing client waits for the answers still open; nil while it is not closing.
    var closeBy: ContinuousClock.Instant? { self.state.withLockedValue { $0.closeBy } }

    var statistics: RedisStatistics {
        self.state.withLockedValue { state in
            var statistics = state.statistics
            statistics.isConnected = state.identity != nil
            return statistics
        }
    }

    // MARK: - Callers

    /// Takes the command, or resumes the ticket at once.
    func submit(_ submission: Submission, to server: RedisServerIdentity?) {
        let (refusal, executor): (RedisError?, PollExecutor?) = self.state.withLockedValue { state in
            let refusal = Self.refusal(state, server, limit: self.queueLimit)
            if refusal != nil {
                state.statistics.refused += 1
                return (refusal, nil)
            }
            state.statistics.commands += 1
            state.statistics.open += 1
            state.inbox.append(submission)
            // Somebody who came before has already woken the thread, and it has not looked yet.
            return (nil, state.inbox.count == 1 ? state.executor : nil)
        }
        if let refusal {
            submission.ticket.resume(returning: .failure(refusal))
        } else {
            executor?.interrupt()
        }
    }

    private static func refusal(_ state: State, _ server: RedisServerIdentity?, limit: Int) -> RedisError? {
        if state.phase == .closing || state.phase == .ended { return Self.closing }
        guard let identity = state.identity else { return Self.notConnected }
        if let server, server.runID != identity.runID {
            return RedisError(.otherServer, "the server has been restarted")
        }
        if state.statistics.open >= limit { return RedisError(.busy, "too many commands wait for Redis") }
        return nil
    }

    /// Tells what becomes of the connection, beginning with a present one.
    func events() -> AsyncStream<RedisEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisEvent.self, bufferingPolicy: .bufferingNewest(64))
        let isEnded = self.state.withLockedValue { state in
            if state.phase == .ended { return true }
            let subscriber = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[subscriber] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.state.withLockedValue { _ = $0.subscribers.removeValue(forKey: subscriber) }
            }
            if let identity = state.identity { continuation.yield(.connected(identity)) }
            return false
        }
        if isEnded { continuation.finish() }
        return stream
    }

    func beginClosing(within timeout: Duration) {
        let executor = self.state.withLockedValue { state in
            if state.phase == .idle || state.phase == .running { state.phase = .closing }
            state.closeBy = .now + timeout
            return state.executor
        }
        executor?.interrupt()
    }

    // MARK: - The connection

    func started(_ executor: PollExecutor) {
        self.state.withLockedValue { state in
            state.executor = executor
            if state.phase == .idle { state.phase = .running }
        }
    }

    /// The client is of no use any more.
    func ended() {
        let subscribers = self.state.withLockedValue { state in
            state.phase = .ended
            state.executor = nil
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }

    /// Commands are taken from now on.
    func connected(runID: String) -> RedisServerIdentity {
        self.state.withLockedValue { state in
            state.generation += 1
            state.statistics.connections += 1
            let identity = RedisServerIdentity(runID: runID, generation: state.generation)
            state.identity = identity
            for subscriber in state.subscribers.values { subscriber.yield(.connected(identity)) }
            return identity
        }
    }

    /// No command is taken from now on.
    /// - Returns: Those that were taken and never seen by the connection.
    func disconnected() -> [Submission] {
        self.state.withLockedValue { state in
            if let identity = state.identity {
                state.statistics.losses += 1
                for subscriber in state.subscribers.values { subscriber.yield(.lost(identity)) }
            }
            state.identity = nil
            defer { state.inbox = [] }
            return state.inbox
        }
    }

    /// Exchanges an empty list for what has been submitted.
    /// - Returns: ``closeBy`` as of the same moment: when there is one, nothing will be submitted any more.
    func take(into list: inout [Submission]) -> ContinuousClock.Instant? {
        self.state.withLockedValue { state in
            swap(&list, &state.inbox)
            return state.closeBy
        }
    }

    /// Takes note of what has been done, before those who wait for it hear.
    func note(_ counts: inout Counts) {
        if counts == Counts() { return }
        self.state.withLockedValue { state in
            state.statistics.answered += counts.answered
            state.statistics.batches += counts.batches
            state.statistics.refused += counts.refused
            state.statistics.timeouts += counts.timeouts
            state.statistics.unknown += counts.unknown
            state.statistics.open -= counts.answered + counts.refused + counts.timeouts + counts.unknown
        }
        counts = Counts()
    }
}
