import NIOConcurrencyHelpers

/// A counter or gauge.
package final class MetricNumber: Sendable {
    private let box = NIOLockedValueBox(0.0)

    package init() {}

    package func increment(by amount: Double = 1) { self.box.withLockedValue { $0 += amount } }
    package func decrement(by amount: Double = 1) { self.box.withLockedValue { $0 -= amount } }
    package func set(_ value: Double) { self.box.withLockedValue { $0 = value } }
    package var value: Double { self.box.withLockedValue { $0 } }
}

/// A distribution over fixed buckets.
package final class MetricHistogram: Sendable {
    /// Bounds in seconds for things that take from 1 ms to 30 s.
    package static let seconds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    /// Bounds for sizes of batches and the like.
    package static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    struct State: Sendable {
        /// One more than there are bounds; the last counts what lies above all of them. Not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    let buckets: [Double]
    private let state: NIOLockedValueBox<State>

    /// - Parameter buckets: Upper bounds, growing.
    package init(buckets: [Double]) {
        self.buckets = buckets
        self.state = NIOLockedValueBox(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    package func record(_ value: Double) {
        let index = self.buckets.firstIndex { value <= $0 } ?? self.buckets.count
        self.state.withLockedValue { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Records a duration in seconds.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.record(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    var snapshot: State { self.state.withLockedValue { $0 } }
    /// How many values have been recorded.
    package var count: UInt64 { self.snapshot.counts.reduce(0, +) }
}
