/// Bytes that are no SMPP 3.4, or values that cannot be written as such. Its text holds no content of a message.
package struct SMPPError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The header's length is below 16 or above the limit: where the next PDU begins is unknown.
        case framing
        /// A command id the specification does not know.
        case command
        /// A field goes beyond the PDU, or bytes are left over.
        case length
        /// A text is too long, not closed by a zero octet, or not ASCII.
        case text
        /// An optional parameter goes beyond the PDU.
        case parameter
        /// A user data header that contradicts itself.
        case userData
        /// A message whose octets are no text in its coding.
        case coding
        /// A delivery receipt without the fields that make one.
        case receipt
    }

    package let code: Code
    package let message: String
    /// What the sender is answered (§5.1.3).
    package let status: SMPPStatus

    package init(_ code: Code, _ message: String, status: SMPPStatus = .invalidCommandLength) {
        self.code = code
        self.message = message
        self.status = status
    }

    package var description: String { "\(self.code.rawValue): \(self.message)" }
}
