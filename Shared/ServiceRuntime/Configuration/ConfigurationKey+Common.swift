extension ConfigurationKey {
    package static let configurationFile = ConfigurationKey(
        "config.file", standard: "", "File of KEY=VALUE lines; the environment wins over it. Empty: none.")
    package static let serviceInstance = ConfigurationKey(
        "service.instance", standard: "", "Name of this instance in logs and metrics. Empty: host name and process id.")

    package static let httpHost = ConfigurationKey(
        "http.host", standard: "127.0.0.1", "Address the HTTP interface listens on.")
    package static let httpPort = ConfigurationKey("http.port", "Port of the HTTP interface; 0 takes any free one.")
    package static let httpSlowMilliseconds = ConfigurationKey(
        "http.slow.milliseconds", standard: "1000", "A request that takes longer than this many milliseconds is logged."
    )
    package static let shutdownGraceSeconds = ConfigurationKey(
        "shutdown.grace.seconds", standard: "20",
        "Seconds a stop may take to finish what is in flight, before it is cut off.")

    package static let processParent = ConfigurationKey(
        "process.parent", standard: "",
        "Id of the process that started this one; when that has gone, this one stops. Empty: it runs on alone.")

    package static let databaseHost = ConfigurationKey("database.host", standard: "127.0.0.1", "Host of PostgreSQL.")
    package static let databasePort = ConfigurationKey("database.port", standard: "5432", "Port of PostgreSQL.")
    package static let databaseName = ConfigurationKey("database.name", "Database of this service.")
    package static let databaseUser = ConfigurationKey("database.user", "Role that owns the database.")
    package static let databasePassword = ConfigurationKey(
        "database.password", standard: "", isSecret: true, "Password of the role. Empty: none is sent.")
    package static let databasePoolSize = ConfigurationKey(
        "database.pool.size", standard: "8", "Connections to PostgreSQL; each is a thread.")

    package static let amqpHost = ConfigurationKey("amqp.host", standard: "127.0.0.1", "Host of RabbitMQ.")
    package static let amqpPort = ConfigurationKey("amqp.port", standard: "5672", "AMQP port of RabbitMQ.")
    package static let amqpUser = ConfigurationKey("amqp.user", standard: "guest", "User at RabbitMQ.")
    package static let amqpPassword = ConfigurationKey(
        "amqp.password", standard: "guest", isSecret: true, "Password of that user.")
    package static let amqpVirtualHost = ConfigurationKey("amqp.vhost", standard: "/", "Virtual host at RabbitMQ.")
    package static let messagingNamespace = ConfigurationKey(
        "messaging.namespace", standard: "youdai", "First part of the names of exchanges and queues.")

    package static let redisHost = ConfigurationKey("redis.host", standard: "127.0.0.1", "Host of Redis.")
    package static let redisPort = ConfigurationKey("redis.port", standard: "6379", "Port of Redis.")
    package static let redisPassword = ConfigurationKey(
        "redis.password", standard: "", isSecret: true, "Password of Redis. Empty: none is sent.")
    package static let redisDatabase = ConfigurationKey(
        "redis.database", standard: "0", "Number of the Redis database.")

    package static let programmeFile = ConfigurationKey(
        "programme.file", "Programme (YAML) this installation carries out.")
    package static let clockFile = ConfigurationKey(
        "clock.file", standard: "", "File a rehearsal's conductor writes programme time to. Empty: real time.")
    package static let keysFile = ConfigurationKey("keys.file", "Key file (JSON) of this service.")
    package static let tokenPublicKeyFile = ConfigurationKey(
        "token.public.key.file",
        "File with the public key, base64, tokens are verified with; several lines are several keys.")

    package static let logLevel = ConfigurationKey(
        "log.level", standard: "info", "Least level logged: trace, debug, info, notice, warning, error, critical.")
    package static let logFormat = ConfigurationKey(
        "log.format", standard: "json", "json: one object a line; text: for reading.")
    package static let crashAt = ConfigurationKey(
        "faults.crash.at", standard: "",
        "For fault tests only: name of the crash point to die at, “:n” for its n-th passing.")
    /// A crash that comes back with every attempt, as a defect in a handler would.
    package static let crashSubject = ConfigurationKey(
        "faults.crash.subject", standard: "",
        "For fault tests only: id of the subject whose messages kill the process when they are about to be applied.")

    /// Every key that all services share, in the order in which `configuration` prints them.
    package static let common: [ConfigurationKey] = [
        .configurationFile, .serviceInstance, .processParent, .httpHost, .httpPort, .httpSlowMilliseconds,
        .shutdownGraceSeconds,
        .databaseHost, .databasePort, .databaseName, .databaseUser, .databasePassword, .databasePoolSize,
        .amqpHost, .amqpPort, .amqpUser, .amqpPassword, .amqpVirtualHost, .messagingNamespace,
        .redisHost, .redisPort, .redisPassword, .redisDatabase,
        .programmeFile, .clockFile, .keysFile, .tokenPublicKeyFile, .logLevel, .logFormat, .crashAt, .crashSubject,
    ]
}
