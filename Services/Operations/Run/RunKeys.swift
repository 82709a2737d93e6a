import Logging
import Redis

/// The keys a run leaves in Redis: the counts of its seats, under its name.
struct RunKeys: Sendable {
    let namespace: String
    let redis: RedisConfiguration

    /// How long a server may take to answer for the first time; one that is away has nothing to be removed now.
    private static let patience = Duration.seconds(2)

    /// Deletes them.
    ///
    /// - Returns: how many; nil when Redis was not there. What is left then is read by nobody, because no two runs have
    ///   the same name.
    @discardableResult
    func delete() async throws -> Int? {
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        let client = RedisClient(configuration: self.redis, logger: logger)
        return try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                try await client.run()
                return nil
            }
            defer { group.cancelAll() }
            let deadline = ContinuousClock.now + Self.patience
            while client.serverIdentity == nil {
                guard ContinuousClock.now < deadline else { return nil }
                try await Task.sleep(for: .milliseconds(5))
            }
            return try await self.delete(client)
        }
    }

    private func delete(_ client: RedisClient) async throws(OperationsError) -> Int {
        do throws(RedisError) {
            var deleted = 0
            var cursor = "0"
            repeat {
                // Names of runs are letters, digits and underscores: nothing in them is a pattern.
                let page = try await client.send(
                    RedisCommand("SCAN", .text(cursor), "MATCH", .text("\(self.namespace):*"), "COUNT", 1000)
                ).asArray()
                guard page.count == 2 else { break }
                cursor = try page[0].asText()
                var keys: [RedisArgument] = []
                for key in try page[1].asArray() { keys.append(.bytes(try key.asBytes())) }
                if !keys.isEmpty { deleted += try await client.send(RedisCommand("DEL", keys)).asInteger() }
            } while cursor != "0"
            return deleted
        } catch {
            throw OperationsError("The keys of \(self.namespace) could not be removed from Redis: \(error)")
        }
    }
}
