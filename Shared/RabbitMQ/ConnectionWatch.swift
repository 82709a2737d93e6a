import Glibc
import NIOConcurrencyHelpers

/// The part of a connection that other threads may touch: it sees when the connection's thread is stuck in a call, and
/// can end that call by shutting the socket down.
///
/// Sending blocks in the library without a deadline while the broker does not read, so the thread itself cannot notice.
/// The handle is destroyed by its own thread, which sees the error.
final class ConnectionWatch: Sendable {
    private struct State {
        var descriptor: CInt = -1
        var busySince: ContinuousClock.Instant?
    }

    private let state = NIOLockedValueBox(State())

    deinit { self.detach() }

    /// Remembers a duplicate of the socket: the original's number may be another file's by the time it is needed.
    func attach(_ descriptor: CInt) {
        let duplicate = dup(descriptor)
        let old = self.state.withLockedValue { state in
            defer { state.descriptor = duplicate }
            return state.descriptor
        }
        if old >= 0 { close(old) }
    }

    func detach() {
        let old = self.state.withLockedValue { state in
            defer { state = State() }
            return state.descriptor
        }
        if old >= 0 { close(old) }
    }

    /// The thread is at work, and has made progress just now.
    func busy() { self.state.withLockedValue { $0.busySince = .now } }

    /// The thread waits where it can be woken.
    func idle() { self.state.withLockedValue { $0.busySince = nil } }

    /// Ends whatever the thread does with the socket; its calls fail from now on.
    func cut() {
        // Inside the lock, so that the duplicate is not closed in between; `shutdown` does not wait.
        self.state.withLockedValue { state in
            if state.descriptor >= 0 { _ = shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Cuts the connection whenever one call has lasted longer than `limit`. Returns when cancelled.
    func run(limit: Duration) async {
        while (try? await Task.sleep(for: limit / 4)) != nil {
            let since = self.state.withLockedValue { $0.busySince }
            if let since, .now - since > limit { self.cut() }
        }
    }
}
