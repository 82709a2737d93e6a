/// Puts the method, header and body frames of one channel together to messages.
///
/// Pure. The library's own readers wait without a deadline for header and body, and lose frames of other channels.
package struct MessageAssembler {
    /// How a message began.
    package enum Start: Sendable, Equatable {
        case delivery(number: UInt64, redelivered: Bool, exchange: String, routingKey: String)
        case returned(code: Int, reason: String, exchange: String, routingKey: String)
    }

    package struct Message: Sendable {
        package let start: Start
        package let properties: AMQPProperties
        package let body: [UInt8]
    }

    private enum State {
        case idle
        case awaitingHeader(Start)
        case awaitingBody(Start, AMQPProperties, size: UInt64)
    }

    /// Bodies grow as they arrive beyond this, so that a header cannot make the process reserve what never comes.
    private static let reserveAtMost: UInt64 = 16 * 1024 * 1024

    private var state = State.idle
    private var body: [UInt8] = []

    package init() {}

    package mutating func begin(_ start: Start) throws(AMQPError) {
        guard case .idle = self.state else { throw AMQPError(.protocolViolation, "a message began inside another one") }
        self.state = .awaitingHeader(start)
    }

    /// - Returns: The message, when it has no body.
    package mutating func header(bodySize: UInt64, properties: AMQPProperties) throws(AMQPError) -> Message? {
        guard case .awaitingHeader(let start) = self.state else {
            throw AMQPError(.protocolViolation, "a content header nobody announced")
        }
        if bodySize == 0 {
            self.state = .idle
            return Message(start: start, properties: properties, body: [])
        }
        self.state = .awaitingBody(start, properties, size: bodySize)
        return nil
    }

    /// - Returns: The message, when this was the last piece of its body.
    package mutating func body(_ piece: [UInt8]) throws(AMQPError) -> Message? {
        guard case .awaitingBody(let start, let properties, let size) = self.state else {
            throw AMQPError(.protocolViolation, "a content body nobody announced")
        }
        if self.body.isEmpty {
            self.body = piece
            if UInt64(piece.count) < size { self.body.reserveCapacity(Int(min(size, Self.reserveAtMost))) }
        } else {
            self.body.append(contentsOf: piece)
        }
        let count = UInt64(self.body.count)
        if count > size { throw AMQPError(.protocolViolation, "a content body longer than announced") }
        guard count == size else { return nil }
        defer {
            self.state = .idle
            self.body = []
        }
        return Message(start: start, properties: properties, body: self.body)
    }
}
