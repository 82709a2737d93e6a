/// Which commands wait for their turn, which for their answer, and whose answer is next. Decides, and does nothing itself.
///
/// Answers carry no name: the n-th one belongs to the n-th command written. So an entry leaves the ledger only with its
/// answer or with the whole connection, never alone.
package struct CommandLedger<Ticket: Sendable>: Sendable {
    private struct Waiting {
        let command: RedisCommand
        let ticket: Ticket
        let deadline: ContinuousClock.Instant
    }

    private struct Sent {
        let ticket: Ticket
        let bytes: Int
        let deadline: ContinuousClock.Instant
    }

    /// Everything that was open when a connection ended.
    package struct Loss: Sendable {
        /// Written, and the answer is overdue.
        package var overdue: [Ticket] = []
        /// Written, and not answered.
        package var unknown: [Ticket] = []
        /// Never written.
        package var unsent: [Ticket] = []
    }

    private let windowCommands: Int
    private let windowBytes: Int
    private let timeout: Duration
    private var waiting = Line<Waiting>()
    private var sent = Line<Sent>()
    private var bytesInFlight = 0

    package init(windowCommands: Int, windowBytes: Int, timeout: Duration) {
        self.windowCommands = windowCommands
        self.windowBytes = windowBytes
        self.timeout = timeout
    }

    package var inFlight: Int { self.sent.count }
    package var isEmpty: Bool { self.sent.isEmpty && self.waiting.isEmpty }
    package var hasWaiting: Bool { !self.waiting.isEmpty }

    package mutating func add(_ command: RedisCommand, _ ticket: Ticket, at now: ContinuousClock.Instant) {
        self.waiting.append(Waiting(command: command, ticket: ticket, deadline: now + self.timeout))
    }

    /// The next command to write, which counts as written from now on; nil when the window is full or nobody waits.
    package mutating func next(at now: ContinuousClock.Instant) -> RedisCommand? {
        guard let first = self.waiting.first, self.sent.count < self.windowCommands else { return nil }
        let bytes = first.command.bytes.count
        if !self.sent.isEmpty, self.bytesInFlight + bytes > self.windowBytes { return nil }
        self.waiting.removeFirst()
        self.sent.append(Sent(ticket: first.ticket, bytes: bytes, deadline: now + self.timeout))
        self.bytesInFlight += bytes
        return first.command
    }

    /// Whose answer has come; nil when nobody awaits one, which the protocol does not allow.
    package mutating func answered() -> Ticket? {
        guard let first = self.sent.first else { return nil }
        self.sent.removeFirst()
        self.bytesInFlight -= first.bytes
        return first.ticket
    }

    /// True when the oldest command in flight should have been answered.
    package func isOverdue(at now: ContinuousClock.Instant) -> Bool {
        guard let first = self.sent.first else { return false }
        return first.deadline <= now
    }

    /// Takes out those that have waited too long for their turn.
    package mutating func expired(at now: ContinuousClock.Instant) -> [Ticket] {
        var tickets: [Ticket] = []
        while let first = self.waiting.first, first.deadline <= now {
            tickets.append(first.ticket)
            self.waiting.removeFirst()
        }
        return tickets
    }

    /// When there is something to decide again, if nothing happens before.
    package var nextDeadline: ContinuousClock.Instant? {
        switch (self.sent.first?.deadline, self.waiting.first?.deadline) {
        case (let sent?, let waiting?): min(sent, waiting)
        case (let sent, let waiting): sent ?? waiting
        }
    }

    /// The connection has ended: empties the ledger.
    package mutating func lost(at now: ContinuousClock.Instant) -> Loss {
        var loss = Loss()
        while let first = self.sent.first {
            if first.deadline <= now { loss.overdue.append(first.ticket) } else { loss.unknown.append(first.ticket) }
            self.sent.removeFirst()
        }
        while let first = self.waiting.first {
            loss.unsent.append(first.ticket)
            self.waiting.removeFirst()
        }
        self.bytesInFlight = 0
        return loss
    }
}

/// First in, first out, without moving the rest at each removal.
private struct Line<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { self.head == self.elements.count }
    var count: Int { self.elements.count - self.head }
    var first: Element? { self.isEmpty ? nil : self.elements[self.head] }

    mutating func append(_ element: Element) { self.elements.append(element) }

    mutating func removeFirst() {
        self.elements[self.head] = nil
        self.head += 1
        if self.head == self.elements.count {
            self.elements.removeAll(keepingCapacity: self.head <= 4096)
            self.head = 0
        } else if self.head >= 1024, self.head * 2 >= self.elements.count {
            self.elements.removeFirst(self.head)
            self.head = 0
        }
    }
}
