/// The publisher's memory of what was sent on one channel and not yet answered.
///
/// A pure state machine: no clock, no input or output. `Ticket` is whatever the owner needs to find its caller again.
/// The broker numbers messages of a confirm channel from 1 in the order they were sent, and answers in any order, one at
/// a time or up to a number. An unroutable mandatory message is answered twice: `basic.return` with its contents, then
/// `basic.ack` with its number; only the second names it, so the first is matched by a predicate, in sending order.
package struct ConfirmLedger<Ticket>: ~Copyable {
    /// One answered message.
    package struct Resolution {
        package let ticket: Ticket
        package let outcome: PublishOutcome
    }

    private struct Entry {
        let ticket: Ticket
        let bytes: Int
        var returned: PublishOutcome?
        var answered = false
    }

    /// Entries from number `firstNumber` on; those before `head` are answered.
    private var entries: [Entry] = []
    private var head = 0
    private var firstNumber: UInt64 = 1
    /// Returns arrive in sending order, so the search for the next one starts after the last one found.
    private var returnCursor: UInt64 = 1

    /// Messages sent and not answered.
    package private(set) var inFlight = 0
    /// Their body bytes.
    package private(set) var bytesInFlight = 0

    package init() {}

    private var nextNumber: UInt64 { self.firstNumber + UInt64(self.entries.count) }

    /// Records a message that is about to be sent, and gives its number on the channel.
    package mutating func sent(_ ticket: Ticket, bytes: Int) -> UInt64 {
        let number = self.nextNumber
        self.entries.append(Entry(ticket: ticket, bytes: bytes))
        self.inFlight += 1
        self.bytesInFlight += bytes
        return number
    }

    /// Handles `basic.ack`.
    ///
    /// - Returns: What is now certain; nil when the number was never sent, which no correct broker does.
    package mutating func acknowledged(_ number: UInt64, multiple: Bool) -> [Resolution]? {
        self.answered(number, multiple: multiple, outcome: .confirmed)
    }

    /// Handles `basic.nack`.
    package mutating func refused(_ number: UInt64, multiple: Bool) -> [Resolution]? {
        self.answered(number, multiple: multiple, outcome: .refused)
    }

    /// Handles `basic.return`: remembers the answer, which becomes certain with the acknowledgement that follows.
    ///
    /// - Parameter matches: Whether a ticket is the returned message.
    /// - Returns: Whether a message in flight matched.
    package mutating func returned(code: Int, reason: String, matches: (Ticket) -> Bool) -> Bool {
        let live = self.firstNumber + UInt64(self.head)
        let from = max(self.returnCursor, live)
        return self.markReturned(from: from, to: self.nextNumber, code: code, reason: reason, matches: matches)
            || self.markReturned(from: live, to: from, code: code, reason: reason, matches: matches)
    }

    /// Handles the loss of the channel: nothing that is still open will ever be answered.
    package mutating func lost() -> [Ticket] {
        let open = self.entries[self.head...].filter { !$0.answered }.map(\.ticket)
        self.firstNumber = self.nextNumber
        self.entries.removeAll()
        self.head = 0
        self.inFlight = 0
        self.bytesInFlight = 0
        return open
    }

    private mutating func markReturned(
        from: UInt64, to: UInt64, code: Int, reason: String, matches: (Ticket) -> Bool
    ) -> Bool {
        var number = from
        while number < to {
            let index = Int(number - self.firstNumber)
            if !self.entries[index].answered, self.entries[index].returned == nil, matches(self.entries[index].ticket) {
                self.entries[index].returned = .returned(code: code, reason: reason)
                self.returnCursor = number + 1
                return true
            }
            number += 1
        }
        return false
    }

    private mutating func answered(_ number: UInt64, multiple: Bool, outcome: PublishOutcome) -> [Resolution]? {
        var resolutions: [Resolution] = []
        let live = self.firstNumber + UInt64(self.head)
        if multiple {
            // Number 0 with `multiple` means everything sent so far.
            let last = number == 0 ? self.nextNumber - 1 : number
            guard last < self.nextNumber else { return nil }
            var current = live
            while current <= last {
                self.resolve(current, outcome, &resolutions)
                current += 1
            }
        } else {
            guard number >= 1, number < self.nextNumber else { return nil }
            if number >= live { self.resolve(number, outcome, &resolutions) }
        }
        self.forgetAnswered()
        return resolutions
    }

    private mutating func resolve(_ number: UInt64, _ outcome: PublishOutcome, _ resolutions: inout [Resolution]) {
        let index = Int(number - self.firstNumber)
        guard !self.entries[index].answered else { return }
        self.entries[index].answered = true
        self.inFlight -= 1
        self.bytesInFlight -= self.entries[index].bytes
        let entry = self.entries[index]
        resolutions.append(Resolution(ticket: entry.ticket, outcome: entry.returned ?? outcome))
    }

    private mutating func forgetAnswered() {
        while self.head < self.entries.count, self.entries[self.head].answered { self.head += 1 }
        // Shifting the array only when half of it is dead keeps the cost per message constant.
        if self.head == self.entries.count || self.head >= 1024, self.head * 2 >= self.entries.count {
            self.entries.removeFirst(self.head)
            self.firstNumber += UInt64(self.head)
            self.head = 0
        }
    }
}
