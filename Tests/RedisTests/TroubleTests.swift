import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@Suite(.enabled(if: PrivateRedis.isAvailable, "no redis-server is installed"), .timeLimit(.minutes(2)))
struct TroubleTests {
    @Test func `A killed server is noticed, and the next one has another run id, the scripts and the data`()
        async throws
    {
        let script = RedisScript(name: "get", source: "return redis.call('GET', KEYS[1])")
        try await PrivateRedis.withServer { server in
            try await server.withClient(scripts: [script]) { client in
                let first = try #require(client.serverIdentity)
                try await client.send(RedisCommand("SET", "k", "v"))
                var events = client.events().makeAsyncIterator()
                #expect(await events.next() == .connected(first))
                await server.kill()
                #expect(await events.next() == .lost(first))
                #expect(client.serverIdentity == nil)
                #expect(await client.failure(of: RedisCommand("PING"))?.code == .unreachable)
                try server.start()
                let second = try #require(await client.nextConnection(after: first.generation))
                #expect(await events.next() == .connected(second))
                #expect(second.runID != first.runID && second.generation == first.generation + 1)
                let known = try await client.send(RedisCommand("SCRIPT", "EXISTS", .text(script.digest)))
                #expect(known == .array([.integer(1)]))
                #expect(try await client.run(script, keys: ["k"]) == .bulk([118]))
                // What was meant for the first one is not carried out by the second.
                let late = RedisCommand("SET", "k", "late")
                #expect(await client.failure(of: late, to: first)?.code == .otherServer)
                #expect(try await client.send(RedisCommand("GET", "k"), to: second) == .bulk([118]))
                #expect(client.statistics.losses == 1 && client.statistics.connections == 2)
            }
        }
    }

