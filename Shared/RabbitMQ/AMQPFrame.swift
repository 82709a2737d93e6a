/// A frame from the broker, copied out of the library's memory.
enum AMQPFrame: Sendable {
    /// The start of a message; header and body frames of the same channel follow.
    case deliver(channel: UInt16, number: UInt64, redelivered: Bool, exchange: String, routingKey: String)
    case returned(channel: UInt16, code: Int, reason: String, exchange: String, routingKey: String)
    case getOk(channel: UInt16, number: UInt64, redelivered: Bool, exchange: String, routingKey: String)
    case getEmpty
    case header(channel: UInt16, bodySize: UInt64, properties: AMQPProperties)
    case body(channel: UInt16, [UInt8])

    case ack(number: UInt64, multiple: Bool)
    case nack(number: UInt64, multiple: Bool)
    /// The broker ended a consumer.
    case cancelled(channel: UInt16)
    case blocked(reason: String)
    case unblocked
    case channelClosed(channel: UInt16, code: Int, reason: String)
    case connectionClosed(code: Int, reason: String)
    /// A method that asks nothing of this client, such as `basic.cancel-ok`.
    case other(method: UInt32)
}
