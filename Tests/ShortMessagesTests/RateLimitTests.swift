import FoundationEssentials
import NIOConcurrencyHelpers
import Redis
import ShortMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)), .enabled(if: PrivateRedis.isAvailable)) struct RateLimitTests {
    private static func limit(
        _ redis: RedisClient, rate: Double = 20, burst: Int = 5, now: @escaping @Sendable () -> Double = { 0 }
    ) -> RateLimit {
        RateLimit(
            redis: redis, namespace: "test", figures: ["kannel": .init(rate: rate, burst: burst)], now: now,
            logger: PrivateRedis.logger)
    }

    @Test func allInstancesTogetherPassTheBurstAndThenTheRate() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient(scripts: [RateLimit.script]) { first in
                try await server.withClient { second in
                    let limits = [Self.limit(first), Self.limit(second)]
                    let start = ContinuousClock.now
                    var passed = 0
                    var refused = 0
                    // Both ask as fast as they can, for a second and a half at the least.
                    while passed < 35 {
                        for limit in limits {
                            guard let wait = await limit.take("kannel") else {
                                passed += 1
                                continue
                            }
                            refused += 1
                            #expect(wait > .zero && wait <= .milliseconds(50))
                        }
                    }
                    let seconds = (ContinuousClock.now - start) / .seconds(1)
                    #expect(refused > 0 && limits.allSatisfy { !$0.isAlone })
                    // Never more than the burst and what has grown since; 36 where the last two passed in one turn.
                    #expect(Double(passed) <= 5 + 20 * seconds + 1, "\(passed) in \(seconds) s")
                }
            }
        }
    }

    @Test func aRefusalSaysHowLongAndCostsNothing() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let limit = Self.limit(client, rate: 0.01, burst: 1)
                #expect(await limit.take("kannel") == nil)
                for _ in 0..<20 {
                    let wait = try #require(await limit.take("kannel"))
                    #expect(wait > .seconds(80) && wait <= .seconds(100))
                }
                // One key for a provider, which goes away by itself.
                let key: RedisArgument = "test:sms-rate:kannel"
                #expect(try await client.send(RedisCommand("EXISTS", key)).asInteger() == 1)
                let left = try await client.send(RedisCommand("PTTL", key)).asInteger()
                #expect((1...200_000).contains(left))
            }
        }
    }

    @Test func providersDoNotShareABucket() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let limit = RateLimit(
                    redis: client, namespace: "test",
                    figures: ["a": .init(rate: 0.01, burst: 1), "b": .init(rate: 0.01, burst: 2)], now: { 0 },
                    logger: PrivateRedis.logger)
                #expect(await limit.take("a") == nil)
                #expect(await limit.take("a") != nil)
                #expect(await limit.take("b") == nil)
                #expect(await limit.take("b") == nil)
                #expect(await limit.take("b") != nil)
            }
        }
    }

    @Test func withoutRedisEachProcessSendsOneASecond() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let time = NIOLockedValueBox(100.0)
                let limit = Self.limit(client, rate: 1000, burst: 1000) { time.withLockedValue { $0 } }
                for _ in 0..<50 { #expect(await limit.take("kannel") == nil) }
                #expect(!limit.isAlone)
                await server.kill()
                // The command that notices may still be answered or not; from then on nobody is there.
                try await ServiceStand.eventually("Redis is missed") {
                    _ = await limit.take("kannel")
                    return limit.isAlone ? true : nil
                }
                time.withLockedValue { $0 = 200 }
                var passed = 0
                for tenth in 0..<100 {
                    time.withLockedValue { $0 = 200 + Double(tenth) / 10 }
                    if await limit.take("kannel") == nil { passed += 1 }
                }
                #expect(passed == 10, "ten seconds, ten messages")
                #expect(await limit.take("kannel") == .seconds(1))
                try server.start()
                try await ServiceStand.eventually("Redis counts again") {
                    _ = await limit.take("kannel")
                    return limit.isAlone ? nil : true
                }
                for _ in 0..<50 { #expect(await limit.take("kannel") == nil) }
            }
        }
    }

    @Test func aRedisThatStandsStillMakesItSlowNotOpen() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient({ $0.commandTimeout = .milliseconds(200) }) { client in
                let limit = Self.limit(client, rate: 1000, burst: 1000)
                #expect(await limit.take("kannel") == nil)
                server.pause()
                var passed = 0
                for _ in 0..<5 where await limit.take("kannel") == nil { passed += 1 }
                #expect(passed == 1 && limit.isAlone)
                server.resume()
            }
        }
    }

    @Test func anErrorOfTheServerMakesItSlowToo() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                // Somebody else's key of another kind.
                try await client.send(RedisCommand("SET", "test:sms-rate:kannel", "x"))
                let limit = Self.limit(client)
                #expect(await limit.take("kannel") == nil)
                #expect(await limit.take("kannel") == .seconds(1))
                #expect(limit.isAlone)
            }
        }
    }

    @Test func aProviderNobodyGaveAFigureForIsSlow() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let limit = Self.limit(client)
                #expect(await limit.take("new") == nil)
                #expect(await limit.take("new") == .seconds(1))
            }
        }
    }

    @Test func aKeyThatSaysTheFutureOrNonsenseNeverOpensTheBucket() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let key: RedisArgument = "test:sms-rate:kannel"
                let limit = Self.limit(client, rate: 0.01, burst: 2)
                // A server whose clock was ahead; a bucket that claims more than it can hold.
                let late = "99999999999999"
                for (tokens, at, passing) in [("0", late, 0), ("1e9", "0", 2), ("x", "y", 2), ("-5", late, 0)] {
                    try await client.send(RedisCommand("DEL", key))
                    try await client.send(RedisCommand("HSET", key, "tokens", .text(tokens), "at", .text(at)))
                    var passed = 0
                    for _ in 0..<5 where await limit.take("kannel") == nil { passed += 1 }
                    #expect(passed == passing, "\(tokens) at \(at)")
                }
                #expect(!limit.isAlone)
            }
        }
    }
}
