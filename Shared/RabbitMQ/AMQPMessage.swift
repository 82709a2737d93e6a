import FoundationEssentials

/// The properties of a message, AMQP 0-9-1 class `basic`.
package struct AMQPProperties: Sendable, Hashable {
    package var messageID: String?
    package var type: String?
    package var correlationID: String?
    package var contentType: String?
    package var contentEncoding: String?
    package var replyTo: String?
    /// Milliseconds, as text.
    package var expiration: String?
    package var userID: String?
    package var appID: String?
    /// Whole seconds on the wire; fractions are dropped.
    package var timestamp: Date?
    package var priority: UInt8?
    /// Delivery mode 2: the broker writes the message to disk before it confirms.
    package var persistent: Bool
    package var headers: [String: AMQPFieldValue]

    package init(
        messageID: String? = nil, type: String? = nil, correlationID: String? = nil, contentType: String? = nil,
        contentEncoding: String? = nil, replyTo: String? = nil, expiration: String? = nil, userID: String? = nil,
        appID: String? = nil, timestamp: Date? = nil, priority: UInt8? = nil, persistent: Bool = true,
        headers: [String: AMQPFieldValue] = [:]
    ) {
        self.messageID = messageID
        self.type = type
        self.correlationID = correlationID
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.replyTo = replyTo
        self.expiration = expiration
        self.userID = userID
        self.appID = appID
        self.timestamp = timestamp
        self.priority = priority
        self.persistent = persistent
        self.headers = headers
    }

    private var texts: [String?] {
        [
            self.contentType, self.contentEncoding, self.correlationID, self.replyTo, self.expiration, self.messageID,
            self.type, self.userID, self.appID,
        ]
    }

    /// At most how many bytes the content header takes in its frame.
    package var encodedSize: Int {
        self.texts.reduce(32) { $0 + 1 + ($1?.utf8.count ?? 0) } + AMQPFieldValue.encodedSize(of: self.headers)
    }

    /// Why these properties cannot be sent, or nil. librabbitmq would notice only after the method frame has left, when
    /// the connection can no longer be used.
    var mistake: String? {
        if self.texts.contains(where: { ($0?.utf8.count ?? 0) > 255 }) { return "a property is longer than 255 bytes" }
        if self.headers.keys.contains(where: { $0.utf8.count > 128 }) {
            return "a header name is longer than 128 bytes"
        }
        if self.headers.values.contains(where: { $0.depth > 16 }) { return "a header is nested deeper than 16 levels" }
        return nil
    }
}

/// A message to publish. It is sent `mandatory`: an exchange that routes it to no queue is reported, not ignored.
package struct AMQPMessage: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    package var properties: AMQPProperties
    package var body: [UInt8]

    package init(exchange: String, routingKey: String, properties: AMQPProperties = AMQPProperties(), body: [UInt8]) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }

    /// Why the message can never be sent, or nil.
    ///
    /// - Parameter frameSize: The negotiated frame size; a content header must fit one frame.
    package func mistake(frameSize: Int) -> String? {
        if self.exchange.utf8.count > 255 { return "the exchange name is longer than 255 bytes" }
        if self.routingKey.utf8.count > 255 { return "the routing key is longer than 255 bytes" }
        if let mistake = self.properties.mistake { return mistake }
        // Room for what the broker adds on the way, such as `x-death`.
        if self.properties.encodedSize > frameSize - 4096 { return "the headers do not fit one frame" }
        return nil
    }
}

/// What became of one published message.
package enum PublishOutcome: Sendable, Hashable {
    /// The broker has it: in a quorum queue, on the disks of a majority.
    case confirmed
    /// No queue was bound (312), or the message cannot be expressed in AMQP (501); sending it again changes nothing
    /// until somebody changes the topology or the message.
    case returned(code: Int, reason: String)
    /// The broker said `basic.nack`: it does not have it. Send it again later.
    case refused
    /// No answer in time or before the connection was lost. The broker may or may not have it: send it again, the
    /// receiver drops duplicates.
    case unknown
    /// As ``unknown``, and the broker is short of memory or disk (`connection.blocked`): wait before sending more.
    case blocked
}

/// Which delivery, on which channel of which connection. Acknowledging a delivery of an older connection does nothing.
package struct DeliveryTag: Sendable, Hashable {
    package let generation: UInt64
    package let channel: UInt16
    package let number: UInt64

    package init(generation: UInt64, channel: UInt16, number: UInt64) {
        self.generation = generation
        self.channel = channel
        self.number = number
    }
}

/// A message as the broker delivered it.
package struct AMQPDelivery: Sendable {
    package let queue: String
    package let exchange: String
    package let routingKey: String
    package let properties: AMQPProperties
    package let body: [UInt8]
    /// The broker has handed it out before; a hint only.
    package let redelivered: Bool
    package let tag: DeliveryTag

    package init(
        queue: String, exchange: String, routingKey: String, properties: AMQPProperties, body: [UInt8],
        redelivered: Bool,
        tag: DeliveryTag
    ) {
        self.queue = queue
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.redelivered = redelivered
        self.tag = tag
    }

    /// How often a quorum queue has counted a failed delivery of it; lost connections count too.
    package var deliveryCount: Int { self.properties.headers["x-delivery-count"]?.int ?? 0 }
}
