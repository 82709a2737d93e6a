/// Who has which connection, who waits, and when another one is opened. Decides; does nothing.
///
/// No clock and no I/O: instants come in as arguments. Waiters are served in the order they came.
package struct PoolStateMachine<Connection: Sendable, Waiter: Sendable>: Sendable {
    package enum Phase: Sendable {
        case created
        case running
        case draining
        case closed
    }

    /// What to do for somebody who wants a connection.
    package enum Lease {
        case connection(Connection)
        case wait
        case notRunning
        case closed
    }

    /// What to do after a waiter was noted.
    package enum Enqueued {
        case connection(Connection)
        /// Open this many; if `watch`, see to it that ``expire(at:)`` is called at ``nextDeadline``.
        case waiting(open: Int, watch: Bool)
        case closed
    }

    /// What to do with a connection that came back, or was opened.
    package enum Returned {
        case handOver(Waiter)
        case kept
        /// Close it, and open this many.
        case discard(open: Int)
        /// Close it; if `drained`, it was the last.
        case close(drained: Bool)
    }

    private struct Entry {
        let identifier: UInt64
        let waiter: Waiter
        let deadline: ContinuousClock.Instant
    }

    package private(set) var phase: Phase = .created
    package private(set) var leased = 0
    package private(set) var opening = 0
    /// Attempts to connect that failed since the last one that did not.
    package private(set) var failures = 0
    private var idle: [Connection] = []
    private var waiters: [Entry] = []
    private var isWatched = false
    private let size: Int

    package init(size: Int) {
        precondition(size > 0, "a pool needs at least one connection")
        self.size = size
    }

    package var idleCount: Int { self.idle.count }
    package var waitingCount: Int { self.waiters.count }

    // MARK: - Life

    /// - Returns: How many connections to open at once; `nil` when it runs already.
    package mutating func start() -> Int? {
        guard self.phase == .created else { return nil }
        self.phase = .running
        self.opening = 1
        return 1
    }

    /// No new leases. The waiters are to be refused, the idle connections closed.
    package mutating func shutDown() -> (waiters: [Waiter], idle: [Connection], drained: Bool) {
        guard self.phase == .created || self.phase == .running else { return ([], [], self.leased == 0) }
        self.phase = .draining
        defer {
            self.waiters.removeAll()
            self.idle.removeAll()
        }
        return (self.waiters.map(\.waiter), self.idle, self.leased == 0)
    }

    /// Nothing more is waited for.
    package mutating func finish() {
        self.phase = .closed
    }

    // MARK: - Leases

    package mutating func lease() -> Lease {
        switch self.phase {
        case .created: return .notRunning
        case .draining, .closed: return .closed
        case .running:
            // An idle connection means that nobody waits. The one used last is the one most surely alive.
            guard let connection = self.idle.popLast() else { return .wait }
            self.leased += 1
            return .connection(connection)
        }
    }

    package mutating func enqueue(
        _ waiter: Waiter, identifier: UInt64, deadline: ContinuousClock.Instant
    ) -> Enqueued {
        switch self.lease() {
        case .connection(let connection): return .connection(connection)
        case .notRunning, .closed: return .closed
        case .wait: break
        }
        self.waiters.append(Entry(identifier: identifier, waiter: waiter, deadline: deadline))
        let watch = !self.isWatched
        self.isWatched = true
        return .waiting(open: self.takeOpenings(), watch: watch)
    }

    /// A waiter gave up. `nil` when it has been served or refused already.
    package mutating func cancel(_ identifier: UInt64) -> Waiter? {
        guard let index = self.waiters.firstIndex(where: { $0.identifier == identifier }) else { return nil }
        return self.waiters.remove(at: index).waiter
    }

    /// The waiters whose time is over.
    package mutating func expire(at now: ContinuousClock.Instant) -> [Waiter] {
        let expired = self.waiters.filter { $0.deadline <= now }
        self.waiters.removeAll { $0.deadline <= now }
        return expired.map(\.waiter)
    }

    /// When ``expire(at:)`` is due next; `nil` ends the watch.
    package mutating func nextDeadline() -> ContinuousClock.Instant? {
        let next = self.waiters.lazy.map(\.deadline).min()
        self.isWatched = next != nil
        return next
    }

    package mutating func release(_ connection: Connection, reusable: Bool) -> Returned {
        self.leased -= 1
        guard self.phase == .running else { return .close(drained: self.leased == 0) }
        guard reusable else { return .discard(open: self.takeOpenings()) }
        return self.offer(connection)
    }

    // MARK: - Opening

    package mutating func opened(_ connection: Connection) -> (returned: Returned, open: Int) {
        self.opening -= 1
        self.failures = 0
        guard self.phase == .running else { return (.close(drained: self.leased == 0), 0) }
        let returned = self.offer(connection)
        // After a time without a server a single attempt was made for everybody.
        return (returned, self.takeOpenings())
    }

    /// - Returns: How many attempts to make next, after a pause.
    package mutating func openFailed() -> Int {
        self.opening -= 1
        self.failures += 1
        return self.takeOpenings()
    }

    private mutating func offer(_ connection: Connection) -> Returned {
        guard !self.waiters.isEmpty else {
            self.idle.append(connection)
            return .kept
        }
        self.leased += 1
        return .handOver(self.waiters.removeFirst().waiter)
    }

    /// As many as there is demand and room for; only one at a time while the server does not answer.
    private mutating func takeOpenings() -> Int {
        guard self.phase == .running else { return 0 }
        let room = self.size - self.idle.count - self.leased - self.opening
        let demand = self.waiters.count - self.opening
        let limit = self.failures > 0 ? 1 - self.opening : Int.max
        let count = max(0, min(room, demand, limit))
        self.opening += count
        return count
    }
}
