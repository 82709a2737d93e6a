import FoundationEssentials
import Glibc
import Redis
import TestSupport
import Testing

/// Measures, and fails only when an answer is wrong. Run alone, with `REDIS_THROUGHPUT=1`.
@Suite(
    .enabled(
        if: PrivateRedis.isAvailable && ProcessInfo.processInfo.environment["REDIS_THROUGHPUT"] != nil),
    .timeLimit(.minutes(5)))
struct ThroughputTests {
    /// Of the size of what a booking does.
    private static let hold = RedisScript(
        name: "hold",
        source: """
            local free = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
            if free <= 0 then return {0, free} end
            redis.call('HINCRBY', KEYS[1], ARGV[1], -1)
            redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
            return {1, free - 1}
            """)
    private static let one = RedisScript(name: "one", source: "return 1")

    @Test(arguments: ["one", "hold"])
    func `A script from 64 tasks, beside what redis-benchmark manages`(name: String) async throws {
        let script = name == "one" ? Self.one : Self.hold
        let keys: [RedisArgument] = name == "one" ? [] : ["free", "holds"]
        let words: [RedisArgument] =
            name == "one" ? [] : ["online", "1646791200000", "0190f3a1-0000-7000-8000-000000000001"]
        try await PrivateRedis.withServer(durable: false) { server in
            try await server.withClient(scripts: [script]) { client in
                try await client.send(RedisCommand("HSET", "free", "online", 1_000_000_000))
                for round in 1...2 {
                    let plain = try await server.benchmark(client, script, keys + words, keys.count, ["-c", "50"])
                    let piped = try await server.benchmark(
                        client, script, keys + words, keys.count, ["-c", "50", "-P", "16"])
                    for tasks in [1, 8, 64, 256] {
                        let ours = try await Self.measure(client, script, keys, words, tasks: tasks)
                        print(
                            "\(name), round \(round), \(tasks) tasks: \(ours.rate)/s, client \(ours.ownMicroseconds) µs,",
                            "server \(ours.serverMicroseconds) µs a command, \(ours.together) together;",
                            "redis-benchmark -c 50 \(plain.rate)/s (server \(plain.serverMicroseconds) µs):",
                            "\(ours.rate * 100 / plain.rate) %, -P 16 \(piped.rate)/s:",
                            "\(ours.rate * 100 / piped.rate) %")
                    }
                }
            }
        }
    }

    struct Measure {
        var rate: Int
        var ownMicroseconds = 0.0
        var serverMicroseconds = 0.0
        var together = 0
    }

    private static func measure(
        _ client: RedisClient, _ script: RedisScript, _ keys: [RedisArgument], _ words: [RedisArgument], tasks: Int
    ) async throws -> Measure {
        let each = max(500, 100_000 / max(tasks, 8))
        let before = client.statistics
        let own = Self.processorTime()
        let server = try await PrivateRedis.processorTime(client)
        let duration = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask {
                        for _ in 0..<each {
                            let answer = try await client.run(script, keys: keys, arguments: words)
                            if case .array(let parts) = answer { #expect(parts.first == .integer(1)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let count = Double(tasks * each)
        let batches = client.statistics.batches - before.batches
        let spent = Self.processorTime() - own
        return Measure(
            rate: Int(count / (duration / .seconds(1))), ownMicroseconds: (spent / count * 1e7).rounded() / 10,
            serverMicroseconds: ((try await PrivateRedis.processorTime(client) - server) / count * 1e7).rounded() / 10,
            together: (client.statistics.commands - before.commands) / max(1, batches))
    }

    /// Of this process, in seconds.
    private static func processorTime() -> Double {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

extension PrivateRedis {
    /// Of the server, in seconds.
    static func processorTime(_ client: RedisClient) async throws -> Double {
        let text = try await client.send(RedisCommand("INFO", "cpu")).asText()
        return text.split(whereSeparator: \.isNewline).reduce(0) { sum, line in
            guard line.hasPrefix("used_cpu_sys:") || line.hasPrefix("used_cpu_user:") else { return sum }
            return sum + (Double(line.drop { $0 != ":" }.dropFirst()) ?? 0)
        }
    }

    func benchmark(
        _ client: RedisClient, _ script: RedisScript, _ arguments: [RedisArgument], _ keys: Int, _ options: [String]
    ) async throws -> ThroughputTests.Measure {
        let count = 100_000
        let words = arguments.map { argument in
            switch argument {
            case .text(let text): text
            case .integer(let number): "\(number)"
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            }
        }
        let output = "\(self.directory)/benchmark-\(UUID().uuidString)"
        let server = try await Self.processorTime(client)
        let process = try ServiceStandProcess.start(
            "/usr/bin/redis-benchmark",
            ["-p", "\(self.port)", "-a", self.password, "-n", "\(count)", "--csv"] + options
                + ["EVALSHA", script.digest, "\(keys)"] + words,
            environment: [:], outputFile: output, errorFile: "\(output).errors")
        _ = await process.ending()
        // "EVALSHA …","rate","average latency", …
        let fields = process.output.split(whereSeparator: \.isNewline).last?.split(separator: "\",\"") ?? []
        let rate = try #require(fields.dropFirst().first.flatMap { Double($0) }, "\(process.output) \(process.errors)")
        let spent = try await Self.processorTime(client) - server
        return ThroughputTests.Measure(
            rate: Int(rate), serverMicroseconds: (spent / Double(count) * 1e7).rounded() / 10)
    }
}
