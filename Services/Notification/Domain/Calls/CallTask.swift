import CardProgramme
import Contracts
import FoundationEssentials

/// A call that somebody has to make, as it stands.
struct CallTask: Sendable {
    /// Raw values are codes that the database holds.
    enum State: String, Sendable {
        case open, done
        /// Everything was tried.
        case unreached
        /// Its time was over.
        case expired
        /// What it was about is no longer so.
        case void
    }

    let id: UUID
    let person: UUID
    let station: String
    let reason: CallReason
    let purpose: MessagePurpose
    let subject: UUID
    let state: State
    let openedAt: Date
    let dueAt: Date
    let notAfter: Date
    let promisedAt: Date?
    let attempts: Int
    let inVain: Int
    let numberSet: [UInt8]?
    let claimedBy: String?
    let claimedUntil: Date?
    let version: Int
    let outcome: CallOutcome?
    let booked: UUID?
    let note: [UInt8]?

    /// Whether somebody may work on it: whoever claimed it last, until somebody else does.
    func isHeld(by clerk: String) -> Bool { self.claimedBy == clerk }

    /// Whether what was told of it is still so.
    ///
    /// - Parameter version: As the caller saw it. A call that was taken back while it was being made, because the appointment it
    ///   spoke of was moved in it, still takes what came of it.
    /// - Throws: ``CallRefusal``.
    func requireRecordable(by clerk: String, version: Int) throws(CallRefusal) {
        let isTakenBackMeanwhile = self.state == .void && self.outcome == nil && version == self.version - 1
        guard self.state == .open || isTakenBackMeanwhile else { throw .closed }
        guard self.isHeld(by: clerk) else { throw .notClaimed }
        guard self.version == version || isTakenBackMeanwhile else { throw .changed }
    }

    var standing: CallAPI.Standing {
        CallAPI.Standing(
            id: self.id, version: self.version, state: self.state.rawValue, outcome: self.outcome,
            dueAt: self.state == .open ? self.dueAt : nil, promisedAt: self.state == .open ? self.promisedAt : nil)
    }
}

/// A number as the database has it: no digits.
struct StoredNumber: Sendable {
    /// Names it for one call.
    let id: String
    let digest: [UInt8]
    let place: Int
    let isOwn: Bool
    let isMobile: Bool
    let status: String
    /// Scopes of `suppression`.
    let optedOut: [String]
    /// How many others gave the same.
    let shared: Int
    /// What came of calling it for this task, oldest first.
    let outcomes: [CallOutcome]

    /// `blocked` is for messages only.
    var isCallable: Bool { self.status == "ok" || self.status == "blocked" }

    var rule: CallNumber {
        CallNumber(
            place: self.place, isOwn: self.isOwn, isMobile: self.isMobile, isCallable: self.isCallable,
            outcomes: self.outcomes)
    }
}

extension ContactDetails {
    /// The number at a place with whose it is: the person's own first, then those of their relatives.
    func number(at place: Int) -> (number: String, relative: Contact.Related?)? {
        if self.phones.indices.contains(place) { return (self.phones[place], nil) }
        var rest = place - self.phones.count
        guard rest >= 0 else { return nil }
        for relative in self.related ?? [] {
            if rest < relative.phones.count { return (relative.phones[rest], relative) }
            rest -= relative.phones.count
        }
        return nil
    }
}
