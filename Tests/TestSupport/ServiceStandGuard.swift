import Glibc
import NIOConcurrencyHelpers

/// Ends every child of the tests with the test process.
///
/// On exit the children get SIGTERM and five seconds. A test process that dies in a way it cannot catch is noticed by the
/// services themselves: they are told their parent (`PROCESS_PARENT`).
package final class ServiceStandGuard: Sendable {
    package static let shared = ServiceStandGuard()

    private let children = NIOLockedValueBox<[pid_t: ServiceStandProcess]>([:])

    private init() {
        atexit { ServiceStandGuard.shared.endAll() }
    }

    func add(_ child: ServiceStandProcess) {
        self.children.withLockedValue { $0[child.id] = child }
    }

    func remove(_ child: ServiceStandProcess) {
        _ = self.children.withLockedValue { $0.removeValue(forKey: child.id) }
    }

    private func endAll() {
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGTERM) }
        // Nothing asynchronous runs at exit any more; the reaping threads still do.
        for _ in 0..<500 where !self.children.withLockedValue({ $0.isEmpty }) { usleep(10_000) }
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGKILL) }
    }
}
