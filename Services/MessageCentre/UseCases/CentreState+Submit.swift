import FoundationEssentials
import SMPP

/// What is kept of a long message until its last part has come.
struct PartNote: Sendable {
    let messageID: UInt64
    let fate: Fate
    let wantsReceipt: Bool
}

extension CentreState {
    /// Decides about one submit_sm, keeps it, owes its receipt, and answers.
    mutating func submit(_ message: SMPPShortMessage, _ sequence: UInt32, from id: Int, now: Date) -> [Action] {
        let octets: [UInt8]
        let part: Concatenation?
        do throws(SMPPError) {
            octets = try message.parted().octets
            part = try message.concatenation()
        } catch {
            return self.refuse(sequence, from: id, error.status)
        }
        let number = message.destination.number
        guard !number.isEmpty, number.utf8.allSatisfy({ (48...57).contains($0) || $0 == 43 }) else {
            return self.refuse(sequence, from: id, .invalidDestination)
        }
        switch self.book.verdict(for: number, part: part?.number) {
        case .refuse(let status): return self.refuse(sequence, from: id, SMPPStatus(rawValue: status))
        case .cut:
            self.figures.cuts += 1
            return [.close(session: id)]
        case .accept(let fate, let cut):
            let messageID = self.nextMessageID()
            self.figures.acceptedParts += 1
            self.keep(
                message, octets, part,
                PartNote(
                    messageID: messageID, fate: fate, wantsReceipt: message.wantsFailureReceipt), now: now)
            self.oweReceipt(of: message, messageID, fate, now: now)
            if let reply = fate.reply, part?.number ?? 1 == 1 {
                let delay = fate.receiptDelay ?? self.settings.receiptDelay
                self.receive(
                    reply, from: message.destination, to: message.source,
                    due: now.addingTimeInterval(Double(delay + fate.replyDelay) / 1000))
            }
            var actions = fate.receiptFirst ? self.pump(now: now) : []
            if cut != .beforeAnswer {
                actions.append(
                    .send(
                        session: id, SMPPPDU(sequence: sequence, .submitResponse(messageID: String(messageID)))))
            }
            if cut != nil {
                self.figures.cuts += 1
                actions.append(.close(session: id))
                return actions
            }
            return actions + self.pump(now: now)
        }
    }

    private mutating func keep(
        _ message: SMPPShortMessage, _ octets: [UInt8], _ part: Concatenation?, _ note: PartNote, now: Date
    ) {
        var parts = [octets]
        var note = note
        if let part, part.total > 1 {
            let key = PartJoiner<PartNote>.Key(
                source: message.source.number, destination: message.destination.number, part)
            guard case .complete(let joined) = self.joiner.add(octets, part, key: key, note: note) else { return }
            (parts, note) = (joined.parts, joined.note)
        }
        self.figures.messages += 1
        self.ring.append(
            at: now, messageID: note.messageID, from: message.source.number, to: message.destination.number,
            coding: message.coding.rawValue, parts: parts, fate: note.fate.name, wantsReceipt: note.wantsReceipt)
    }

    private mutating func oweReceipt(of message: SMPPShortMessage, _ messageID: UInt64, _ fate: Fate, now: Date) {
        guard let state = fate.ending.receiptState,
            state == .delivered ? message.wantsReceipt : message.wantsFailureReceipt
        else { return }
        let delay = fate.receiptFirst ? 0 : fate.receiptDelay ?? self.settings.receiptDelay
        let due = now.addingTimeInterval(Double(delay) / 1000)
        let receipt = DeliveryReceipt(
            messageID: String(messageID), state: state,
            errorCode: fate.errorCode ?? (state == .delivered ? "000" : "001"), submittedAt: now, doneAt: due)
        for _ in 0..<fate.receiptCopies {
            self.owe(
                Delivery(kind: .receipt(receipt, number: message.destination, sender: message.source)), due: due)
        }
    }

    /// Lets a person's message come: cut into parts when it is long.
    ///
    /// - Returns: The parts; 0 when the text needs more than 255.
    @discardableResult
    mutating func receive(_ text: String, from person: SMPPAddress, to office: SMPPAddress, due: Date) -> Int {
        let (coding, octets) = SMPPDataCoding.octets(of: text)
        guard let parts = try? MessageCutting.parts(of: octets, coding: coding, reference: self.nextReference())
        else { return 0 }
        for part in parts {
            var message = SMPPShortMessage(from: person, to: office, coding: coding, octets: part.octets)
            if let header = part.header {
                message.hasUserDataHeader = true
                message.octets = header.octets + part.octets
            }
            self.owe(Delivery(kind: .inbound(message)), due: due)
        }
        return parts.count
    }
}

extension Fate.Ending {
    /// `nil`: no receipt.
    fileprivate var receiptState: DeliveryReceipt.State? {
        switch self {
        case .delivered: .delivered
        case .undelivered: .undelivered
        case .expired: .expired
        case .deleted: .deleted
        case .unknown: .unknown
        case .rejected: .rejected
        case .silent: nil
        }
    }
}
