import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// The pool's own work: opening connections, refusing who has waited too long, ending.
extension PostgresPool {
    /// Runs the pool until graceful shutdown, when the leased connections have come back or
    /// ``PostgresConfiguration/drainTimeout`` has passed, or until the task is cancelled.
    package func run() async throws {
        guard let count = self.state.withLockedValue({ $0.machine.start() }) else {
            throw PostgresError(.poolClosed, "the pool has been run already")
        }
        self.order(count, pause: .zero)
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await command in self.commands {
                    switch command {
                    case .open(let count, let pause):
                        for _ in 0..<count { group.addTask { await self.open(after: pause) } }
                    case .watch:
                        group.addTask { await self.watch() }
                    case .drain:
                        group.addTask {
                            try? await Task.sleep(for: self.configuration.drainTimeout)
                            self.orders.finish()
                        }
                    }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.shutDown()
        }
        // A cancelled task leaves the loop without the handler having been waited for.
        self.shutDown()
        let leased = self.state.withLockedValue { state in
            state.machine.finish()
            return state.machine.leased
        }
        if leased > 0 {
            self.logger.warning("connections were still leased when the pool ended", metadata: ["leased": "\(leased)"])
        }
    }

    private func shutDown() {
        let (waiters, idle, drained) = self.state.withLockedValue { $0.machine.shutDown() }
        for waiter in waiters {
            waiter.resume(returning: .failure(PostgresError(.poolClosed, "the pool is shutting down")))
        }
        // The sessions end here, with the last reference to them.
        _ = idle
        if drained { self.orders.finish() } else { self.orders.yield(.drain) }
    }

    /// Refuses whoever has waited too long, as long as somebody waits.
    private func watch() async {
        while let deadline = self.state.withLockedValue({ $0.machine.nextDeadline() }) {
            do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
            let (expired, error) = self.state.withLockedValue { state in
                let expired = state.machine.expire(at: .now)
                state.refused += expired.count
                let reason = state.machine.failures > 0 ? state.lastFailure : nil
                return (expired, reason ?? PostgresError(.timeout, "no connection became free in time"))
            }
            for waiter in expired { waiter.resume(returning: .failure(error)) }
        }
    }

    private func open(after pause: Duration) async {
        do {
            if pause > .zero { try await Task.sleep(for: pause) }
            let connection = try await PostgresConnection.connect(self.configuration)
            let (returned, count, wasFailing) = self.state.withLockedValue { state in
                let wasFailing = state.machine.failures > 0
                state.opened += 1
                state.retryAt = nil
                let (returned, count) = state.machine.opened(connection)
                return (returned, count, wasFailing)
            }
            if wasFailing {
                self.logger.info("the database is there again", metadata: ["database": "\(self.configuration)"])
            }
            self.carryOut(returned, connection, pause: .zero)
            self.order(count, pause: .zero)
        } catch {
            self.openFailed(error as? PostgresError)
        }
    }

    private func openFailed(_ error: PostgresError?) {
        let (count, failures, pause) = self.state.withLockedValue { state in
            if let error { state.lastFailure = PostgresError(.connection, error.message, sqlState: error.sqlState) }
            let pause = Self.pause(after: state.machine.failures + 1)
            state.retryAt = .now + pause
            return (state.machine.openFailed(), state.machine.failures, pause)
        }
        // Once per outage and then every so often: an outage of an hour is not worth four thousand lines.
        if failures == 1 || failures.isMultiple(of: 20) {
            self.logger.warning(
                "no connection to the database",
                metadata: [
                    "database": "\(self.configuration)", "attempts": "\(failures)",
                    "reason": "\(error.map(\.description) ?? "cancelled")",
                ])
        }
        self.order(count, pause: pause)
    }

    /// 50 ms, doubled up to 2 s, and of that a random part between a half and all.
    private static func pause(after failures: Int) -> Duration {
        let longest = min(2000, 50 << min(failures - 1, 6))
        return .milliseconds(Int.random(in: longest / 2...longest))
    }
}
