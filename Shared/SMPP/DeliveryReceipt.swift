import FoundationEssentials

/// What became of a message, as the text of a deliver_sm says it (SMPP 3.4, appendix B).
package struct DeliveryReceipt: Sendable, Equatable {
    /// The words of appendix B with the number each has in the parameter `message_state` (§5.2.28).
    package enum State: String, Sendable, CaseIterable {
        case delivered = "DELIVRD"
        case expired = "EXPIRED"
        case deleted = "DELETED"
        case undelivered = "UNDELIV"
        case accepted = "ACCEPTD"
        case unknown = "UNKNOWN"
        case rejected = "REJECTD"

        package var number: UInt8 {
            switch self {
            case .delivered: 2
            case .expired: 3
            case .deleted: 4
            case .undelivered: 5
            case .accepted: 6
            case .unknown: 7
            case .rejected: 8
            }
        }

        /// Whether nothing more will become of the message.
        package var isFinal: Bool { self != .accepted && self != .unknown }
    }

    /// As the centre gave it in its submit_sm_resp, at most 64 characters.
    package var messageID: String
    package var state: State
    /// Three characters, of the network's or the centre's own choice.
    package var errorCode: String
    package var submittedAt: Date
    package var doneAt: Date

    package init(messageID: String, state: State, errorCode: String, submittedAt: Date, doneAt: Date) {
        self.messageID = messageID
        self.state = state
        self.errorCode = errorCode
        self.submittedAt = submittedAt
        self.doneAt = doneAt
    }

    /// The text, with times to the minute in UTC+8, the time of every centre in China. What the message said is left out.
    package var text: String {
        let delivered = self.state == .delivered ? "001" : "000"
        return "id:\(self.messageID) sub:001 dlvrd:\(delivered) submit date:\(Self.stamp(self.submittedAt))"
            + " done date:\(Self.stamp(self.doneAt)) stat:\(self.state.rawValue) err:\(self.errorCode) text:"
    }

    /// Reads a text; fields may come in any order and case, unknown ones are passed over.
    ///
    /// - Throws: ``SMPPError`` `receipt` without an id, or with a state that is none.
    package init(reading text: String) throws(SMPPError) {
        // A name begins the text or follows a blank, so that `id:` is not found within another word.
        let octets = Array(" \(text)".utf8)
        let lowered = octets.map { (65...90).contains($0) ? $0 + 32 : $0 }
        func field(_ name: String) -> String? {
            guard let found = lowered.firstRange(of: Array(" \(name):".utf8)) else { return nil }
            return String(decoding: octets[found.upperBound...].prefix { $0 != 0x20 }, as: UTF8.self)
        }
        guard let id = field("id"), !id.isEmpty, let word = field("stat"),
            let state = State(rawValue: word.uppercased())
        else { throw SMPPError(.receipt, "no id, or no state of appendix B") }
        self.messageID = id
        self.state = state
        self.errorCode = field("err") ?? ""
        self.submittedAt = field("submit date").flatMap(Self.date) ?? .distantPast
        self.doneAt = field("done date").flatMap(Self.date) ?? .distantPast
    }

    private static let zone = 8 * 3600.0
    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        if let zone = TimeZone(secondsFromGMT: 0) { calendar.timeZone = zone }
        return calendar
    }

    /// `YYMMDDhhmm`.
    private static func stamp(_ date: Date) -> String {
        let parts = Self.calendar.dateComponents(
            [.year, .month, .day, .hour, .minute], from: date.addingTimeInterval(Self.zone))
        return [(parts.year ?? 0) % 100, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }.joined()
    }

    private static func date(_ text: String) -> Date? {
        let digits = text.utf8.compactMap { (48...57).contains($0) ? Int($0) - 48 : nil }
        guard digits.count == text.utf8.count, digits.count == 10 || digits.count == 12 else { return nil }
        func two(_ index: Int) -> Int { digits[index * 2] * 10 + digits[index * 2 + 1] }
        let parts = DateComponents(
            year: 2000 + two(0), month: two(1), day: two(2), hour: two(3), minute: two(4),
            second: digits.count == 12 ? two(5) : 0)
        return Self.calendar.date(from: parts)?.addingTimeInterval(-Self.zone)
    }
}
