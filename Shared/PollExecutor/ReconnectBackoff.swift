/// How long to wait before the next attempt: doubling from 50 ms to a ceiling, each wait a random part of it, so that many
/// processes do not come back at the same instant.
package struct ReconnectBackoff: Sendable {
    private static let floor = 0.05
    private let ceiling: Double
    private var attempts = 0

    /// - Parameter ceiling: The longest wait, in seconds.
    package init(ceiling: Double = 5) { self.ceiling = ceiling }

    package mutating func next(random: (ClosedRange<Double>) -> Double = { Double.random(in: $0) }) -> Duration {
        let full = min(self.ceiling, Self.floor * Double(1 << min(self.attempts, 10)))
        self.attempts += 1
        return .seconds(random(full / 2...full))
    }

    package mutating func reset() { self.attempts = 0 }
}
