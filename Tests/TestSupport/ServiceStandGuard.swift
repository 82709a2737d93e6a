import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers

/// Ends every child of the tests with the test process, however that ends.
///
/// On exit the children get SIGTERM and five seconds. Against a crash or `kill -9` a shell watches a pipe that closes with
/// this process, and then signals what is still listed in its directory.
package final class ServiceStandGuard: Sendable {
    package static let shared = ServiceStandGuard()

    private let children = NIOLockedValueBox<[pid_t: ServiceStandProcess]>([:])
    private let directory = NIOLockedValueBox<String?>(nil)

    private init() {
        atexit { ServiceStandGuard.shared.endAll() }
    }

    func add(_ child: ServiceStandProcess) {
        self.children.withLockedValue { $0[child.id] = child }
        if let directory = self.directory.withLockedValue({ $0 }) {
            try? Data().write(to: URL(filePath: "\(directory)/\(child.id)"))
        }
    }

    func remove(_ child: ServiceStandProcess) {
        if let directory = self.directory.withLockedValue({ $0 }) {
            try? FileManager.default.removeItem(atPath: "\(directory)/\(child.id)")
        }
        _ = self.children.withLockedValue { $0.removeValue(forKey: child.id) }
    }

    /// Begins to watch; children started before are not listed.
    func watch(_ directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var ends: [CInt] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw ServiceStandError("no pipe (errno \(errno))") }
        // No child may hold the writing end open. Nothing else is started while the first stand begins.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let script = """
            cat >/dev/null
            for signal in TERM KILL; do
                for file in "$0"/*; do [ -e "$file" ] && kill -$signal "${file##*/}" 2>/dev/null; done
                [ $signal = TERM ] && sleep 5
            done
            """
        let watcher = try ServiceStandProcess.start(
            "/bin/sh", ["-c", script, directory], environment: ["PATH": "/usr/bin:/bin"], outputFile: "/dev/null",
            inputFrom: ends[0])
        close(ends[0])
        // Not a child to end: it ends by itself as soon as the pipe closes.
        _ = self.children.withLockedValue { $0.removeValue(forKey: watcher.id) }
        self.directory.withLockedValue { $0 = directory }
    }

    private func endAll() {
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGTERM) }
        // Nothing asynchronous runs at exit any more; the reaping threads still do.
        for _ in 0..<500 where !self.children.withLockedValue({ $0.isEmpty }) { usleep(10_000) }
        for child in self.children.withLockedValue({ Array($0.values) }) { child.signal(SIGKILL) }
    }
}
