import Messaging
import Testing

@Suite("When a message is tried again")
struct RetryPolicyTests {
    @Test("The delay doubles with each attempt, from a tenth of a second to a minute")
    func growth() {
        let policy = RetryPolicy()
        let delays = (1...12).map { policy.delay(afterAttempts: $0, chance: 0) }
        #expect(delays.first == .milliseconds(100))
        #expect(delays[1] == .milliseconds(200))
        #expect(delays[7] == .milliseconds(12_800))
        #expect(delays.last == .seconds(60))
        #expect(delays == delays.sorted())
    }

    @Test("Chance only lengthens the delay, by up to a half", arguments: [0.0, 0.25, 0.999])
    func jitter(chance: Double) {
        let policy = RetryPolicy()
        for attempts in 1...40 {
            let least = policy.delay(afterAttempts: attempts, chance: 0)
            let delay = policy.delay(afterAttempts: attempts, chance: chance)
            #expect(delay >= least)
            #expect(delay <= least * 1.5)
        }
    }

    @Test(
        "No number of attempts makes it overflow or begin anew", arguments: [Int.min, -1, 0, 1, 64, 1_000_000, Int.max])
    func extremes(attempts: Int) {
        let delay = RetryPolicy().delay(afterAttempts: attempts, chance: 0)
        #expect(delay >= .milliseconds(100))
        #expect(delay <= .seconds(60))
    }
}
