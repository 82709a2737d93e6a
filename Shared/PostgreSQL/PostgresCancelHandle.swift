import CPostgreSQL
import Glibc
import NIOConcurrencyHelpers

/// A request to the server to stop what a connection is doing.
///
/// `PQcancel` opens a connection of its own and waits for the server to close it, without any bound: a stopped server
/// still accepts. So it runs on a thread of its own, and the connection waits for ``isDone`` as long as it likes. Until
/// then the connection must not run anything else, because the request names the session and not the statement.
final class PostgresCancelHandle: Sendable {
    private let done = NIOLockedValueBox(false)
    private let wake: PostgresWakeHandle
    // A PGcancel is a copy of the address and the session's key that libpq allows any thread to use. It is kept as a
    // number because exactly one thread ever turns it back: the one started below.
    private let address: UInt

    /// Takes ownership of the `PGcancel` at `address` and starts the thread.
    static func start(address: UInt, wake: PostgresWakeHandle) -> PostgresCancelHandle {
        let request = PostgresCancelHandle(address: address, wake: wake)
        let opaque = unsafe Unmanaged.passRetained(request).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<PostgresCancelHandle>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, opaque)
        if status == 0 {
            pthread_detach(thread)
        } else {
            // No thread: the connection gives up after its grace time, which ends the session as well.
            unsafe Unmanaged<PostgresCancelHandle>.fromOpaque(opaque).release()
        }
        return request
    }

    private init(address: UInt, wake: PostgresWakeHandle) {
        self.address = address
        self.wake = wake
    }

    deinit {
        if let cancel = unsafe OpaquePointer(bitPattern: self.address) { unsafe PQfreeCancel(cancel) }
    }

    /// True once the server has taken note: a later statement of the session cannot be hit any more.
    var isDone: Bool { self.done.withLockedValue { $0 } }

    private func run() {
        guard let cancel = unsafe OpaquePointer(bitPattern: self.address) else { return }
        var reason = [CChar](repeating: 0, count: 256)
        _ = unsafe PQcancel(cancel, &reason, CInt(reason.count))
        self.done.withLockedValue { $0 = true }
        self.wake.signal()
    }
}
