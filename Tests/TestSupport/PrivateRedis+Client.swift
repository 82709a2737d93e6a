import Redis
import ServiceLifecycle

extension RedisClient {
    /// Runs beside `body` and is cancelled after it.
    package func running<T>(_ body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            let result: Result<T, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// Waits until there is a connection, of a later generation where one is given.
    package func nextConnection(after generation: Int = 0) async -> RedisServerIdentity? {
        for await event in self.events() {
            if case .connected(let identity) = event, identity.generation > generation { return identity }
        }
        return nil
    }

    /// The error of a command, nil where it was carried out.
    package func failure(of command: RedisCommand, to server: RedisServerIdentity? = nil) async -> RedisError? {
        do throws(RedisError) {
            try await self.send(command, to: server)
            return nil
        } catch {
            return error
        }
    }
}

extension PrivateRedis {
    /// Lends a client that runs and is connected.
    package func withClient<T: Sendable>(
        scripts: [RedisScript] = [], _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> T
    ) async throws -> T {
        let client = RedisClient(
            configuration: self.configuration(change), scripts: scripts, logger: Self.logger)
        return try await client.running {
            _ = await client.nextConnection()
            return try await body(client)
        }
    }
}
