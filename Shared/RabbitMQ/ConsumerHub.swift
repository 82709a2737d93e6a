import NIOConcurrencyHelpers
import PollExecutor

/// What the callers of a consumer and its connection share.
final class ConsumerHub: Sendable {
    /// An answer to the broker that waits to be sent.
    enum Answer: Sendable {
        case acknowledge(DeliveryTag)
        case reject(DeliveryTag, requeue: Bool)
    }

    /// A caller of `next`, and what it is given when it is resumed.
    typealias Grant = (continuation: CheckedContinuation<[AMQPDelivery], Never>, batch: [AMQPDelivery])

    private struct Waiter {
        let identifier: UInt64
        let limit: Int
        let shares: [String: Int]?
        let linger: Duration
        /// Set when the first delivery is there.
        var deadline: ContinuousClock.Instant?
        let continuation: CheckedContinuation<[AMQPDelivery], Never>
    }

    private struct State {
        var shelf: DeliveryShelf
        var waiters: [Waiter] = []
        var cancelledEarly: Set<UInt64> = []
        var nextIdentifier: UInt64 = 0
        var answers: [Answer] = []
        var stopped = false
        var ended = false
        var closeBy: ContinuousClock.Instant?
        var executor: PollExecutor?
        var visible = AMQPConsumer.State()
    }

    private let state: NIOLockedValueBox<State>

    init(queues: [String]) {
        self.state = NIOLockedValueBox(State(shelf: DeliveryShelf(queues: queues)))
    }

    var visible: AMQPConsumer.State { self.state.withLockedValue { $0.visible } }
    var isStopped: Bool { self.state.withLockedValue { $0.stopped } }
    /// Until when a closing consumer waits for answers; nil while it is not closing.
    var closeBy: ContinuousClock.Instant? { self.state.withLockedValue { $0.closeBy } }
    /// Deliveries the application has taken and not answered.
    var held: Int { self.state.withLockedValue { $0.shelf.heldCount } }

    // MARK: - Callers

    func makeIdentifier() -> UInt64 {
        self.state.withLockedValue { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
    }

    func request(
        _ identifier: UInt64, limit: Int, shares: [String: Int]?, linger: Duration,
        continuation: CheckedContinuation<[AMQPDelivery], Never>
    ) {
        let (batch, executor): ([AMQPDelivery]?, PollExecutor?) = self.state.withLockedValue { state in
            if state.cancelledEarly.remove(identifier) != nil || state.stopped || state.ended { return ([], nil) }
            let waiting = state.shelf.waiting
            if state.waiters.isEmpty, waiting >= limit || waiting > 0 && linger <= .zero {
                return (state.shelf.take(limit, shares: shares), nil)
            }
            let deadline = waiting > 0 ? ContinuousClock.now + linger : nil
            state.waiters.append(
                Waiter(
                    identifier: identifier, limit: limit, shares: shares, linger: linger, deadline: deadline,
                    continuation: continuation))
            // The thread sleeps until the nearest deadline it knows; this one is new to it.
            return (nil, deadline == nil ? nil : state.executor)
        }
        if let batch { continuation.resume(returning: batch) }
        executor?.interrupt()
    }

    func withdraw(_ identifier: UInt64) {
        let continuation: CheckedContinuation<[AMQPDelivery], Never>? = self.state.withLockedValue { state in
            guard let index = state.waiters.firstIndex(where: { $0.identifier == identifier }) else {
                state.cancelledEarly.insert(identifier)
                return nil
            }
            return state.waiters.remove(at: index).continuation
        }
        continuation?.resume(returning: [])
    }

    func answer(_ tags: [DeliveryTag], _ make: (DeliveryTag) -> Answer) {
        let executor = self.state.withLockedValue { state in
            let wasEmpty = state.answers.isEmpty
            state.answers.append(contentsOf: state.shelf.answer(tags).map(make))
            return wasEmpty && !state.answers.isEmpty ? state.executor : nil
        }
        executor?.interrupt()
    }

    /// Hands out nothing more.
    func stop() {
        let (waiters, executor) = self.state.withLockedValue { state in
            state.stopped = true
            defer { state.waiters = [] }
            return (state.waiters, state.executor)
        }
        for waiter in waiters { waiter.continuation.resume(returning: []) }
        executor?.interrupt()
    }

    func beginClosing(within timeout: Duration) {
        self.state.withLockedValue { $0.closeBy = .now + timeout }
        self.stop()
    }

    // MARK: - The connection

    func started(_ executor: PollExecutor) { self.state.withLockedValue { $0.executor = executor } }

    func ended() {
        self.state.withLockedValue { state in
            state.ended = true
            state.executor = nil
        }
        self.disconnected()
        self.stop()
    }

    /// - Returns: The generation of the deliveries to come.
    func connected() -> UInt64 {
        self.state.withLockedValue { state in
            state.visible.connected = true
            state.visible.connections += 1
            return state.shelf.generation
        }
    }

    /// Forgets what the ended connection delivered: the broker will deliver it again.
    func disconnected() {
        self.state.withLockedValue { state in
            state.visible.connected = false
            state.answers = []
            state.shelf.clear(generation: state.shelf.generation + 1)
            for index in state.waiters.indices { state.waiters[index].deadline = nil }
        }
    }

    func takeAnswers() -> [Answer] {
        self.state.withLockedValue { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    func add(_ deliveries: [(lane: Int, delivery: AMQPDelivery)]) {
        self.state.withLockedValue { state in
            for (lane, delivery) in deliveries { state.shelf.add(delivery, lane: lane) }
        }
    }

    /// Resumes every caller whose batch is full or whose linger is over.
    ///
    /// - Returns: When to look again.
    func distribute() -> ContinuousClock.Instant? {
        let (grants, deadline) = self.state.withLockedValue { state in
            var grants: [Grant] = []
            guard !state.waiters.isEmpty else { return (grants, ContinuousClock.Instant?.none) }
            let now = ContinuousClock.now
            while let waiter = state.waiters.first {
                let waiting = state.shelf.waiting
                guard waiting > 0 else { break }
                let deadline = waiter.deadline ?? now + waiter.linger
                guard waiting >= waiter.limit || deadline <= now else {
                    state.waiters[0].deadline = deadline
                    return (grants, deadline)
                }
                state.waiters.removeFirst()
                grants.append((waiter.continuation, state.shelf.take(waiter.limit, shares: waiter.shares)))
            }
            return (grants, nil)
        }
        for grant in grants { grant.continuation.resume(returning: grant.batch) }
        return deadline
    }
}
