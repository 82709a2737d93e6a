import Contracts
import FoundationEssentials
import Messaging
import Testing

@Suite("One transaction of the consumer")
struct BatchRunTests {
    private func run(_ plans: [(SubjectKey, Int, SubjectPlan)]) -> BatchRun {
        var run = BatchRun(policy: RetryPolicy())
        for (key, applied, plan) in plans { run.add(key, applied: applied, plan) }
        return run
    }

    private func plan(_ numbers: [Int], applied: Int = 0, key: SubjectKey = Samples.key) -> SubjectPlan {
        SubjectPlan(applied: applied, arrivals: numbers.map { Samples.incoming($0, key: key) }, waiting: [])
    }

    /// The steps of the next round, which must have one type.
    private func round(_ run: inout BatchRun) throws -> [SubjectPlan.Step] {
        let next = run.nextRound()
        return try #require(next?.first?.steps)
    }

    private func isOver(_ run: inout BatchRun) -> Bool { run.nextRound() == nil }

    @Test("A handler gets at most one message of a subject at a time, even from two producers")
    func oneOfEachSubject() throws {
        let other = SubjectKey(stream: "review>verification", subject: Samples.subject)
        var run = self.run([
            (Samples.key, 0, self.plan([1, 2])), (other, 0, self.plan([1], key: other)),
        ])
        var rounds = 0
        while let round = run.nextRound() {
            rounds += 1
            for (_, steps) in round {
                #expect(Set(steps.map(\.incoming.envelope.subject)).count == steps.count)
                try run.settle(steps, postponed: [])
            }
        }
        #expect(rounds == 3)
        #expect(run.appliedIDs.count == 3)
        #expect(run.moves.map(\.number).sorted() == [1, 2])
    }

    @Test("The cursor moves to the last message applied, and names it")
    func moves() throws {
        var run = self.run([(Samples.key, 3, self.plan([4, 5], applied: 3))])
        while let round = run.nextRound() { for (_, steps) in round { try run.settle(steps, postponed: []) } }
        let move = try #require(run.moves.first)
        #expect(move.number == 5)
        #expect(move.last == Samples.id(Samples.key, 5))
        #expect(run.tally.applied == [Samples.type: 2])
        #expect(run.kept.isEmpty)
    }

    @Test("A postponed message is deferred, what follows it is held, and the cursor stays")
    func postponed() throws {
        var run = self.run([(Samples.key, 0, self.plan([1, 2, 3]))])
        let first = try self.round(&run)
        try run.settle(first, postponed: [])
        let second = try self.round(&run)
        try run.settle(second, postponed: [Postponed(second[0].incoming.envelope.id, reason: "not yet")])
        #expect(self.isOver(&run))
        #expect(run.moves.map(\.number) == [1])
        #expect(run.kept.map(\.state) == [.deferred, .held])
        #expect(run.kept.first?.cause == "not yet")
        #expect(try #require(run.kept.first?.delay) >= .milliseconds(100))
        #expect(run.tally.deferred == 1)
        #expect(run.tally.held == 1)
    }

    @Test("A message that waited already is updated when postponed again, and its failures are not forgotten")
    func postponedAgain() throws {
        let row = Samples.row(1, .deferred, attempts: 3, failures: 2, claimed: true)
        var run = self.run([
            (Samples.key, 0, SubjectPlan(applied: 0, arrivals: [], waiting: [row, Samples.row(2, .held)]))
        ])
        let steps = try self.round(&run)
        try run.settle(steps, postponed: [Postponed(steps[0].incoming.envelope.id, reason: "not yet")])
        #expect(self.isOver(&run))
        #expect(run.kept.isEmpty)
        #expect(run.updated.map(\.failures) == [2])
        #expect(run.updated.map(\.state) == [.deferred])
        #expect(try #require(run.updated.first?.delay) >= .milliseconds(400))
        #expect(run.moves.isEmpty)
    }

    @Test("Rows that were applied are removed from what waits")
    func removal() throws {
        var run = self.run([
            (Samples.key, 0, SubjectPlan(applied: 0, arrivals: [Samples.incoming(1)], waiting: [Samples.row(2, .held)]))
        ])
        while let round = run.nextRound() { for (_, steps) in round { try run.settle(steps, postponed: []) } }
        #expect(run.removed == [Samples.id(Samples.key, 2)])
        #expect(run.appliedIDs.count == 2)
    }

    @Test("A message that was given up moves the cursor without being applied")
    func skipped() throws {
        var run = self.run([
            (
                Samples.key, 0,
                SubjectPlan(applied: 0, arrivals: [Samples.incoming(2)], waiting: [Samples.row(1, .skipped)])
            )
        ])
        var applied: [Int] = []
        while let round = run.nextRound() {
            for (_, steps) in round {
                applied += steps.map(\.incoming.envelope.number)
                try run.settle(steps, postponed: [])
            }
        }
        #expect(applied == [2])
        #expect(run.moves.map(\.number) == [2])
        #expect(run.removed == [Samples.id(Samples.key, 1)])
        #expect(run.appliedIDs == [Samples.id(Samples.key, 2)])
    }

    @Test("A skip mark alone moves the cursor too")
    func onlySkipped() {
        var run = self.run([
            (Samples.key, 0, SubjectPlan(applied: 0, arrivals: [], waiting: [Samples.row(1, .skipped)]))
        ])
        #expect(self.isOver(&run))
        #expect(run.moves.map(\.number) == [1])
    }

    @Test("Types come in the order of their names, and subjects in theirs, so that locks are taken alike everywhere")
    func lockOrder() throws {
        var run = BatchRun(policy: RetryPolicy())
        for number in [5, 1, 4, 2, 3] {
            let key = SubjectKey(stream: "intake>verification", subject: Samples.subject(number))
            run.add(
                key, applied: 0,
                SubjectPlan(
                    applied: 0,
                    arrivals: [Samples.incoming(1, key: key, type: number.isMultiple(of: 2) ? "a.v1" : "b.v1")],
                    waiting: []))
        }
        let next = run.nextRound()
        let round = try #require(next)
        #expect(round.map(\.type) == ["a.v1", "b.v1"])
        for (_, steps) in round {
            let subjects = steps.map(\.incoming.envelope.subject.uuidString)
            #expect(subjects == subjects.sorted())
        }
    }

    @Test("A handler that postpones what it was not given is refused")
    func misuse() throws {
        var run = self.run([(Samples.key, 0, self.plan([1]))])
        let steps = try self.round(&run)
        #expect(throws: MessagingError.self) { try run.settle(steps, postponed: [Postponed(UUID(), reason: "")]) }
    }

    @Test("Halving a batch loses nothing and doubles nothing")
    func halves() {
        var batch = InboxBatch(claimed: [UUID()])
        for number in 0..<7 {
            let key = SubjectKey(stream: "intake>verification", subject: Samples.subject(number))
            batch.arrivals[key] = [Samples.incoming(1, key: key)]
        }
        let (left, right) = batch.halves
        #expect(left.keys.count == 3)
        #expect(right.keys.count == 4)
        #expect(Set(left.keys).union(right.keys) == Set(batch.keys))
        #expect(left.claimed == batch.claimed)
        let again = batch.halves
        #expect(Set(again.0.keys) == Set(left.keys))
    }
}
