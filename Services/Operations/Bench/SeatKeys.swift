import FoundationEssentials
import Logging
import Redis

/// What a run's intake keeps in Redis, as an administrator sees it.
struct SeatKeys: Sendable {
    let installation: Installation
    let namespace: String

    /// The script that takes a seat, as intake ran it.
    struct Script: Sendable {
        let digest: String
        /// Pools, as they stood at the end of its arguments.
        let pools: [String]
    }

    /// Runs `body` with a client of the installation's server.
    func withClient<T: Sendable>(
        _ body: @escaping @Sendable (RedisClient) async throws -> T
    ) async throws -> T {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        let client = RedisClient(configuration: self.installation.redis, logger: logger)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                try await client.run()
                return nil
            }
            group.addTask {
                let deadline = ContinuousClock.now + .seconds(5)
                while client.serverIdentity == nil {
                    guard ContinuousClock.now < deadline else {
                        throw OperationsError("Redis at \(self.installation.redis) does not answer.")
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
                return try await body(client)
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }

    /// Runs `body` and learns meanwhile from the server's log of slow commands, which it lets hold all for that long, which
    /// script intake runs to take a seat: what is measured alone later is that very script.
    func watched<T: Sendable>(
        _ isCounted: Bool, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> (value: T, script: Script?) {
        guard isCounted else { return (try await body(), nil) }
        return try await self.withClient { client in
            // Long enough for a comparison of all slots that may come between.
            let settings: [(name: RedisArgument, value: RedisArgument)] = [
                ("slowlog-log-slower-than", 0), ("slowlog-max-len", 20_000),
            ]
            var before: [(name: RedisArgument, value: RedisArgument)] = []
            for (name, value) in settings {
                let pair = try await client.send(RedisCommand("CONFIG", "GET", name)).asArray()
                if pair.count == 2 { before.append((name, .text(try pair[1].asText()))) }
                try await client.send(RedisCommand("CONFIG", "SET", name, value))
            }
            let outcome: Result<T, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            let entries = try await client.send(RedisCommand("SLOWLOG", "GET", -1)).asArray()
            for (name, value) in before { try await client.send(RedisCommand("CONFIG", "SET", name, value)) }
            return (try outcome.get(), try self.script(in: entries))
        }
    }

    private func script(in entries: [RedisValue]) throws -> Script {
        for entry in entries {
            let words = try entry.asArray()[3].asArray().map { try $0.asText() }
            // EVALSHA digest 3 epoch slot person | epoch now id until real pools…
            guard words.count > 11, words[0].uppercased() == "EVALSHA", words[2] == "3",
                words[3] == "\(self.namespace):epoch", words[9] == "0"
            else { continue }
            return Script(digest: words[1], pools: Array(words[11...]))
        }
        throw OperationsError("Redis has logged no seat taken by \(self.namespace).")
    }

    /// Removes all keys of the run.
    func remove() async throws {
        try await self.withClient { client in
            var cursor = "0"
            repeat {
                let answer = try await client.send(
                    RedisCommand("SCAN", .text(cursor), "MATCH", "\(self.namespace):*", "COUNT", 1000)
                ).asArray()
                cursor = try answer[0].asText()
                let keys = try answer[1].asArray().map { RedisArgument.bytes(try $0.asBytes()) }
                if !keys.isEmpty { try await client.send(RedisCommand("UNLINK", keys)) }
            } while cursor != "0"
        }
    }
}
