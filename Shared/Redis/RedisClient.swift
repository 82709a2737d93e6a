import Logging
import PollExecutor
import ServiceLifecycle

/// Sends commands over one connection of its own, many callers' at a time, and tells each what became of its own.
///
/// ``run()`` keeps the connection: it connects again after any failure, with a growing random pause, logs in, and loads
/// the scripts. Callers never touch the connection's thread. What they submit while it is at work goes out together in one
/// write, and answers are matched in order.
///
/// No caller waits for a connection: while there is none, commands fail at once. With one, an answer, or the news that
/// there is none, comes within twice the command time-out: one for the turn and one for the server. Cancelling a task does
/// not shorten that, because the command may be on its way.
package final class RedisClient: Service, Sendable {
    package let configuration: RedisConfiguration
    private let scripts: [RedisScript]
    private let logger: Logger
    private let hub: RedisHub

    /// - Parameter scripts: Loaded on each new connection. Others can be run too, and are sent with their first run.
    package init(configuration: RedisConfiguration, scripts: [RedisScript] = [], logger: Logger) {
        self.configuration = configuration
        self.scripts = scripts
        self.logger = logger
        self.hub = RedisHub(queueLimit: configuration.queueLimit)
    }

    /// The server process commands go to at present; nil while there is no connection.
    package var serverIdentity: RedisServerIdentity? { self.hub.identity }
    package var statistics: RedisStatistics { self.hub.statistics }

    /// What becomes of the connection from now on, beginning with the present one if there is any. Each call gives a
    /// stream of its own, which ends with the client; of one that is not read the newest 64 are kept.
    package func events() -> AsyncStream<RedisEvent> { self.hub.events() }

    /// Serves until graceful shutdown or cancellation. On graceful shutdown it refuses new commands, waits at most twice
    /// the command time-out for those it has taken, and closes.
    package func run() async throws {
        let executor = PollExecutor(name: "redis")
        let link = RedisLink(
            executor: executor, configuration: self.configuration, scripts: self.scripts, hub: self.hub,
            logger: self.logger)
        self.hub.started(executor)
        await withTaskCancellationOrGracefulShutdownHandler {
            await link.run()
        } onCancelOrGracefulShutdown: {
            self.hub.beginClosing(within: self.configuration.commandTimeout * 2)
        }
        self.hub.ended()
        executor.stop()
    }

    /// Carries out one command.
    /// - Parameter server: The process it is meant for: not carried out by one that was started later, whose data may be
    ///   older than what the caller knows.
    /// - Throws: `unreachable`, `busy`, `otherServer`, `invalid`: not carried out. `unknown`, `timeout`: nobody can tell.
    ///   `server`: the server's own error.
    @discardableResult
    package func send(
        _ command: RedisCommand, to server: RedisServerIdentity? = nil
    ) async throws(RedisError) -> RedisValue {
        if let mistake = command.mistake { throw mistake }
        if command.isTooLarge { throw RedisError(.invalid, "a command of \(command.bytes.count) bytes is too large") }
        let outcome = await withCheckedContinuation { ticket in
            self.hub.submit(RedisHub.Submission(command: command, ticket: ticket), to: server)
        }
        return try outcome.get()
    }

    /// Runs a script by its digest; by its text where the server does not know it any more (`SCRIPT FLUSH`, a restart).
    /// - Throws: As ``send(_:to:)``; a script that ends with an error is `server`.
    @discardableResult
    package func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = [],
        on server: RedisServerIdentity? = nil
    ) async throws(RedisError) -> RedisValue {
        do {
            return try await self.send(
                RedisCommand(script: script, byText: false, keys: keys, arguments: arguments), to: server)
        } catch  where error.isUnknownScript {
            return try await self.send(
                RedisCommand(script: script, byText: true, keys: keys, arguments: arguments), to: server)
        }
    }
}
