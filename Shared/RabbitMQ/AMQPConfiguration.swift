/// How to reach a RabbitMQ broker, and how long each kind of wait may last.
///
/// The description never shows the password.
package struct AMQPConfiguration: Sendable, CustomStringConvertible {
    /// A numeric address is best: a name is resolved by the blocking system resolver on the connection's own thread.
    package var host: String
    package var port: Int
    package var user: String
    package var password: String
    package var virtualHost: String
    /// Asked of the broker in whole seconds, at least 1; silence of twice this long ends the connection.
    package var heartbeat: Duration
    /// Shown by `rabbitmqctl list_connections`.
    package var connectionName: String
    /// The longest wait for TCP, and again for the login handshake.
    package var connectTimeout: Duration = .seconds(5)
    /// The longest wait for the answer to one call such as `queue.declare`.
    package var callTimeout: Duration = .seconds(5)
    /// How long ``AMQPPublisher/publish(_:)`` waits while nothing at all is confirmed.
    package var publishTimeout: Duration = .seconds(2)
    /// How many messages may await their confirm; beyond 500 nothing is gained.
    package var windowMessages: Int = 500
    /// How many body bytes may await their confirm. Far below what a socket buffers, because `amqp_basic_publish` blocks
    /// without a deadline once the socket is full.
    package var windowBytes: Int = 512 * 1024
    /// How long a stopping consumer keeps its connection for acknowledgements that are still to come.
    package var drainTimeout: Duration = .seconds(10)

    package init(
        host: String, port: Int, user: String, password: String, virtualHost: String = "/",
        heartbeat: Duration = .seconds(10), connectionName: String
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        self.heartbeat = heartbeat
        self.connectionName = connectionName
    }

    package var description: String {
        "\(self.user)@\(self.host):\(self.port)\(self.virtualHost) as \(self.connectionName)"
    }

    /// The heartbeat in the whole seconds the protocol knows; never 0, which would switch it off.
    var heartbeatSeconds: Int32 { Int32(clamping: max(1, self.heartbeat.components.seconds)) }
}

extension AMQPConfiguration: CustomDebugStringConvertible, CustomReflectable {
    package var debugDescription: String { self.description }
    /// A mirror without children, so that `dump` and string interpolation of a container do not show the password.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
