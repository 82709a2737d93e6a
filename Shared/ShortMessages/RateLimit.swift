import CardProgramme
import Logging
import NIOConcurrencyHelpers
import Redis

/// How many messages a second all instances together hand to a provider: a token bucket in Redis for each.
///
/// While Redis cannot be asked, each process goes on by itself with one a second for each provider: slow, not without a
/// limit, and not standing still. A Redis that has lost its memory gives one more burst, never more.
package final class RateLimit: Sendable {
    /// What one provider takes.
    package struct Figures: Sendable, Equatable {
        /// In the long run, a second.
        package let rate: Double
        /// So many at once.
        package let burst: Int

        package init(rate: Double, burst: Int) {
            self.rate = rate
            self.burst = burst
        }
    }

    /// The bucket by the server's own clock, so that instances whose clocks differ have one. Times are milliseconds.
    /// Answers how many of those asked for may pass, and how long the next has to wait where not all may. A refusal costs
    /// nothing.
    package static let script = RedisScript(
        name: "sms-rate",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
            local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
            local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
            if at < now then tokens = tokens + (now - at) * rate / 1000 end
            tokens = math.min(burst, tokens)
            local passed = math.min(wanted, math.floor(tokens + 1e-9))
            tokens = tokens - passed
            local wait = 0
            if passed < wanted then wait = math.max(1, math.ceil((1 - tokens) * 1000 / rate)) end
            redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', string.format('%d', now))
            redis.call('PEXPIRE', KEYS[1], math.ceil(burst * 1000 / rate) + 60000)
            return {passed, wait}
            """)

    /// What a process allows itself without Redis.
    package static let alone = Figures(rate: 1, burst: 1)

    private struct State {
        var local = ClientLimit(burst: RateLimit.alone.burst, rate: RateLimit.alone.rate, capacity: 64)
        var isAlone = false
    }

    private let redis: RedisClient
    private let namespace: String
    private let figures: [String: Figures]
    private let now: @Sendable () -> Double
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - namespace: What keys begin with, one for each installation.
    ///   - figures: By the providers' names.
    ///   - now: Seconds of a clock that never goes back; asked only without Redis.
    package init(
        redis: RedisClient, namespace: String, figures: [String: Figures], now: @escaping @Sendable () -> Double,
        logger: Logger
    ) {
        precondition(figures.values.allSatisfy { $0.rate > 0 && $0.burst >= 1 }, "a limit that lets nothing pass")
        self.redis = redis
        self.namespace = namespace
        self.figures = figures
        self.now = now
        self.logger = logger
    }

    /// Whether the last answer was this process's own: for a gauge.
    package var isAlone: Bool { self.state.withLockedValue { $0.isAlone } }

    /// Asks for leave to hand one message to a provider.
    ///
    /// A provider without figures passes one a second in each process.
    ///
    /// - Returns: nil: go on. Otherwise how long to wait before asking again; nothing has been taken.
    package func take(_ provider: String) async -> Duration? {
        await self.take(provider, upTo: 1).wait
    }

    /// Asks for leave to hand several messages to a provider, with one question to the server.
    ///
    /// - Returns: how many may go on, and how long to wait before asking for the rest; nil when all may.
    package func take(_ provider: String, upTo wanted: Int) async -> (passed: Int, wait: Duration?) {
        guard let figures = self.figures[provider] else { return self.takeAlone(provider, upTo: wanted) }
        do throws(RedisError) {
            let answer = try await self.redis.run(
                Self.script, keys: [.text("\(self.namespace):sms-rate:\(provider)")],
                arguments: [.text(String(figures.rate)), .integer(figures.burst), .integer(wanted)]
            ).asArray()
            let (passed, wait) = (try answer.first?.asInteger() ?? 0, try answer.last?.asInteger() ?? 0)
            self.note(isAlone: false, "")
            return (passed, wait <= 0 ? nil : .milliseconds(wait))
        } catch {
            // Also where the server may have counted: too slow is the right side to err on.
            self.note(isAlone: true, "\(error)")
            return self.takeAlone(provider, upTo: wanted)
        }
    }

    private func takeAlone(_ provider: String, upTo wanted: Int) -> (passed: Int, wait: Duration?) {
        for passed in 0..<wanted {
            if let wait = self.takeAlone(provider) { return (passed, wait) }
        }
        return (wanted, nil)
    }

    private func takeAlone(_ provider: String) -> Duration? {
        let now = self.now()
        return self.state.withLockedValue { $0.local.pass(provider, at: now) }.map { .seconds($0) }
    }

    private func note(isAlone: Bool, _ cause: String) {
        let changed = self.state.withLockedValue { state in
            defer { state.isAlone = isAlone }
            return state.isAlone != isAlone
        }
        guard changed else { return }
        if isAlone {
            self.logger.warning("Redis cannot be asked: one short message a second", metadata: ["cause": "\(cause)"])
        } else {
            self.logger.notice("Redis counts short messages again")
        }
    }
}
