import Dispatch
import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers

/// A child process whose output goes to files. It never outlives the test process: see ``ServiceStandGuard``.
package final class ServiceStandProcess: Sendable {
    package enum Ending: Sendable, Equatable {
        case exited(Int)
        case killed(signal: Int)
    }

    private struct State {
        var ending: Ending?
        var waiters: [CheckedContinuation<Ending, Never>] = []
    }

    package let id: pid_t
    package let outputFile: String
    package let errorFile: String
    private let state = NIOLockedValueBox(State())

    private init(id: pid_t, outputFile: String, errorFile: String) {
        self.id = id
        self.outputFile = outputFile
        self.errorFile = errorFile
    }

    /// Starts an executable.
    ///
    /// - Parameters:
    ///   - environment: The whole environment; nothing is inherited.
    ///   - outputFile: Appended to, so that a second start keeps the first one's lines.
    /// - Throws: ``ServiceStandError`` when it cannot be started.
    package static func start(
        _ executable: String, _ arguments: [String] = [], environment: [String: String], outputFile: String,
        errorFile: String? = nil
    ) throws(ServiceStandError) -> ServiceStandProcess {
        let errorFile = errorFile ?? outputFile
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let words = unsafe ([executable] + arguments).map { unsafe strdup($0) }
        let settings = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") }
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe settings.indices { unsafe free(settings[index]) }
        }
        var process: pid_t = 0
        let status = unsafe posix_spawn(&process, executable, &actions, nil, words + [nil], settings + [nil])
        guard status == 0 else { throw ServiceStandError("\(executable) cannot be started (errno \(status))") }
        let started = ServiceStandProcess(id: process, outputFile: outputFile, errorFile: errorFile)
        ServiceStandGuard.shared.add(started)
        started.reap()
        return started
    }

    /// One thread waits for it; `waitpid` has no asynchronous form that needs no signal handler.
    private func reap() {
        DispatchQueue(label: "child \(self.id)").async {
            var status: CInt = 0
            while unsafe waitpid(self.id, &status, 0) < 0, errno == EINTR {}
            // The macros WIFEXITED and its like are not imported.
            let ending: Ending =
                status & 0x7F == 0 ? .exited(Int(status >> 8 & 0xFF)) : .killed(signal: Int(status & 0x7F))
            ServiceStandGuard.shared.remove(self)
            let waiters = self.state.withLockedValue { state in
                state.ending = ending
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: ending) }
        }
    }

    package var hasEnded: Bool { self.state.withLockedValue { $0.ending != nil } }

    /// Sends a signal, unless it has ended: its number may belong to somebody else by then.
    package func signal(_ number: CInt) {
        self.state.withLockedValue { state in
            if state.ending == nil { kill(self.id, number) }
        }
    }

    /// Waits until it has ended. Cancelling the task, which is what a test's time limit does, kills it: a command that
    /// hangs fails its own test and no other.
    package func ending() async -> Ending {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ending = self.state.withLockedValue { state -> Ending? in
                    if state.ending == nil { state.waiters.append(continuation) }
                    return state.ending
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancel: {
            self.signal(SIGKILL)
        }
    }

    package var output: String { Self.text(self.outputFile) }
    package var errors: String { Self.text(self.errorFile) }

    private static func text(_ file: String) -> String {
        (try? Data(contentsOf: URL(filePath: file))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// A sentence about what the stand lacks.
package struct ServiceStandError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
