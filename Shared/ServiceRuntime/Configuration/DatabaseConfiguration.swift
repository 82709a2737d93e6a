import PostgreSQL

extension RuntimeContext {
    /// Where this service's database is, from `DATABASE_…`.
    package func databaseConfiguration() throws(ConfigurationError) -> PostgresConfiguration {
        PostgresConfiguration(
            host: try self.configuration.required(.databaseHost),
            port: try self.configuration.integer(.databasePort, in: 1...65535),
            database: try self.configuration.required(.databaseName),
            user: try self.configuration.required(.databaseUser),
            password: self.configuration.value(.databasePassword) ?? "",
            poolSize: try self.configuration.integer(.databasePoolSize, in: 1...64),
            applicationName: "\(self.name) \(self.instance)")
    }
}
