/// By which way words reach somebody; each has words of its own for a purpose, with versions of their own.
///
/// Raw values are codes that databases hold; they are never renamed.
package enum TemplateChannel: String, Codable, Sendable, CaseIterable {
    /// 短信
    case message
    /// 电话: what a clerk says once it is clear who answers.
    case call
    /// 信件: the paragraphs of a letter, a line each. Outreach only.
    case letter

    /// Whether something is said this way about a purpose.
    package func speaks(of purpose: MessagePurpose) -> Bool { self != .letter || purpose == .outreach }

    /// The most characters the words may have; a message has its parts instead.
    package var longest: Int? {
        switch self {
        case .message: nil
        case .call: 300
        case .letter: 900
        }
    }

    package var chinese: String {
        switch self {
        case .message: "短信"
        case .call: "电话"
        case .letter: "信件"
        }
    }

    package var english: String {
        switch self {
        case .message: "message"
        case .call: "call"
        case .letter: "letter"
        }
    }
}
