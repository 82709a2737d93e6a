/// Repeats a short operation and tells how long one takes.
///
/// Each sample is as many operations as take about ten milliseconds, so that reading the clock does not count. The least of
/// all samples is what the operation costs; the median is what it costs on this machine with whatever else runs.
struct Stopwatch {
    struct Figures: Sendable {
        let least: Double
        let median: Double
        let operations: Int
    }

    var samples = 31
    var sampleLength = Duration.milliseconds(10)

    func measure(_ operation: () throws -> Void) rethrows -> Figures {
        let clock = ContinuousClock()
        // The first calls fill caches and resolve symbols.
        for _ in 0..<20 { try operation() }
        var count = 1
        while true {
            let length = try clock.measure { for _ in 0..<count { try operation() } }
            if length >= self.sampleLength / 2 { break }
            count *= 2
        }
        var times: [Double] = []
        for _ in 0..<self.samples {
            let length = try clock.measure { for _ in 0..<count { try operation() } }
            let (seconds, attoseconds) = length.components
            times.append((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
        }
        times.sort()
        return Figures(least: times[0], median: times[times.count / 2], operations: count * self.samples)
    }

    /// Measures and prints one line. - Parameter items: how many things one operation is about, when not one.
    func report(_ name: String, items: Int = 1, _ operation: () throws -> Void) rethrows {
        let figures = try self.measure(operation)
        let each = items == 1 ? "" : "  \(Self.text(figures.least / Double(items))) ns each"
        let padded = name + String(repeating: " ", count: max(1, 44 - name.count))
        print("\(padded)\(Self.text(figures.least)) ns least  \(Self.text(figures.median)) ns median\(each)")
    }

    private static func text(_ nanoseconds: Double) -> String {
        let text = nanoseconds < 100 ? String((nanoseconds * 10).rounded() / 10) : String(Int(nanoseconds.rounded()))
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}

/// Keeps the optimiser from leaving out what nobody uses.
@inline(never)
func use<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}
