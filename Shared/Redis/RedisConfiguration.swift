/// How to reach a Redis server, and how long each kind of wait may last (monotonic time).
///
/// There is no TLS in hiredis 0.14: the server belongs on loopback or behind a tunnel. The description never shows the
/// password.
package struct RedisConfiguration: Sendable {
    /// A numeric address is best: a name is resolved by the blocking system resolver on the connection's own thread.
    package var host: String
    package var port: Int
    /// Empty: none is sent.
    package var password: String
    /// The number of the database, 0 to 15 as servers are delivered.
    package var database: Int
    /// Shown by `CLIENT LIST`; without spaces.
    package var clientName: String
    /// The bound on the connection and, again, on all that precedes the first command of a caller.
    package var connectTimeout: Duration = .seconds(2)
    /// How long a command may wait for its turn, and again for its answer. A server that is later than this is taken for
    /// gone: the connection is dropped, and whoever waits hears it.
    package var commandTimeout: Duration
    /// The connection is tried with a `PING` when nothing has moved for this long, so that a server that stands still is
    /// noticed before a caller needs it.
    package var heartbeat: Duration = .seconds(1)
    /// The longest pause between two attempts to connect, in seconds.
    package var reconnectCeiling: Double = 2
    /// How many commands may await their answer. The server does one after the other: more only wait there.
    package var windowCommands: Int = 512
    /// How many bytes of commands may await their answer; one larger command goes alone.
    package var windowBytes: Int = 1024 * 1024
    /// How many commands may wait for their turn; beyond this they fail at once with ``RedisError/Code/busy``.
    package var queueLimit: Int = 50_000

    package init(
        host: String = "127.0.0.1", port: Int = 6379, password: String = "", database: Int = 0,
        clientName: String = "youdai", commandTimeout: Duration = .milliseconds(250)
    ) {
        self.host = host
        self.port = port
        self.password = password
        self.database = database
        self.clientName = clientName
        self.commandTimeout = commandTimeout
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(self.host):\(self.port)/\(self.database)" }
    package var debugDescription: String { self.description }
    /// A mirror without children, so that `dump` and string interpolation of a container do not show the password.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
