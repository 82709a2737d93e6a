import CPoll
import Glibc
import NIOConcurrencyHelpers

/// A serial executor that is one thread of its own, whose idle wait is `poll(2)`.
///
/// librabbitmq and libpq ask that a connection is used by one thread only. An actor that names a `PollExecutor` as its
/// `unownedExecutor` has that thread as its isolation, checked by the compiler; calls that block are allowed on it,
/// because nobody else runs there. While no job is queued the thread sleeps in `poll` on an eventfd and on every
/// descriptor registered with ``ready(_:_:timeout:)``.
///
/// It is deliberately not a `TaskExecutor`: a class that is both makes the runtime re-enqueue at every isolated call,
/// and an actor may then suspend between two statements that look atomic.
///
/// - Important: `UnownedSerialExecutor` does not retain. The actor must hold its executor strongly, and ``stop()`` is
///   called once no actor on it will run again; jobs enqueued after that never run.
package final class PollExecutor: SerialExecutor {
    /// What happened to a wait.
    package enum Readiness: Sendable, Equatable {
        case ready
        case timedOut
        case cancelled
    }

    private struct Waiter {
        let descriptor: CInt
        let events: Int16
        let deadline: ContinuousClock.Instant?
        let interruptible: Bool
        let continuation: CheckedContinuation<Readiness, Never>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var waiters: [UInt64: Waiter] = [:]
        var cancelledBeforeRegistration: Set<UInt64> = []
        var nextWaiter: UInt64 = 0
        var interrupted = false
        var stopped = false
        var thread: pthread_t?
    }

    private let state = NIOLockedValueBox(State())
    private let wakeDescriptor: CInt
    private let name: String

    /// Starts the thread.
    ///
    /// - Parameter name: Shown by `top -H` and in crash logs; the system keeps the first 15 bytes.
    package init(name: String) {
        self.wakeDescriptor = youdai_eventfd()
        precondition(self.wakeDescriptor >= 0, "no eventfd: the process is out of file descriptors")
        self.name = name
        let opaque = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let executor = unsafe Unmanaged<PollExecutor>.fromOpaque(argument).takeRetainedValue()
                _ = unsafe youdai_name_thread(String(executor.name.utf8.prefix(15)))
                executor.loop()
                return nil
            }, opaque)
        precondition(status == 0, "no thread: pthread_create failed with \(status)")
        self.state.withLockedValue { $0.thread = thread }
    }

    deinit {
        close(self.wakeDescriptor)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let wasEmpty = self.state.withLockedValue { state in
            state.jobs.append(unowned)
            return state.jobs.count == 1
        }
        if wasEmpty, !self.isCurrent { self.wake() }
    }

    package func checkIsolated() {
        precondition(self.isCurrent, "not on the thread \(self.name)")
    }

    package func isIsolatingCurrentContext() -> Bool? { self.isCurrent }

    /// Waits until `descriptor` has one of `events` (`POLLIN`, `POLLOUT`), an error or a hang-up, until `timeout` has
    /// passed on the monotonic clock, or until the task is cancelled. Never throws, and may be called from any thread.
    ///
    /// - Parameters:
    ///   - descriptor: A negative one is never ready: a wait for the timeout or an interruption only.
    ///   - interruptible: Whether ``interrupt()`` ends this wait too, with `ready`.
    package func ready(
        _ descriptor: CInt, _ events: Int32, timeout: Duration?, interruptible: Bool = false
    ) async -> Readiness {
        let identifier = self.state.withLockedValue { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let deadline = timeout.map { ContinuousClock.now + $0 }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Readiness? = self.state.withLockedValue { state in
                    if state.cancelledBeforeRegistration.remove(identifier) != nil || state.stopped {
                        return .cancelled
                    }
                    if interruptible, state.interrupted {
                        state.interrupted = false
                        return .ready
                    }
                    state.waiters[identifier] = Waiter(
                        descriptor: descriptor, events: Int16(truncatingIfNeeded: events), deadline: deadline,
                        interruptible: interruptible, continuation: continuation)
                    return nil
                }
                if let early {
                    continuation.resume(returning: early)
                } else if !self.isCurrent {
                    self.wake()
                }
            }
        } onCancel: {
            let waiter = self.state.withLockedValue { state in
                let waiter = state.waiters.removeValue(forKey: identifier)
                // A wait that already ended leaves its identifier here: eight bytes, and only when a task is cancelled.
                if waiter == nil { state.cancelledBeforeRegistration.insert(identifier) }
                return waiter
            }
            waiter?.continuation.resume(returning: .cancelled)
        }
    }

    /// Ends the interruptible waits in progress; when there is none, the next one ends at once. For telling a loop on
    /// this executor from any thread that there is work for it, without waiting until the loop has time to hear it.
    package func interrupt() {
        let waiters = self.state.withLockedValue { state in
            let interrupted = state.waiters.filter { $0.value.interruptible }
            for identifier in interrupted.keys { state.waiters.removeValue(forKey: identifier) }
            state.interrupted = interrupted.isEmpty
            return interrupted.values.map(\.continuation)
        }
        for waiter in waiters { waiter.resume(returning: .ready) }
    }

    /// Lets the thread end after the jobs already queued; waits in progress return `cancelled`.
    package func stop() {
        let waiters = self.state.withLockedValue { state in
            state.stopped = true
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .cancelled) }
        self.wake()
    }

    private var isCurrent: Bool {
        self.state.withLockedValue { state in
            guard let thread = state.thread else { return false }
            return pthread_equal(pthread_self(), thread) != 0
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe write(self.wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    private func loop() {
        // Again here: the first job may run before `pthread_create` has returned in the other thread.
        self.state.withLockedValue { $0.thread = pthread_self() }
        var batch: [UnownedJob] = []
        while true {
            let stopped = self.state.withLockedValue { state in
                swap(&batch, &state.jobs)
                return state.stopped
            }
            if batch.isEmpty {
                if stopped { return }
                self.waitForEvents()
                continue
            }
            for job in batch {
                unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
            }
            batch.removeAll(keepingCapacity: true)
            // A busy connection must still see its socket: look without waiting.
            self.resumeReady(within: 0)
        }
    }

    private func waitForEvents() {
        let now = ContinuousClock.now
        let nearest = self.state.withLockedValue { $0.waiters.values.compactMap(\.deadline).min() }
        let milliseconds: CInt
        if let nearest {
            let remaining = nearest - now
            let (seconds, attoseconds) = remaining.components
            // Rounded up, so that the thread does not spin through the last millisecond.
            milliseconds = CInt(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
        } else {
            milliseconds = -1
        }
        self.resumeReady(within: milliseconds)
    }

    private func resumeReady(within milliseconds: CInt) {
        let (waiting, hasJobs) = self.state.withLockedValue { state in
            (state.waiters.map { ($0.key, $0.value.descriptor, $0.value.events) }, !state.jobs.isEmpty)
        }
        if milliseconds == 0, waiting.isEmpty { return }
        var descriptors = [pollfd(fd: self.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        for (_, descriptor, events) in waiting {
            descriptors.append(pollfd(fd: descriptor, events: events, revents: 0))
        }
        let count = unsafe poll(&descriptors, nfds_t(descriptors.count), hasJobs ? 0 : milliseconds)
        if count > 0, descriptors[0].revents != 0 {
            var counter: UInt64 = 0
            _ = unsafe read(self.wakeDescriptor, &counter, MemoryLayout<UInt64>.size)
        }
        let now = ContinuousClock.now
        var resumed: [(CheckedContinuation<Readiness, Never>, Readiness)] = []
        self.state.withLockedValue { state in
            if count > 0 {
                for (index, (identifier, _, _)) in waiting.enumerated() where descriptors[index + 1].revents != 0 {
                    if let waiter = state.waiters.removeValue(forKey: identifier) {
                        resumed.append((waiter.continuation, .ready))
                    }
                }
            }
            for (identifier, waiter) in state.waiters {
                guard let deadline = waiter.deadline, deadline <= now else { continue }
                state.waiters.removeValue(forKey: identifier)
                resumed.append((waiter.continuation, .timedOut))
            }
        }
        for (continuation, readiness) in resumed { continuation.resume(returning: readiness) }
    }
}
