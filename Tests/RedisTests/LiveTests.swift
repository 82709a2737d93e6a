import Redis
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.enabled(if: PrivateRedis.isAvailable, "no redis-server is installed"), .timeLimit(.minutes(2)))
struct LiveTests {
    private static let count = RedisScript(
        name: "count", source: "return {redis.call('INCRBY', KEYS[1], ARGV[1]), ARGV[2]}")

    @Test func `Values are any bytes, and arguments are never more than one`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let values: [[UInt8]] = [
                    [], [0], [13, 10], Array("%s %d %b %n".utf8), Array("\r\n$3\r\nFOO\r\n*1\r\n".utf8),
                    Array(0...255), [UInt8](repeating: 0, count: 3_000_000), Array("测试甲".utf8),
                ]
                for (number, value) in values.enumerated() {
                    #expect(try await client.send(RedisCommand("SET", "k\(number)", .bytes(value))) == .status("OK"))
                    #expect(try await client.send(RedisCommand("GET", "k\(number)")) == .bulk(value))
                }
                #expect(try await client.send(RedisCommand("DBSIZE")) == .integer(values.count))
                #expect(try await client.send(RedisCommand("GET", "nobody")) == .null)
                try await client.send(RedisCommand("HSET", "h", "a", 1, "b c", "d"))
                let pairs = try await client.send(RedisCommand("HGETALL", "h")).asPairs()
                #expect(pairs.map(\.name) == ["a", "b c"])
                #expect(try pairs.map { try $0.value.asText() } == ["1", "d"])
                #expect(try await client.send(RedisCommand("STRLEN", .bytes([0, 10]))) == .integer(0))
            }
        }
    }

    @Test func `Ten thousand commands at once each get their own answer, in few writes`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient(scripts: [Self.count]) { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<10_000 {
                        group.addTask {
                            switch number % 3 {
                            case 0:
                                return try await client.send(RedisCommand("ECHO", .integer(number))).asInteger()
                                    == number
                            case 1:
                                let answer = try await client.run(
                                    Self.count, keys: ["counter"], arguments: [1, .integer(number)])
                                return try answer.asArray()[1].asInteger() == number
                            default:
                                return await client.failure(of: RedisCommand("INCR", "h", .integer(number)))?.code
                                    == .server
                            }
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
                #expect(try await client.send(RedisCommand("GET", "counter")).asInteger() == 3333)
                let statistics = client.statistics
                #expect(statistics.commands == 10_001 && statistics.answered == 10_001 && statistics.open == 0)
                #expect(statistics.batches < statistics.commands)
                #expect(statistics.connections == 1 && statistics.losses == 0)
            }
        }
    }

    @Test func `A script is known from the first run, and again after it was forgotten`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient(scripts: [Self.count]) { client in
                let known = try await client.send(RedisCommand("SCRIPT", "EXISTS", .text(Self.count.digest)))
                #expect(known == .array([.integer(1)]))
                #expect(
                    try await client.run(Self.count, keys: ["c"], arguments: [2, "x"])
                        == .array([.integer(2), .bulk(Array("x".utf8))]))
                try await client.send(RedisCommand("FLUSHALL"))
                try await client.send(RedisCommand("SCRIPT", "FLUSH"))
                // Several at once find it missing; each is carried out once all the same.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 {
                        group.addTask { try await client.run(Self.count, keys: ["c"], arguments: [1, "y"]) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await client.send(RedisCommand("GET", "c")).asInteger() == 50)
                // One that was not named at the beginning comes with its first run.
                let other = RedisScript(name: "other", source: "return #ARGV + #KEYS")
                #expect(try await client.run(other, keys: [], arguments: [1, 2, 3]) == .integer(3))
            }
        }
    }

    @Test func `A script's errors and nested answers arrive as such`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let refusing = RedisScript(name: "refusing", source: "return redis.error_reply('STALE epoch')")
                let error = await #expect(throws: RedisError.self) { try await client.run(refusing, keys: []) }
                #expect(error?.code == .server && error?.serverCode == "STALE")
                let wrong = RedisScript(name: "wrong", source: "return redis.call('HGET', KEYS[1])")
                let mistake = await #expect(throws: RedisError.self) { try await client.run(wrong, keys: ["geheim"]) }
                #expect(mistake?.code == .server)
                #expect(mistake.map { !"\($0)".contains("geheim") } == true)
                let broken = RedisScript(name: "broken", source: "return (")
                let refusal = await #expect(throws: RedisError.self) { try await client.run(broken, keys: []) }
                #expect(refusal?.code == .server)
                let mixed = RedisScript(
                    name: "mixed",
                    source: "return {1, 'a', false, {redis.error_reply('OOM x')}, redis.status_reply('Y')}")
                #expect(
                    try await client.run(mixed, keys: [])
                        == .array([
                            .integer(1), .bulk([97]), .null, .array([.failure(RedisError(server: "OOM x"))]),
                            .status("Y"),
                        ]))
                let deep = RedisScript(name: "deep", source: "return {{{{{{{7}}}}}}}")
                var value = try await client.run(deep, keys: [])
                for _ in 0..<7 { value = try value.asArray()[0] }
                #expect(value == .integer(7))
                #expect(client.statistics.losses == 0)
            }
        }
    }

    @Test(arguments: ["", "falsch"])
    func `Without the right password there is no connection, and nobody waits for one`(password: String) async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { insider in
                let client = RedisClient(
                    configuration: server.configuration { $0.password = password }, logger: PrivateRedis.logger)
                try await client.running {
                    // Until it has been there and was refused.
                    while try await insider.send(RedisCommand("INFO", "stats")).asText().split(separator: "\r\n")
                        .contains("total_connections_received:1")
                    {}
                    #expect(await client.failure(of: RedisCommand("PING"))?.code == .unreachable)
                    #expect(client.serverIdentity == nil && client.statistics.refused >= 1)
                }
            }
        }
    }

    @Test func `A server without a password, and another database`() async throws {
        try await PrivateRedis.withServer(password: "") { server in
            try await server.withClient({ $0.database = 3 }) { client in
                try await client.send(RedisCommand("SET", "k", "v"))
                let elsewhere = try await server.withClient { try await $0.send(RedisCommand("GET", "k")) }
                #expect(elsewhere == .null)
                #expect(try await client.send(RedisCommand("GET", "k")) == .bulk([118]))
            }
        }
    }

    @Test func `Commands that would change or block the connection of all are refused here`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                for command in [
                    RedisCommand("SUBSCRIBE", "x"), RedisCommand("multi"), RedisCommand("Blpop", "x", 0),
                    RedisCommand("CLIENT", "REPLY", "OFF"), RedisCommand("SELECT", 1), RedisCommand("AUTH", "geheim"),
                    RedisCommand("SET", "k", .bytes([UInt8](repeating: 0, count: RedisCommand.maximumBytes))),
                ] {
                    let error = await client.failure(of: command)
                    #expect(error?.code == .invalid)
                    #expect(error.map { !"\($0)".contains("geheim") } == true)
                }
                #expect(client.statistics.commands == 0)
            }
        }
    }

    @Test func `On graceful shutdown what was taken is answered, and nothing else is taken`() async throws {
        try await PrivateRedis.withServer { server in
            // Known from the beginning: a run that needs two commands would have only one of them taken.
            let busy = RedisScript(
                name: "busy", source: "for i = 1, 1000000 do redis.sha1hex('x') end return ARGV[1]")
            let client = RedisClient(
                configuration: server.configuration(), scripts: [busy], logger: PrivateRedis.logger)
            let services = ServiceGroup(
                configuration: .init(services: [.init(service: client)], logger: PrivateRedis.logger))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                _ = await client.nextConnection()
                // The server is busy for a while, so that these are in flight when the shutdown comes.
                async let answers = withThrowingTaskGroup(of: Int.self) { inner in
                    for number in 0..<20 {
                        inner.addTask {
                            number == 0
                                ? try await client.run(busy, keys: [], arguments: [0]).asInteger()
                                : try await client.send(RedisCommand("ECHO", .integer(number))).asInteger()
                        }
                    }
                    return try await inner.reduce(into: Set<Int>()) { $0.insert($1) }
                }
                while client.statistics.commands < 20 { await Task.yield() }
                await services.triggerGracefulShutdown()
                #expect(try await answers == Set(0..<20))
                try await group.waitForAll()
            }
            #expect(await client.failure(of: RedisCommand("PING"))?.code == .unreachable)
            for await event in client.events() { Issue.record("an event of a client that has ended: \(event)") }
        }
    }
}
