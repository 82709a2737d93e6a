/// What becomes of a message, told by a script or by the number it goes to.
struct Fate: Sendable, Equatable {
    /// What the receipt says, if there is one.
    enum Ending: String, Sendable, CaseIterable, Codable {
        case delivered
        case undelivered
        case expired
        case deleted
        case unknown
        case rejected
        /// Accepted, and never heard of again.
        case silent
    }

    /// An error in the answer to the submit.
    struct Refusal: Sendable, Equatable {
        /// `command_status`, such as 0x0B.
        var status: UInt32
        /// How often before the message is accepted; `nil`: each time.
        var times: Int?
    }

    /// The connection is closed, once for a message.
    enum Cut: String, Sendable, CaseIterable, Codable {
        /// Before the message was taken: sending it again is right.
        case untaken
        /// The message was taken and the answer is lost: sending it again makes two of it.
        case beforeAnswer
        /// After the answer; the receipt waits for the next connection.
        case afterAnswer
    }

    var ending = Ending.delivered
    /// Three characters of the receipt's `err`; `nil`: 000 when delivered, else 001.
    var errorCode: String?
    var refusal: Refusal?
    var cut: Cut?
    /// Milliseconds from the submit to the receipt; `nil`: the centre's standard.
    var receiptDelay: Int?
    var receiptCopies = 1
    /// The receipt is sent ahead of the answer to the submit.
    var receiptFirst = false
    /// What the person sends back.
    var reply: String?
    /// Milliseconds from the receipt to the reply.
    var replyDelay = 0

    /// A word for lists, such as `delivered` or `refused-0x58x2,delivered`. Holds nothing of a reply.
    var name: String {
        var words: [String] = []
        if let refusal {
            words.append("refused-0x\(String(refusal.status, radix: 16, uppercase: true))")
            guard let times = refusal.times else { return words[0] }
            words[0] += "x\(times)"
        }
        if let cut { words.append("cut-\(cut.rawValue)") }
        words.append(self.ending.rawValue)
        if self.receiptFirst { words.append("receipt-first") }
        if self.receiptDelay != nil { words.append("delayed") }
        if self.receiptCopies != 1 { words.append("copies-\(self.receiptCopies)") }
        if self.reply != nil { words.append("replies") }
        return words.joined(separator: ",")
    }

    /// The form numbers are compared in: without +, 00, and China's 86 before eleven digits.
    static func key(of number: String) -> String {
        var digits = number[...]
        if digits.hasPrefix("+") {
            digits = digits.dropFirst()
        } else if digits.hasPrefix("00") {
            digits = digits.dropFirst(2)
        }
        if digits.utf8.count == 13, digits.hasPrefix("86") { digits = digits.dropFirst(2) }
        return String(digits)
    }
}
