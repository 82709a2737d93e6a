/// How long to wait before the next attempt: doubling from 50 ms to 5 s, each wait a random part of it, so that many
/// processes do not come back at the same instant.
package struct ReconnectBackoff {
    private static let floor = 0.05
    private static let ceiling = 5.0
    private var attempts = 0

    package init() {}

    package mutating func next(random: (ClosedRange<Double>) -> Double = { Double.random(in: $0) }) -> Duration {
        let full = min(Self.ceiling, Self.floor * Double(1 << min(self.attempts, 10)))
        self.attempts += 1
        return .seconds(random(full / 2...full))
    }

    package mutating func reset() { self.attempts = 0 }
}
