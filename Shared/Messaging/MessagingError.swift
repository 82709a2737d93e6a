/// What the message layer itself can fail with.
package struct MessagingError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A configuration key has a value this layer cannot use.
        case configuration
        /// A row of the outbox cannot be read as a message.
        case corruptOutbox
        /// A handler postponed a message it was not given.
        case misusedHandler
        /// There is no parked message with this id.
        case notParked
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(self.code.rawValue): \(self.message)" }
}
