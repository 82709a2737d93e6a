import Glibc
import NIOConcurrencyHelpers

/// A pipe that ends another thread's `poll`, and the one bit that says why.
///
/// A cancelled task must be able to reach a connection whose thread is waiting for the server. Every system call of the
/// pipe is in this file.
final class PostgresWakeHandle: Sendable {
    private struct State {
        var request: UInt64 = 0
        var isCancelled = false
        var isSignalled = false
    }

    private let state = NIOLockedValueBox(State())
    /// The end to poll for `POLLIN`.
    let descriptor: CInt
    private let writer: CInt

    init() throws(PostgresError) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw PostgresError(.connection, "no pipe: out of file descriptors") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.descriptor = ends[0]
        self.writer = ends[1]
    }

    deinit {
        close(self.descriptor)
        close(self.writer)
    }

    /// A new request begins; a cancellation of an earlier one no longer counts.
    func begin(_ request: UInt64) {
        self.drain { state in
            state.request = request
            state.isCancelled = false
        }
    }

    /// Wakes the thread, if this request is still the one it works on.
    func cancel(_ request: UInt64) {
        self.signal { state in
            guard state.request == request else { return false }
            state.isCancelled = true
            return true
        }
    }

    /// Wakes the thread without a reason of its own.
    func signal() {
        self.signal { _ in true }
    }

    /// True once the present request has been cancelled. Also makes the pipe quiet again.
    func isCancelled() -> Bool {
        self.drain { $0.isCancelled }
    }

    private func signal(_ change: (inout State) -> Bool) {
        self.state.withLockedValue { state in
            guard change(&state), !state.isSignalled else { return }
            state.isSignalled = true
            var byte: UInt8 = 1
            _ = unsafe write(self.writer, &byte, 1)
        }
    }

    // The byte is written and read under the lock, so that the bit and the pipe never disagree.
    private func drain<T>(_ body: (inout State) -> T) -> T {
        self.state.withLockedValue { state in
            if state.isSignalled {
                var byte: UInt8 = 0
                _ = unsafe read(self.descriptor, &byte, 1)
                state.isSignalled = false
            }
            return body(&state)
        }
    }
}
