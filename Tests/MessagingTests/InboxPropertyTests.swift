import FoundationEssentials
import Messaging
import Testing

/// Whatever order messages arrive in, however often, and whatever handlers do: each is applied exactly once and in order.
@Suite("Exactly once, in order")
struct InboxPropertyTests {
    private static let subjects = 12
    private static let streams = ["intake>verification", "review>verification"]

    @Test(
        "Random arrivals, doubles, postponements, failures and lost commits", arguments: 1...60 as ClosedRange<UInt64>)
    func everything(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        var model = InboxModel()
        var expected: [SubjectKey: Int] = [:]
        var arrivals: [Incoming] = []
        for subject in 0..<Self.subjects {
            for stream in Self.streams {
                let key = SubjectKey(stream: stream, subject: Samples.subject(subject))
                let count = Int.random(in: 0...6, using: &chance)
                guard count > 0 else { continue }
                expected[key] = count
                for number in 1...count {
                    // Some arrive several times, at any distance from each other.
                    for _ in 0..<(chance.happens(0.4) ? Int.random(in: 2...4, using: &chance) : 1) {
                        arrivals.append(Samples.incoming(number, key: key))
                    }
                }
            }
        }
        arrivals.shuffle(using: &chance)
        var rest = arrivals[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...25, using: &chance)
            var batch = InboxBatch()
            for incoming in rest.prefix(size) { batch.arrivals[incoming.key, default: []].append(incoming) }
            let before = model.tables
            try model.process(batch) { _ in Self.verdict(&chance) }
            if chance.happens(0.15) {
                // The process dies before the commit: nothing happened, and the broker delivers again, later.
                model.tables = before
                rest = rest.dropFirst(size) + Array(rest.prefix(size)).shuffled(using: &chance)
            } else {
                // … or after it and before the acks: everything happened, and the broker delivers again all the same.
                let again = chance.happens(0.15) ? Array(rest.prefix(size)).shuffled(using: &chance) : []
                rest = rest.dropFirst(size) + again
            }
            if chance.happens(0.5) {
                let due = model.due(deferredToo: chance.happens(0.5))
                try model.process(due) { _ in Self.verdict(&chance) }
            }
            Self.check(model, expected)
        }
        // Whatever is left goes through once nothing fails any more; what had parked, when it is replayed.
        for _ in 0..<20 {
            model.settleParked(as: .deferred)
            try model.process(model.due(deferredToo: true)) { _ in .applied }
        }
        #expect(model.tables.waiting.isEmpty, "seed \(seed)")
        #expect(model.tables.cursors.filter { $0.value > 0 } == expected, "seed \(seed)")
        for (key, count) in expected { #expect(model.tables.effects[key] == Array(1...count), "seed \(seed)") }
    }

    @Test(
        "One message that always fails parks, and holds back its own subject only",
        arguments: 1...20 as ClosedRange<UInt64>)
    func onePoison(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        var model = InboxModel()
        let keys = (0..<30).map { SubjectKey(stream: "intake>verification", subject: Samples.subject($0)) }
        let poisoned = keys[Int.random(in: 0..<keys.count, using: &chance)]
        let poison = Samples.id(poisoned, 2)
        let arrivals = keys.flatMap { key in (1...4).map { Samples.incoming($0, key: key) } }.shuffled(using: &chance)
        for start in stride(from: 0, to: arrivals.count, by: 20) {
            var batch = InboxBatch()
            for incoming in arrivals[start..<min(start + 20, arrivals.count)] {
                batch.arrivals[incoming.key, default: []].append(incoming)
            }
            try model.process(batch) { $0.envelope.id == poison ? .failed : .applied }
        }
        for _ in 0..<30 {
            try model.process(model.due(deferredToo: true)) { $0.envelope.id == poison ? .failed : .applied }
        }
        for key in keys {
            #expect(model.tables.effects[key] == (key == poisoned ? [1] : [1, 2, 3, 4]))
        }
        #expect(model.tables.waiting[poison]?.state == .parked)
        #expect(model.tables.waiting[poison]?.failures == RetryPolicy().maximumFailures)
        #expect(
            model.tables.waiting.values.filter { $0.state == .held }.map(\.incoming.envelope.number).sorted() == [3, 4])
        // Given up, it leaves a skip mark, and the two behind it go on.
        model.settleParked(as: .skipped)
        for _ in 0..<3 { try model.process(model.due(deferredToo: true)) { _ in .applied } }
        #expect(model.tables.effects[poisoned] == [1, 3, 4])
        #expect(model.tables.waiting.isEmpty)
    }

    private static func verdict(_ chance: inout SeededGenerator) -> InboxModel.Verdict {
        if chance.happens(0.04) { return .failed }
        return chance.happens(0.1) ? .postponed : .applied
    }

    /// Holds at every moment, not only at the end.
    private static func check(_ model: InboxModel, _ expected: [SubjectKey: Int]) {
        for (key, numbers) in model.tables.effects {
            #expect(numbers == Array(1...numbers.count))
            #expect(model.tables.cursors[key] == numbers.count)
            #expect(numbers.count <= expected[key, default: 0])
        }
    }
}
