import ShortMessages
import TestSupport
import Testing

struct RoutingTests {
    private static let failed = SubmitOutcome.unknown(code: "timed_out")
    private static let fine = SubmitOutcome.accepted(reference: nil, parts: 1)

    private static func routing(_ rules: ProviderRouting.Rules = .init()) -> ProviderRouting {
        ProviderRouting(weights: [("a", 51), ("b", 49)], rules: rules)
    }

    private static func weights(_ routing: ProviderRouting) -> [Int] { routing.weights.map(\.weight) }

    @Test func sharesFollowTheWeights() {
        var random = SeededGenerator(seed: 1)
        let routing = ProviderRouting(weights: [("a", 60), ("b", 30), ("c", 10), ("spare", 0)])
        var counts: [String: Int] = [:]
        for _ in 0..<10_000 { counts[routing.choose(at: 0, using: &random) ?? "none", default: 0] += 1 }
        #expect((5800...6200).contains(counts["a"] ?? 0) && (2800...3200).contains(counts["b"] ?? 0))
        #expect((850...1150).contains(counts["c"] ?? 0) && counts["spare"] == nil && counts["none"] == nil)
    }

    @Test func theSameSeedChoosesTheSame() {
        func run() -> [String?] {
            var random = SeededGenerator(seed: 7)
            var routing = Self.routing()
            return (0..<500).map { step in
                let chosen = routing.choose(at: Double(step), using: &random)
                routing.submitted(chosen ?? "", step % 3 == 0 ? Self.failed : Self.fine, at: Double(step))
                _ = routing.review(at: Double(step))
                return chosen
            }
        }
        #expect(run() == run())
        #expect(Set(run()) == ["a", "b"])
    }

    @Test func moreThanFiftyFailuresInAMinuteCostTen() {
        var routing = Self.routing()
        for step in 0..<50 { routing.submitted("a", Self.failed, at: Double(step)) }
        #expect(routing.review(at: 50) == [])
        routing.submitted("a", Self.failed, at: 50)
        #expect(routing.review(at: 50) == [.init(provider: "a", from: 51, to: 41, reason: .failures)])
        // Never twice within a minute, whatever goes on.
        for step in 0..<60 {
            for _ in 0..<5 { routing.submitted("a", Self.failed, at: 50 + Double(step)) }
            #expect(routing.review(at: 50 + Double(step)) == [])
        }
        #expect(routing.review(at: 110) == [.init(provider: "a", from: 41, to: 31, reason: .failures)])
        #expect(Self.weights(routing) == [31, 49])
    }

    @Test func failuresSpreadOverMoreThanAMinuteCostNothing() {
        var routing = Self.routing()
        for step in 0..<600 {
            routing.submitted("a", Self.failed, at: Double(step) * 1.25)
            #expect(routing.review(at: Double(step) * 1.25) == [])
        }
    }

    @Test func refusalsThatAreNoFaultOfTheProviderDoNotCount() {
        var routing = Self.routing()
        for _ in 0..<500 { routing.submitted("a", .rejected(.invalidNumber, code: "x"), at: 1) }
        #expect(routing.review(at: 1) == [])
        for _ in 0..<51 { routing.submitted("a", .throttled(retryAfter: .seconds(1), code: "x"), at: 1) }
        #expect(routing.review(at: 1).count == 1)
    }

    @Test func aSeventhOfSlowDeliveriesCostsTen() {
        var routing = Self.routing()
        // 3 of 20 is 15 %.
        for step in 0..<20 {
            routing.delivered("b", after: step < 2 ? .seconds(301) : .seconds(300), at: Double(step))
        }
        #expect(routing.review(at: 20) == [])
        routing = Self.routing()
        for step in 0..<20 { routing.delivered("b", after: .seconds(step < 3 ? 301 : 1), at: Double(step)) }
        #expect(routing.review(at: 20) == [.init(provider: "b", from: 49, to: 39, reason: .slowness)])
        // Of a few nobody can tell.
        routing = Self.routing()
        for step in 0..<19 { routing.delivered("b", after: .seconds(999), at: Double(step)) }
        #expect(routing.review(at: 20) == [])
        // And what is long ago is not counted.
        routing.delivered("b", after: .seconds(999), at: 2000)
        #expect(routing.review(at: 2000) == [])
    }

    @Test func tenComeBackEveryQuarterOfAnHourUpToTheBase() {
        var routing = Self.routing()
        for minute in 0..<2 {
            for _ in 0..<51 { routing.submitted("a", Self.failed, at: Double(minute * 60)) }
            #expect(routing.review(at: Double(minute * 60)).count == 1)
        }
        #expect(Self.weights(routing) == [31, 49])
        var changes: [(Int, ProviderRouting.Shift)] = []
        for second in 61...6000 {
            for shift in routing.review(at: Double(second)) { changes.append((second, shift)) }
        }
        #expect(changes.map(\.0) == [960, 1860])
        #expect(changes.map(\.1.to) == [41, 51] && changes.allSatisfy { $0.1.reason == .recovery })
    }

