/// What went wrong between this process and the broker.
///
/// The message is the library's or the broker's own text; it names exchanges and queues, never message contents.
package struct AMQPError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No TCP connection, or it ended.
        case connection
        /// Connecting, logging in or a call took longer than it may.
        case timedOut
        /// The broker was silent for twice the heartbeat.
        case heartbeat
        /// User, password or virtual host refused.
        case authentication
        /// The broker closed the channel; ``AMQPError/replyCode`` says why (404, 406 …).
        case channelClosed
        /// The broker closed the connection.
        case connectionClosed
        /// The broker cancelled a consumer, because its queue was deleted or moved.
        case consumerCancelled
        /// Bytes or frames that the protocol does not allow here.
        case protocolViolation
        /// The message, name or table cannot be expressed in AMQP.
        case invalid
        /// This side was closed or cancelled.
        case closed
    }

    package let code: Code
    package let message: String
    /// The AMQP reply code of a close from the broker, for example 404 or 406.
    package let replyCode: Int?

    package init(_ code: Code, _ message: String, replyCode: Int? = nil) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
    }

    /// Whether the same call on a new connection may succeed without anybody changing anything.
    package var isRetryable: Bool {
        switch self.code {
        case .connection, .timedOut, .heartbeat, .connectionClosed, .consumerCancelled, .protocolViolation: true
        case .channelClosed, .authentication, .invalid, .closed: false
        }
    }

    /// A word for a metric label: one of a small fixed set.
    package var metricLabel: String { self.code.rawValue }

    package var description: String {
        if let replyCode = self.replyCode { return "\(self.code.rawValue) \(replyCode): \(self.message)" }
        return "\(self.code.rawValue): \(self.message)"
    }
}
