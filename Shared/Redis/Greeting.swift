import Logging

/// What is said on each new connection before any caller's command, and what the answers mean.
struct Greeting {
    let commands: [RedisCommand]
    private let hasPassword: Bool
    private let hasDatabase: Bool
    private let scripts: [RedisScript]

    init(_ configuration: RedisConfiguration, _ scripts: [RedisScript]) {
        self.hasPassword = !configuration.password.isEmpty
        self.hasDatabase = configuration.database != 0
        self.scripts = scripts
        var commands: [RedisCommand] = []
        if self.hasPassword { commands.append(RedisCommand("AUTH", .text(configuration.password))) }
        if self.hasDatabase { commands.append(RedisCommand("SELECT", .integer(configuration.database))) }
        commands.append(RedisCommand("CLIENT", "SETNAME", .text(configuration.clientName)))
        commands.append(RedisCommand("INFO", "server"))
        commands.append(RedisCommand("INFO", "persistence"))
        commands += scripts.map { RedisCommand("SCRIPT", "LOAD", .text($0.source)) }
        self.commands = commands
    }

    /// - Returns: The server's run id.
    /// - Throws: `unreachable` when the server does not let us in, or has not read its data yet.
    func runID(from replies: [RedisValue], logger: Logger) throws(RedisError) -> String {
        var replies = replies[...]
        if self.hasPassword { try Self.check(replies.popFirst()) }
        if self.hasDatabase { try Self.check(replies.popFirst()) }
        _ = replies.popFirst()
        let server = try Self.check(replies.popFirst())
        let persistence = try Self.check(replies.popFirst())
        guard let runID = Self.field("run_id", of: server), runID.utf8.count >= 16 else {
            throw RedisError(.unreachable, "the server does not tell its run id")
        }
        // Its answers would all be LOADING, and its counts are not there yet.
        if Self.field("loading", of: persistence) == "1" {
            throw RedisError(.unreachable, "the server is still reading its data")
        }
        for (script, reply) in zip(self.scripts, replies) where (try? reply.asText()) != script.digest {
            // Its callers hear the server's own error when they run it.
            logger.error("Redis does not take a script", metadata: ["script": "\(script.name)"])
        }
        return runID
    }

    @discardableResult
    private static func check(_ reply: RedisValue?) throws(RedisError) -> String {
        if case .failure(let error) = reply { throw RedisError(.unreachable, "\(error)") }
        guard let text = try reply?.asText() else { throw RedisError(.unreachable, "an answer is missing") }
        return text
    }

    private static func field(_ name: String, of text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("\(name):") {
            return String(line.dropFirst(name.utf8.count + 1))
        }
        return nil
    }
}
