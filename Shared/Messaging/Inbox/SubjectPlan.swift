import FoundationEssentials

/// What to do with the messages of one subject and stream, given how far the stream was applied. Pure.
///
/// Order: n + 1 is applied after n. What is not above the cursor was applied before and is dropped; what leaves a gap is
/// held; a parked or not yet due message blocks everything behind it.
package struct SubjectPlan: Sendable {
    /// Consecutive messages from the cursor on.
    package private(set) var chain: [Step] = []
    /// Arrived before its turn: to be held.
    package private(set) var early: [Incoming] = []
    /// Arrived, is genuine, and cannot be read: to be parked.
    package private(set) var unreadable: [(incoming: Incoming, cause: String)] = []
    /// Seen before: applied, or already waiting.
    package private(set) var duplicates = 0
    /// Those of them whose number was applied. Whether it was this message only its id tells: a producer whose database
    /// was restored from a backup gives numbers out a second time.
    package private(set) var past: [Incoming] = []

    package struct Step: Sendable {
        package let incoming: Incoming
        /// The row it came from; nil for a new arrival.
        package let waiting: WaitingRow?
    }

    /// - Parameter limit: longest chain; 1 when the batch is being bisected, so that a failure has one culprit.
    package init(applied: Int, arrivals: [Incoming], waiting: [WaitingRow], limit: Int = .max) {
        var rows: [Int: WaitingRow] = [:]
        for row in waiting { rows[row.incoming.envelope.number] = row }
        var fresh: [Int: Incoming] = [:]
        var unreadable: Set<Int> = []
        for incoming in arrivals {
            let number = incoming.envelope.number
            if number <= applied || rows[number] != nil || fresh[number] != nil || unreadable.contains(number) {
                self.duplicates += 1
                if number <= applied { self.past.append(incoming) }
            } else if case .unreadable(let cause) = incoming.content {
                unreadable.insert(number)
                self.unreadable.append((incoming, cause))
            } else {
                fresh[number] = incoming
            }
        }
        var next = applied + 1
        while self.chain.count < limit {
            if let row = rows[next], row.isAvailable {
                self.chain.append(Step(incoming: row.incoming, waiting: row))
            } else if let incoming = fresh.removeValue(forKey: next) {
                self.chain.append(Step(incoming: incoming, waiting: nil))
            } else {
                break
            }
            next += 1
        }
        self.early = fresh.values.sorted { $0.envelope.number < $1.envelope.number }
    }
}
