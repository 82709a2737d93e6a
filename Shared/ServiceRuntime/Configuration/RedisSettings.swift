import Redis

extension RuntimeContext {
    /// Where Redis is, from `REDIS_…`.
    package func redisConfiguration() throws(ConfigurationError) -> RedisConfiguration {
        RedisConfiguration(
            host: try self.configuration.required(.redisHost),
            port: try self.configuration.integer(.redisPort, in: 1...65535),
            password: self.configuration.value(.redisPassword) ?? "",
            database: try self.configuration.integer(.redisDatabase, in: 0...15),
            clientName: "youdai-\(self.name)")
    }
}
