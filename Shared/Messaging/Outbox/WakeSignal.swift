/// Wakes a loop in this process. Several calls before the loop looks are one wake-up.
struct WakeSignal: Sendable {
    let wakeUps: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        // One look finds everything, so one wake-up is enough.
        (self.wakeUps, self.continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    }

    func wake() { self.continuation.yield() }

    func finish() { self.continuation.finish() }
}
