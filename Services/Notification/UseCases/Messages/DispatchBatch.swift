import CardProgramme
import FoundationEssentials
import ShortMessages

/// What one round of dispatch has decided.
struct DispatchBatch {
    struct Send {
        /// The first is submitted; it says the others too.
        var ids: [UUID]
        let digest: [UInt8]
        let number: PhoneNumber
        var names: [String]
        var text: String
        let template: Int
        let notAfter: Date
        /// What must be alike for one message to say both.
        let key: String
        let message: DueMessage

        var length: SMSLength { SMSLength(self.text) }
    }

    var postponed: [(id: UUID, until: Date)] = []
    var ended: [(id: UUID, state: MessageState, why: String)] = []
    var calls: [NewCallTask] = []
    var sends: [Send] = []

    /// People who are named in one message at most, and the parts it may take then.
    static let mostNames = 3
    static let mostParts = 2

    /// Whether something may go to a number in this round: nothing does yet, or what does can say this too.
    func isFree(_ digest: [UInt8], for message: DueMessage) -> Bool {
        guard let other = self.sends.first(where: { $0.digest == digest }) else { return true }
        return message.purpose.isUrgent || (other.key == Self.key(message) && other.ids.count < Self.mostNames)
    }

    /// Ends a message unsaid, with a call where there is a reason for one.
    mutating func end(
        _ message: DueMessage, _ state: MessageState, _ why: String, call reason: NewCallTask.Reason?, at now: Date
    ) {
        self.ended.append((message.id, state, why))
        if let reason { self.calls.append(message.call(for: reason, at: now)) }
    }

    /// Adds a message, to one that says the same to somebody else on that phone where there is one.
    ///
    /// - Returns: false when it does not fit there; it waits then.
    mutating func add(
        _ message: DueMessage, digest: [UInt8], number: PhoneNumber, name: String, template: CurrentTemplate,
        words: (DueMessage, [String]) -> String
    ) -> Bool {
        let key = Self.key(message)
        if let index = self.sends.firstIndex(where: { $0.digest == digest && $0.key == key }) {
            guard self.sends[index].ids.count < Self.mostNames else { return false }
            let names = self.sends[index].names + [name]
            let text = words(self.sends[index].message, names)
            guard SMSLength(text).parts <= Self.mostParts else { return false }
            self.sends[index].ids.append(message.id)
            self.sends[index].names = names
            self.sends[index].text = text
            return true
        }
        self.sends.append(
            Send(
                ids: [message.id], digest: digest, number: number, names: [name], text: words(message, [name]),
                template: template.version, notAfter: message.notAfter, key: key, message: message))
        return true
    }

    private static func key(_ message: DueMessage) -> String {
        let at = message.appointment?.startsAt.map { "\($0.timeIntervalSince1970)" } ?? ""
        let station = message.appointment?.station ?? message.contact?.station ?? ""
        return
            "\(message.purpose.rawValue)|\(at)|\(station)|\(message.reason ?? "")|\(message.lastDay?.description ?? "")"
    }
}

extension DueMessage {
    /// A call instead of the message, or because of it.
    func call(for reason: NewCallTask.Reason, at now: Date) -> NewCallTask {
        NewCallTask(
            person: self.person, reason: reason, purpose: self.purpose, subject: self.subject,
            subjectVersion: self.subjectVersion, dueAt: now,
            // What could not be said in time is told all the same, unless it was about coming.
            notAfter: reason == .unconfirmed ? self.notAfter : max(self.notAfter, now.addingTimeInterval(7 * 86_400)))
    }
}

/// The words in force for a purpose.
struct CurrentTemplate: Sendable {
    /// 0 for the standard words.
    let version: Int
    let template: MessageTemplate
}