    @Test func whoCannotBeReachedIsLeftAloneForAWhileAndAskedOnceThen() {
        var random = SeededGenerator(seed: 3)
        var routing = Self.routing()
        for step in 0..<4 { routing.submitted("a", .notSent(code: "refused"), at: Double(step)) }
        #expect(routing.isUp("a", at: 4))
        routing.submitted("a", .notSent(code: "refused"), at: 4)
        #expect(!routing.isUp("a", at: 4) && !routing.isUp("a", at: 33.9) && routing.isUp("a", at: 34))
        for _ in 0..<200 { #expect(routing.choose(at: 20, using: &random) == "b") }
        #expect(routing.choose(at: 20, excluding: ["b"], using: &random) == nil)
        routing.submitted("a", .notSent(code: "refused"), at: 34)
        #expect(!routing.isUp("a", at: 35), "one more failure is enough")
        routing.submitted("a", Self.fine, at: 64)
        routing.submitted("a", .notSent(code: "refused"), at: 65)
        #expect(routing.isUp("a", at: 65), "it had answered in between")
    }

    @Test func whatAnOperatorTakesOutStaysOut() {
        var random = SeededGenerator(seed: 3)
        var routing = Self.routing()
        routing.setOff("a", true)
        for _ in 0..<100 { #expect(routing.choose(at: 1e6, using: &random) == "b") }
        routing.setOff("b", true)
        #expect(routing.choose(at: 1e6, using: &random) == nil)
        routing.setOff("a", false)
        #expect(routing.choose(at: 1e6, using: &random) == "a")
        #expect(!routing.isUp("nobody", at: 0))
    }

    @Test func oneThatHasLostItsWholeWeightIsStillBetterThanNobody() {
        var random = SeededGenerator(seed: 3)
        var routing = ProviderRouting(weights: [("only", 5)])
        for _ in 0..<51 { routing.submitted("only", Self.failed, at: 0) }
        #expect(routing.review(at: 0).map(\.to) == [0])
        #expect(routing.choose(at: 1, using: &random) == "only")
        for _ in 0..<51 { routing.submitted("only", Self.failed, at: 100) }
        #expect(routing.review(at: 100) == [], "there is nothing left to take")
        #expect(ProviderRouting(weights: [("spare", 0)]).choose(at: 0, using: &random) == "spare")
        #expect(ProviderRouting(weights: []).choose(at: 0, using: &random) == nil)
    }

    @Test(arguments: 0..<40)
    func whateverHappensTheRulesHold(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let bases = [("a", 60), ("b", 40), ("c", 5)]
        var routing = ProviderRouting(weights: bases)
        let rules = routing.rules
        var now = Double.random(in: 0...1e6, using: &random)
        var lastChange: [String: Double] = [:]
        var off: Set<String> = []
        // Plain records to compare with, kept whole.
        var failures: [String: [Double]] = [:]
        for _ in 0..<4000 {
            now += Double.random(in: 0...2, using: &random) * (Int.random(in: 0..<200, using: &random) == 0 ? 300 : 0.2)
            let chosen = routing.choose(at: now, using: &random)
            #expect((chosen == nil) == !bases.contains { routing.isUp($0.0, at: now) })
            if let chosen {
                #expect(routing.isUp(chosen, at: now) && !off.contains(chosen))
                let outcomes: [SubmitOutcome] = [
                    Self.fine, Self.failed, Self.failed, .notSent(code: "refused"), .rejected(.blocked, code: "x"),
                ]
                let outcome = outcomes.randomElement(using: &random) ?? Self.fine
                routing.submitted(chosen, outcome, at: now)
                if outcome.isProviderFailure { failures[chosen, default: []].append(now) }
                if Bool.random(using: &random) {
                    routing.delivered(chosen, after: .seconds(Int.random(in: 0...340, using: &random)), at: now)
                }
            }
            if Int.random(in: 0..<300, using: &random) == 0, let name = bases.randomElement(using: &random)?.0 {
                routing.setOff(name, off.insert(name).inserted)
                if routing.isUp(name, at: now + 60) { off.remove(name) }
            }
            for shift in routing.review(at: now) {
                let base = bases.first { $0.0 == shift.provider }?.1 ?? 0
                #expect(
                    (0...base).contains(shift.to) && abs(shift.to - shift.from) <= rules.step && shift.to != shift.from)
                #expect(now - (lastChange[shift.provider] ?? -.infinity) >= 60)
                let recent = (failures[shift.provider] ?? []).count { now - $0 < 60 }
                switch shift.reason {
                case .failures: #expect(shift.to < shift.from && recent > rules.mostFailures)
                case .slowness: #expect(shift.to < shift.from)
                case .recovery:
                    #expect(shift.to > shift.from && now - (lastChange[shift.provider] ?? -.infinity) >= 900)
                    #expect(recent <= rules.mostFailures + 50)
                }
                lastChange[shift.provider] = now
            }
        }
        #expect(!lastChange.isEmpty, "nothing happened in this history")
    }
}
