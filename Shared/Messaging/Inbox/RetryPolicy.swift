/// When a message is tried again, and when it needs a person.
package struct RetryPolicy: Sendable {
    /// Failures after which a message parks.
    package var maximumFailures = 8
    /// How long a message may wait for another producer's message before it parks, in real time.
    package var maximumPostponement = Duration.seconds(24 * 3600)
    /// Before the second attempt.
    package var first = Duration.milliseconds(100)
    package var longest = Duration.seconds(60)

    package init() {}

    /// Doubles with each attempt up to a minute. Jitter only lengthens (by up to a half): nobody is tried earlier than said.
    ///
    /// - Parameters:
    ///   - attempts: how often it was tried so far, from 1.
    ///   - chance: 0 ..< 1.
    package func delay(afterAttempts attempts: Int, chance: Double = Double.random(in: 0..<1)) -> Duration {
        let factor = 1 << min(max(attempts, 1) - 1, 16)
        let base = min(self.first * factor, self.longest)
        return base + base * (chance / 2)
    }
}
