import CardProgramme
import FoundationEssentials
import Testing

/// The order in which calls are made.
struct CallQueueTests {
    private static let now = day("2022-03-09").startOfDay.addingTimeInterval(10 * 3600)

    private func call(
        _ reason: CallReason, opened: Double, due: Double? = nil, promised: Double? = nil, id: UUID = UUID()
    ) -> QueuedCall {
        func at(_ minutes: Double) -> Date { Self.now.addingTimeInterval(minutes * 60) }
        return QueuedCall(
            id: id, reason: reason, openedAt: at(opened), dueAt: at(promised ?? due ?? opened),
            promisedAt: promised.map(at))
    }

    @Test func whatCannotWaitComesFirst() {
        let calls = [
            self.call(.unconfirmed, opened: -1), self.call(.outreach, opened: -9_000, promised: -2),
            self.call(.callBack, opened: -9_000, promised: -1), self.call(.callBack, opened: 0),
            self.call(.cannotBeTold, opened: -60), self.call(.wantsChange, opened: -50), self.call(.death, opened: -40),
            self.call(.reply, opened: -10), self.call(.outreach, opened: -8_000), self.call(.outreach, opened: -7_000),
        ]
        #expect(QueuedCall.queue(calls.shuffled(), at: Self.now) == calls)
        // A promise is due to the minute, and nothing before.
        let later = self.call(.outreach, opened: -9_000, promised: 1)
        #expect(QueuedCall.queue(calls + [later], at: Self.now) == calls)
        #expect(QueuedCall.queue(calls + [later], at: later.dueAt)[3] == calls[3])
        #expect(QueuedCall.queue(calls + [later], at: later.dueAt)[4] == later)
        #expect(QueuedCall.queue([self.call(.unconfirmed, opened: -1, due: 0.01)], at: Self.now).isEmpty)
    }

    /// Whatever waits: an order without a tie, the same from every shuffle, in which a better rank is never behind a worse one,
    /// and nobody is called before the time.
    @Test func theOrderIsTotalForWhateverWaits() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let calls = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                let opened = Double(Int.random(in: -20...0, using: &random))
                return self.call(
                    CallReason.allCases.randomElement(using: &random) ?? .reply, opened: opened,
                    due: opened + Double(Int.random(in: 0...20, using: &random)),
                    promised: Bool.random(using: &random) ? Double(Int.random(in: -5...5, using: &random)) : nil)
            }
            let queue = QueuedCall.queue(calls.shuffled(using: &random), at: Self.now)
            hold(
                queue == QueuedCall.queue(calls.shuffled(using: &random), at: Self.now), "depends on where it came from"
            )
            hold(Set(queue) == Set(calls.filter { $0.dueAt <= Self.now }), "not exactly those that are due")
            for (index, one) in queue.enumerated() {
                hold(!one.precedes(one, at: Self.now))
                for other in queue[(index + 1)...] {
                    hold(one.precedes(other, at: Self.now) && !other.precedes(one, at: Self.now), "\(one) \(other)")
                    hold(one.rank(at: Self.now) <= other.rank(at: Self.now), "\(one) \(other)")
                }
            }
            // A promise that is due is behind nothing but unconfirmed appointments and older promises.
            if let promised = queue.firstIndex(where: { $0.promisedAt != nil }) {
                let before = queue[..<promised]
                hold(before.allSatisfy { $0.rank(at: Self.now) <= CallReason.callBack.urgency }, "\(before)")
            }
        }
    }
}
