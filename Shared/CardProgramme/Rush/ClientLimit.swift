/// How often one client may ask: so many at once, then so many a second (a token bucket for each subject).
///
/// Who asks too often waits some seconds; nobody is locked out. It counts by the subject of a token, never by a phone
/// number: a whole village may share one. What is kept is bounded: subjects that have not asked for longest are forgotten,
/// which only ever gives them a full bucket again.
package struct ClientLimit: Sendable {
    private struct Bucket: Sendable {
        var tokens: Double
        var at: Double
    }

    /// So many at once.
    package let burst: Int
    /// So many a second in the long run.
    package let rate: Double
    /// The most subjects remembered.
    package let capacity: Int
    private var young: [String: Bucket] = [:]
    private var old: [String: Bucket] = [:]

    package init(burst: Int, rate: Double, capacity: Int = 50_000) {
        self.burst = burst
        self.rate = rate
        self.capacity = capacity
    }

    /// How many subjects are remembered.
    package var count: Int { self.young.count + self.old.count }

    /// Counts one call.
    ///
    /// - Parameter now: seconds of a clock that never goes back.
    /// - Returns: nil when the call may go on; otherwise the whole seconds to wait, at least 1. A refused call costs nothing.
    package mutating func pass(_ subject: String, at now: Double) -> Int? {
        var bucket =
            self.young[subject] ?? self.old.removeValue(forKey: subject) ?? Bucket(tokens: Double(self.burst), at: now)
        bucket.tokens = min(Double(self.burst), bucket.tokens + max(0, now - bucket.at) * self.rate)
        bucket.at = max(now, bucket.at)
        var wait: Int?
        // A hair below one is one: what a second's wait is promised to give must not be missing by rounding.
        if bucket.tokens >= 1 - 1e-9 {
            bucket.tokens -= 1
        } else {
            wait = max(1, Int(((1 - bucket.tokens) / self.rate - 1e-9).rounded(.up)))
        }
        if self.young.count >= max(1, self.capacity / 2), self.young[subject] == nil {
            self.old = self.young
            self.young = [:]
        }
        self.young[subject] = bucket
        return wait
    }
}
