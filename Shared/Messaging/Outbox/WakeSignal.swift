/// Wakes a loop in this process. Several calls before the loop looks are one wake-up.
package struct WakeSignal: Sendable {
    package enum Reason: Sendable {
        /// A transaction of this process has left something to do.
        case committed
        /// Time to look whether another process has.
        case poll
    }

    package let wakeUps: AsyncStream<Reason>
    private let continuation: AsyncStream<Reason>.Continuation

    package init() {
        // The oldest stays: whatever the reason, one look finds everything.
        (self.wakeUps, self.continuation) = AsyncStream.makeStream(of: Reason.self, bufferingPolicy: .bufferingOldest(1))
    }

    package func wake(_ reason: Reason = .committed) { self.continuation.yield(reason) }

    package func finish() { self.continuation.finish() }
}
