/// Wakes a loop in this process. Several calls before the loop looks are one wake-up.
package struct WakeSignal: Sendable {
    package let wakeUps: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (self.wakeUps, self.continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package func wake() { self.continuation.yield() }

    package func finish() { self.continuation.finish() }
}
