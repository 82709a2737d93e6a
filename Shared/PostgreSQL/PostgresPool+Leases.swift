import NIOConcurrencyHelpers

/// How a connection changes hands.
extension PostgresPool {
    /// A connection for the caller alone; it must come back through ``release(_:)``.
    /// - Throws: `timeout` when all were busy, `connection` when the server could not be reached, `cancelled`, `poolClosed`.
    func acquire() async throws(PostgresError) -> PostgresConnection {
        let deadline = ContinuousClock.now + self.configuration.acquireTimeout
        while true {
            switch self.state.withLockedValue({ $0.machine.lease() }) {
            case .connection(let connection):
                if connection.isQuiet { return connection }
                // The server ended the session while it rested. Nothing is lost yet, so another one is taken.
                self.release(connection, reusable: false)
            case .wait:
                return try await self.wait(until: deadline)
            case .closed:
                throw PostgresError(.poolClosed, "the pool is shutting down")
            case .notRunning:
                // Services start side by side: the pool's run() may come a moment after its first user.
                do { try await Task.sleep(for: .milliseconds(5)) } catch { throw Self.cancelled }
                if ContinuousClock.now >= deadline { throw PostgresError(.poolClosed, "the pool was never run") }
            }
        }
    }

    /// Gives a connection back, to the one who has waited longest, to rest, or to be closed.
    func release(_ connection: PostgresConnection, reusable: Bool = true) {
        let isReusable = reusable && connection.isReusable
        let (returned, pause) = self.state.withLockedValue { state in
            if !isReusable { state.discarded += 1 }
            return (state.machine.release(connection, reusable: isReusable), state.pause)
        }
        self.carryOut(returned, connection, pause: pause)
    }

    /// Does what the machine decided about a connection. One that is to be closed ends when the last reference goes.
    func carryOut(
        _ returned: PoolStateMachine<PostgresConnection, Waiter>.Returned, _ connection: PostgresConnection,
        pause: Duration
    ) {
        switch returned {
        case .handOver(let waiter): waiter.resume(returning: .success(connection))
        case .kept: break
        case .discard(let count): self.order(count, pause: pause)
        case .close(let drained): if drained { self.orders.finish() }
        }
    }

    func order(_ count: Int, pause: Duration) {
        if count > 0 { self.orders.yield(.open(count: count, pause: pause)) }
    }

    private func wait(until deadline: ContinuousClock.Instant) async throws(PostgresError) -> PostgresConnection {
        let identifier = self.state.withLockedValue { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                self.enqueue(waiter, identifier, deadline)
            }
        } onCancel: {
            let waiter = self.state.withLockedValue { $0.machine.cancel(identifier) }
            waiter?.resume(returning: .failure(Self.cancelled))
        }
        return try outcome.get()
    }

    private func enqueue(_ waiter: Waiter, _ identifier: UInt64, _ deadline: ContinuousClock.Instant) {
        // Looked at under the lock: a task cancelled from here on finds its waiter in the machine.
        let (enqueued, pause) = self.state.withLockedValue { state in
            let enqueued =
                Task.isCancelled
                ? nil : state.machine.enqueue(waiter, identifier: identifier, deadline: deadline)
            return (enqueued, state.pause)
        }
        switch enqueued {
        case nil: waiter.resume(returning: .failure(Self.cancelled))
        case .connection(let connection): waiter.resume(returning: .success(connection))
        case .closed: waiter.resume(returning: .failure(PostgresError(.poolClosed, "the pool is shutting down")))
        case .waiting(let count, let watch):
            self.order(count, pause: pause)
            if watch { self.orders.yield(.watch) }
        }
    }

    private static var cancelled: PostgresError {
        PostgresError(.cancelled, "cancelled while waiting for a connection")
    }
}

extension PostgresPool.State {
    /// How long an attempt to connect has to wait now.
    var pause: Duration {
        self.retryAt.map { max(.zero, $0 - ContinuousClock.now) } ?? .zero
    }
}
