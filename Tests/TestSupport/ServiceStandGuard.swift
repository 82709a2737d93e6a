import Glibc
import NIOConcurrencyHelpers

/// Ends every child of the tests with the test process.
///
/// On exit the children get SIGTERM and five seconds. A test process that dies in a way it cannot catch is noticed by the
/// services themselves: they are told their parent (`PROCESS_PARENT`).
package final class ServiceStandGuard: Sendable {
    package static let shared = ServiceStandGuard()

    private let children = NIOLockedValueBox<[pid_t: ServiceStandProcess]>([:])
    /// How many children there are; whoever ends the tests waits until it is none.
    private let count = ConditionLock(value: 0)

    private init() {
        atexit { ServiceStandGuard.shared.endAll() }
    }

    func add(_ child: ServiceStandProcess) {
        self.change { $0[child.id] = child }
    }

    func remove(_ child: ServiceStandProcess) {
        self.change { $0[child.id] = nil }
    }

    private func change(_ body: (inout [pid_t: ServiceStandProcess]) -> Void) {
        self.count.lock()
        self.count.unlock(
            withValue: self.children.withLockedValue { children in
                body(&children)
                return children.count
            })
    }

    private func endAll() {
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGTERM) }
        // Nothing asynchronous runs at exit any more; the reaping threads still do.
        if self.count.lock(whenValue: 0, timeoutSeconds: 5) { self.count.unlock() }
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGKILL) }
    }
}
