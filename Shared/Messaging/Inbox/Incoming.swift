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
package struct Incoming: Sendable {
    package enum Content: Sendable {
        /// Decoded, and there is a handler for it.
        case message(any Sendable)
        /// Genuine, but nobody here can read it: it parks, and blocks what follows it.
        case unreadable(cause: String)
    }

    package let envelope: Envelope
    package let body: [UInt8]
    package let content: Content

    package init(envelope: Envelope, body: [UInt8], content: Content) {
        self.envelope = envelope
        self.body = body
        self.content = content
    }

    package var key: SubjectKey { SubjectKey(stream: self.envelope.stream, subject: self.envelope.subject) }
}

/// A row of `waiting` that belongs to a subject.
package struct WaitingRow: Sendable {
    package enum State: String, Sendable { case held, deferred, parked, skipped }

    package let incoming: Incoming
    package let state: State
    package let attempts: Int
    package let failures: Int
    /// A deferred row may run only in the pass that claimed it.
    package let claimed: Bool

    package init(incoming: Incoming, state: State, attempts: Int, failures: Int, claimed: Bool) {
        self.incoming = incoming
        self.state = state
        self.attempts = attempts
        self.failures = failures
        self.claimed = claimed
    }

    package var isAvailable: Bool {
        switch (self.state, self.incoming.content) {
        case (.skipped, _): true
        case (.held, .message): true
        case (.deferred, .message): self.claimed
        case (.parked, _), (.held, .unreadable), (.deferred, .unreadable): false
        }
    }
}

/// What one transaction takes on: arrivals of some subjects, and subjects whose waiting messages are looked at again.
package struct InboxBatch: Sendable {
    package var arrivals: [SubjectKey: [Incoming]] = [:]
    /// Ids of deferred rows this pass has claimed.
    package var claimed: Set<UUID> = []

    package init(arrivals: [SubjectKey: [Incoming]] = [:], claimed: Set<UUID> = []) {
        self.arrivals = arrivals
        self.claimed = claimed
    }

    package var keys: [SubjectKey] { Array(self.arrivals.keys) }
    package var isEmpty: Bool { self.arrivals.isEmpty }

    /// Both halves, by subject; an order that never changes between two passes keeps bisection short.
    package var halves: (InboxBatch, InboxBatch) {
        let sorted = self.arrivals.keys.sorted {
            ($0.stream, $0.subject.uuidString) < ($1.stream, $1.subject.uuidString)
        }
        let middle = sorted.count / 2
        func part(_ keys: ArraySlice<SubjectKey>) -> InboxBatch {
            var batch = InboxBatch(claimed: self.claimed)
            for key in keys { batch.arrivals[key] = self.arrivals[key] }
            return batch
        }
        return (part(sorted[..<middle]), part(sorted[middle...]))
    }
}
