import CardProgramme
import FoundationEssentials
import RabbitMQ

/// One stream of one subject: the unit of order, of locking and of failure.
package struct SubjectKey: Sendable, Hashable {
    package let stream: String
    package let subject: UUID

    package init(stream: String, subject: UUID) {
        self.stream = stream
        self.subject = subject
    }
}

/// A message that has arrived, from the broker or out of the `waiting` table.
struct Incoming: Sendable {
    enum Content: Sendable {
        /// Decoded, and there is a handler for it.
        case message(any Sendable)
        /// Genuine, but nobody here can read it: it parks, and blocks what follows it.
        case unreadable(cause: String)
    }

    let envelope: Envelope
    let body: [UInt8]
    let content: Content

    var key: SubjectKey { SubjectKey(stream: self.envelope.stream, subject: self.envelope.subject) }
}

/// A row of `waiting` that belongs to a subject.
struct WaitingRow: Sendable {
    enum State: String, Sendable { case held, deferred, parked, skipped }

    let incoming: Incoming
    let state: State
    let attempts: Int
    let failures: Int
    /// A deferred row may run only in the pass that claimed it.
    let claimed: Bool

    var isAvailable: Bool {
        switch (self.state, self.incoming.content) {
        case (.skipped, _): true
        case (.held, .message): true
        case (.deferred, .message): self.claimed
        case (.parked, _), (.held, .unreadable), (.deferred, .unreadable): false
        }
    }
}

/// What one transaction takes on: arrivals of some subjects, and subjects whose waiting messages are looked at again.
struct InboxBatch: Sendable {
    var arrivals: [SubjectKey: [Incoming]] = [:]
    /// Ids of deferred rows this pass has claimed.
    var claimed: Set<UUID> = []

    var keys: [SubjectKey] { Array(self.arrivals.keys) }
    var isEmpty: Bool { self.arrivals.isEmpty }

    /// Both halves, by subject; an order that never changes between two passes keeps bisection short.
    var halves: (InboxBatch, InboxBatch) {
        let sorted = self.arrivals.keys.sorted { ($0.stream, $0.subject.uuidString) < ($1.stream, $1.subject.uuidString) }
        let middle = sorted.count / 2
        func part(_ keys: ArraySlice<SubjectKey>) -> InboxBatch {
            var batch = InboxBatch(claimed: self.claimed)
            for key in keys { batch.arrivals[key] = self.arrivals[key] }
            return batch
        }
        return (part(sorted[..<middle]), part(sorted[middle...]))
    }
}
