import FoundationEssentials

/// How far a message has come, as a provider or carrier says.
package enum ReceiptState: Sendable, Equatable {
    /// Waits at the carrier for the telephone.
    case buffered
    /// The carrier has taken it.
    case accepted
    /// On the telephone. Whether anybody has read it is another matter.
    case delivered
    case failed(FailureClass)
}

/// One report about one message. Reports come out of order, several times, and for messages nobody knows: they are events
/// to be kept, and the state of a message only moves forward.
package struct Receipt: Sendable, Equatable {
    /// Our id, where the provider gives it back.
    package let message: UUID?
    /// The provider's id of the message.
    package let reference: String?
    package let state: ReceiptState
    /// What the provider wrote, cut to letters, digits and `: _ - . /`, at most 64: never a text or a number of a person.
    package let code: String
    /// When it happened, as the provider says.
    package let at: Date?

    package init(message: UUID?, reference: String?, state: ReceiptState, code: String, at: Date?) {
        self.message = message
        self.reference = reference
        self.state = state
        self.code = ProviderCode.clean(code)
        self.at = at
    }
}

/// A message somebody wrote to us.
package struct InboundSMS: Sendable, Equatable {
    package let from: PhoneNumber
    /// The number it was sent to, or its extension, as the provider gives it.
    package let to: String
    package let text: String
    /// The provider's id of it: the same one again is the same message.
    package let reference: String?
    package let at: Date?

    package init(from: PhoneNumber, to: String, text: String, reference: String?, at: Date?) {
        self.from = from
        self.to = to
        self.text = text
        self.reference = reference
        self.at = at
    }
}

extension InboundSMS: CustomStringConvertible, CustomReflectable {
    package var description: String { "short message from \(self.from), \(self.text.utf16.count) units" }
    package var customMirror: Mirror { Mirror(self, children: ["from": self.from]) }
}

/// Codes as providers write them, made fit for a column, a log and a page.
enum ProviderCode {
    static func clean(_ text: String) -> String {
        String(
            text.unicodeScalars.lazy.filter { scalar in
                switch scalar {
                case "0"..."9", "A"..."Z", "a"..."z", ":", "_", "-", ".", "/": true
                // Carriers write 空号, 停机.
                case "\u{4E00}"..."\u{9FFF}": true
                default: false
                }
            }.prefix(64).map { Character($0) })
    }
}