    @Test func `Killed under load, every command has an outcome, and what was answered has happened`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let first = try #require(client.serverIdentity)
                let outcomes = NIOLockedValueBox<[RedisError.Code?: Int]>([:])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<32 {
                        group.addTask {
                            while client.serverIdentity == first {
                                let code = await client.failure(of: RedisCommand("INCR", "n"))?.code
                                outcomes.withLockedValue { $0[code, default: 0] += 1 }
                            }
                        }
                    }
                    while outcomes.withLockedValue({ $0[nil] ?? 0 }) < 500 { await Task.yield() }
                    await server.kill()
                    try await group.waitForAll()
                }
                try server.start()
                _ = await client.nextConnection(after: first.generation)
                let counted = try await client.send(RedisCommand("GET", "n")).asInteger()
                let seen = outcomes.withLockedValue { $0 }
                let done = seen[nil] ?? 0
                let open = seen[.unknown] ?? 0
                #expect(done <= counted && counted <= done + open, "\(seen), \(counted)")
                #expect(Set(seen.keys).isSubset(of: [nil, .unknown, .unreachable]))
                #expect(open <= 32 && client.statistics.unknown == open)
                #expect(client.statistics.open == 0)
            }
        }
    }

    @Test func `A server that stands still is given up in time, and its late answers reach nobody`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient({
                $0.commandTimeout = .milliseconds(250)
                $0.connectTimeout = .milliseconds(250)
                $0.heartbeat = .seconds(60)
            }) { client in
                let first = try #require(client.serverIdentity)
                server.pause()
                let started = ContinuousClock.now
                await withTaskGroup(of: RedisError?.self) { group in
                    for number in 0..<100 {
                        group.addTask { await client.failure(of: RedisCommand("RPUSH", "late", .integer(number))) }
                    }
                    for await error in group {
                        // Those of the same moment as the oldest are late with it; later ones may only be open.
                        #expect(error?.isOutcomeUnknown == true || error?.code == .unreachable)
                    }
                }
                let waited = ContinuousClock.now - started
                #expect(waited >= .milliseconds(250) && waited < .seconds(5))
                #expect(client.statistics.timeouts >= 1)
                // While it stands still nobody waits for it.
                let asked = ContinuousClock.now
                #expect(await client.failure(of: RedisCommand("PING"))?.code == .unreachable)
                #expect(ContinuousClock.now - asked < .milliseconds(250))
                server.resume()
                let second = try #require(await client.nextConnection(after: first.generation))
                #expect(second.runID == first.runID)
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1000 {
                        group.addTask {
                            try await client.send(RedisCommand("ECHO", .integer(-number))).asInteger() == -number
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
            }
        }
    }

    @Test func `A server that stands still is noticed before anybody needs it`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient({
                $0.commandTimeout = .milliseconds(100)
                $0.heartbeat = .milliseconds(50)
            }) { client in
                let first = try #require(client.serverIdentity)
                var events = client.events().makeAsyncIterator()
                #expect(await events.next() == .connected(first))
                server.pause()
                #expect(await events.next() == .lost(first))
                server.resume()
                #expect(client.statistics.commands == 0)
            }
        }
    }

    @Test func `A late answer on the old connection is not taken for that of a later command`() async throws {
        let late = NIOLockedValueBox<FakeServer?>(nil)
        let server = try FakeServer { connection, request in
            if connection == 0 { return .silence }
            // Whatever comes on the second connection: first the answer the first one still owed, on the first.
            late.withLockedValue { $0 }?.say(Array("$5\r\nfirst\r\n".utf8), on: 0)
            return .send(Array("$6\r\nsecond\r\n".utf8))
        }
        defer { server.close() }
        late.withLockedValue { $0 = server }
        let client = self.client(server) { $0.commandTimeout = .milliseconds(100) }
        try await client.running {
            let first = try #require(await client.nextConnection())
            #expect(await client.failure(of: RedisCommand("GET", "first"))?.code == .timeout)
            _ = await client.nextConnection(after: first.generation)
            #expect(try await client.send(RedisCommand("GET", "second")).asText() == "second")
            #expect(try await client.send(RedisCommand("GET", "second")).asText() == "second")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\0", "$-5\r\n", "*99999999999\r\n", "*2147483647\r\n:1\r\n",
        "$99999999999999999999\r\n", ":1x\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        "+OK\r\n+OK\r\n", "*2\r\n:1\r\n@\r\n",
    ])
    func `What no Redis says ends the connection, and nobody gets it as an answer`(bytes: String) async throws {
        let server = try FakeServer { connection, _ in
            connection == 0 ? .send(Array(bytes.utf8)) : .send(Array("+OK\r\n".utf8))
        }
        defer { server.close() }
        let client = self.client(server) { _ in }
        try await client.running {
            let first = try #require(await client.nextConnection())
            let error = await client.failure(of: RedisCommand("PING"))
            // Two answers to one command: the first is its own.
            if bytes.hasPrefix("+OK") { #expect(error == nil) } else { #expect(error?.code == .unknown) }
            _ = await client.nextConnection(after: first.generation)
            #expect(try await client.send(RedisCommand("PING")) == .status("OK"))
        }
    }

    @Test(arguments: ["", "$10\r\nhalf", "*2\r\n$1\r\na\r\n", ":12", "$3\r\nabc"])
    func `Half an answer and then the end is no answer`(bytes: String) async throws {
        let server = try FakeServer { connection, _ in
            connection == 0 ? .sendAndClose(Array(bytes.utf8)) : .send(Array("+OK\r\n".utf8))
        }
        defer { server.close() }
        let client = self.client(server) { _ in }
        try await client.running {
            let first = try #require(await client.nextConnection())
            #expect(await client.failure(of: RedisCommand("GET", "k"))?.code == .unknown)
            _ = await client.nextConnection(after: first.generation)
            #expect(try await client.send(RedisCommand("PING")) == .status("OK"))
        }
    }

    @Test(arguments: [
        FakeServer.greeting(persistence: "# Persistence\r\nloading:1\r\n"), FakeServer.greeting(server: "# Server\r\n"),
        Array("+OK\r\n-NOAUTH Authentication required.\r\n-NOAUTH Authentication required.\r\n".utf8),
        Array("+OK\r\n:1\r\n*0\r\n".utf8), Array("SSH-2.0-OpenSSH_9.2\r\n".utf8),
    ])
    func `A server that is not ready, or is none, gets no caller's command`(greeting: [UInt8]) async throws {
        let early = NIOLockedValueBox(0)
        let server = try FakeServer(
            greeting: { $0 < 3 ? greeting : FakeServer.greeting() },
            { connection, _ in
                if connection < 3 { early.withLockedValue { $0 += 1 } }
                return .send(Array("+PONG\r\n".utf8))
            })
        defer { server.close() }
        let client = self.client(server) { _ in }
        try await client.running {
            while client.serverIdentity == nil {
                #expect([nil, .unreachable].contains(await client.failure(of: RedisCommand("PING"))?.code))
                await Task.yield()
            }
            let answer = try await client.send(RedisCommand("PING"))
            #expect(answer == .status("PONG"))
            #expect(client.statistics.connections == 1 && early.withLockedValue { $0 } == 0)
        }
    }

    @Test func `Connections that are cut again and again under load mix up no answers`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient({ $0.reconnectCeiling = 0.05 }) { client in
                let isOver = NIOLockedValueBox(false)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<32 {
                        group.addTask {
                            // Each counts on a key of its own, and knows what it may hear.
                            var least = 1
                            var most = 1
                            while !isOver.withLockedValue({ $0 }), !Task.isCancelled {
                                do throws(RedisError) {
                                    let answer = try await client.send(RedisCommand("INCR", "n\(number)"))
                                    let value = try answer.asInteger()
                                    #expect((least...most).contains(value))
                                    least = value + 1
                                    most = value + 1
                                } catch {
                                    #expect([.unknown, .unreachable].contains(error.code), "\(error)")
                                    if error.code == .unknown { most += 1 }
                                    await Task.yield()
                                }
                            }
                        }
                    }
                    var generation = 0
                    for _ in 0..<20 {
                        let identity = try #require(await client.nextConnection(after: generation))
                        generation = identity.generation
                        let answered = client.statistics.answered
                        while client.statistics.answered < answered + 50, client.serverIdentity == identity {
                            await Task.yield()
                        }
                        try await server.cutConnections()
                    }
                    isOver.withLockedValue { $0 = true }
                    try await group.waitForAll()
                }
                #expect(client.statistics.losses >= 19 && client.statistics.unknown > 0)
            }
        }
    }

    @Test func `An answer that is deeper than the library reads ends the connection`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient { client in
                let first = try #require(client.serverIdentity)
                let deep = RedisScript(name: "deep", source: "return {{{{{{{{{{1}}}}}}}}}}")
                let error = await #expect(throws: RedisError.self) { try await client.run(deep, keys: []) }
                #expect(error?.code == .unknown)
                let second = try #require(await client.nextConnection(after: first.generation))
                #expect(second.runID == first.runID)
                #expect(try await client.send(RedisCommand("ECHO", "x")) == .bulk([120]))
            }
        }
    }

    @Test func `Where nobody listens, commands fail at once and the pauses grow`() async throws {
        let server = try FakeServer { _, _ in .silence }
        server.close()
        let client = self.client(server) { $0.reconnectCeiling = 0.2 }
        let before = RedisCommand("PING")
        #expect(await client.failure(of: before)?.code == .unreachable)
        try await client.running {
            for _ in 0..<1000 { #expect(await client.failure(of: RedisCommand("PING"))?.code == .unreachable) }
            #expect(client.statistics.refused == 1001 && client.statistics.connections == 0)
        }
    }

    @Test func `More than the queue holds is refused at once, and the rest is answered`() async throws {
        try await PrivateRedis.withServer { server in
            try await server.withClient({ $0.queueLimit = 100 }) { client in
                server.pause()
                let codes = await withTaskGroup(of: RedisError.Code?.self) { group in
                    for _ in 0..<500 { group.addTask { await client.failure(of: RedisCommand("PING"))?.code } }
                    while client.statistics.refused < 400 { await Task.yield() }
                    server.resume()
                    return await group.reduce(into: [RedisError.Code?: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(codes == [.busy: 400, nil: 100])
            }
        }
    }

    @Test func `What waits too long for its turn was not carried out`() async throws {
        let requests = NIOLockedValueBox(0)
        let server = try FakeServer { _, _ in
            requests.withLockedValue { $0 += 1 }
            return .silence
        }
        defer { server.close() }
        let client = self.client(server) {
            $0.windowCommands = 1
            $0.commandTimeout = .milliseconds(500)
        }
        try await client.running {
            _ = await client.nextConnection()
            async let first = client.failure(of: RedisCommand("PING"))
            while requests.withLockedValue({ $0 }) < 1 { await Task.yield() }
            async let second = client.failure(of: RedisCommand("PING"))
            while client.statistics.commands < 2 { await Task.yield() }
            async let third = client.failure(of: RedisCommand("PING"))
            while client.statistics.commands < 3 { await Task.yield() }
            // The second is written now and has its time from here; the third's turn does not come.
            server.say(Array("+PONG\r\n".utf8), on: 0)
            #expect(await first == nil)
            #expect(await third?.code == .busy)
            #expect(await second?.code == .timeout)
        }
    }

    private func client(_ server: FakeServer, _ change: (inout RedisConfiguration) -> Void) -> RedisClient {
        var configuration = RedisConfiguration(port: server.port, commandTimeout: .seconds(5))
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return RedisClient(configuration: configuration, logger: PrivateRedis.logger)
    }
}
