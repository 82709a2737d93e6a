import FoundationEssentials
import Messaging
import Testing

@Suite("What to do with the messages of one subject")
struct SubjectPlanTests {
    private func numbers(_ plan: SubjectPlan) -> [Int] { plan.chain.map(\.incoming.envelope.number) }

    @Test("Messages that arrive in any order are applied in theirs")
    func order() {
        let plan = SubjectPlan(applied: 0, arrivals: [3, 1, 2].map { Samples.incoming($0) }, waiting: [])
        #expect(self.numbers(plan) == [1, 2, 3])
        #expect(plan.early.isEmpty)
        #expect(plan.duplicates == 0)
    }

    @Test("What comes before its turn is held, and a gap is waited for")
    func gap() {
        let plan = SubjectPlan(applied: 1, arrivals: [5, 2, 4].map { Samples.incoming($0) }, waiting: [])
        #expect(self.numbers(plan) == [2])
        #expect(plan.early.map(\.envelope.number) == [4, 5])
    }

    @Test("What was applied before, waits already, or came twice is dropped")
    func duplicates() {
        let plan = SubjectPlan(
            applied: 2, arrivals: [1, 2, 3, 3, 5].map { Samples.incoming($0) }, waiting: [Samples.row(5, .held)])
        #expect(self.numbers(plan) == [3])
        #expect(plan.duplicates == 4)
        // Whether a number below the cursor is this message's own, only its id tells.
        #expect(plan.past.map(\.envelope.number) == [1, 2])
        #expect(plan.early.isEmpty)
    }

    @Test("A held message follows as soon as the gap before it is closed")
    func heldFollows() {
        let plan = SubjectPlan(
            applied: 0, arrivals: [Samples.incoming(1)], waiting: [Samples.row(2, .held), Samples.row(3, .held)])
        #expect(self.numbers(plan) == [1, 2, 3])
        #expect(plan.chain.map { $0.waiting != nil } == [false, true, true])
    }

    @Test("A parked message blocks everything behind it", arguments: [false, true])
    func parkedBlocks(claimed: Bool) {
        let plan = SubjectPlan(
            applied: 0, arrivals: [Samples.incoming(1), Samples.incoming(3)],
            waiting: [Samples.row(2, .parked, claimed: claimed)])
        #expect(self.numbers(plan) == [1])
        #expect(plan.early.map(\.envelope.number) == [3])
    }

    @Test("A deferred message runs only in the pass that claimed it")
    func deferredIsClaimed() {
        let resting = SubjectPlan(
            applied: 0, arrivals: [], waiting: [Samples.row(1, .deferred), Samples.row(2, .held)])
        #expect(resting.chain.isEmpty)
        let claimed = SubjectPlan(
            applied: 0, arrivals: [], waiting: [Samples.row(1, .deferred, claimed: true), Samples.row(2, .held)])
        #expect(self.numbers(claimed) == [1, 2])
    }

    @Test("A message that was given up takes its turn, and what is behind it goes on")
    func skipped() {
        let plan = SubjectPlan(
            applied: 0, arrivals: [Samples.incoming(3)], waiting: [Samples.row(1, .skipped), Samples.row(2, .held)])
        #expect(self.numbers(plan) == [1, 2, 3])
    }

    @Test("A body nobody can read parks once, and blocks its followers")
    func unreadable() {
        let plan = SubjectPlan(
            applied: 0,
            arrivals: [
                Samples.incoming(1, unreadable: "no JSON"), Samples.incoming(2),
                Samples.incoming(1, unreadable: "no JSON"),
            ], waiting: [])
        #expect(plan.chain.isEmpty)
        #expect(plan.unreadable.map(\.incoming.envelope.number) == [1])
        #expect(plan.unreadable.map(\.cause) == ["no JSON"])
        #expect(plan.early.map(\.envelope.number) == [2])
        #expect(plan.duplicates == 1)
    }

    @Test("What is unreadable and was applied already is a duplicate, not a trouble")
    func unreadableDuplicate() {
        let plan = SubjectPlan(applied: 4, arrivals: [Samples.incoming(4, unreadable: "no JSON")], waiting: [])
        #expect(plan.unreadable.isEmpty)
        #expect(plan.duplicates == 1)
    }

    @Test("With a limit of one the rest is held, so that a failure has one culprit")
    func limit() {
        let plan = SubjectPlan(applied: 0, arrivals: [1, 2, 3].map { Samples.incoming($0) }, waiting: [], limit: 1)
        #expect(self.numbers(plan) == [1])
        #expect(plan.early.map(\.envelope.number) == [2, 3])
    }
}
