import CardProgramme
import Testing

@Suite("An appointment's way")
struct AppointmentStateTests {
    /// Every step that is possible, written out a second time on purpose: what is not here is refused.
    static let possible: [(from: AppointmentState, step: AppointmentStep, to: AppointmentState)] = [
        (.held, .confirm, .confirmed), (.held, .lapse, .lapsed), (.held, .cancelByPerson, .cancelledByPerson),
        (.held, .cancelByStation, .cancelledByStation),
        (.confirmed, .move, .confirmed), (.confirmed, .orphan, .orphaned), (.confirmed, .checkIn, .checkedIn),
        (.confirmed, .cancelByPerson, .cancelledByPerson), (.confirmed, .cancelByStation, .cancelledByStation),
        (.confirmed, .miss, .missed),
        (.orphaned, .confirm, .confirmed), (.orphaned, .move, .confirmed), (.orphaned, .reoffer, .orphaned),
        (.orphaned, .checkIn, .checkedIn), (.orphaned, .cancelByPerson, .cancelledByPerson),
        (.orphaned, .cancelByStation, .cancelledByStation),
        (.checkedIn, .move, .confirmed), (.checkedIn, .call, .called), (.checkedIn, .serve, .serving),
        (.checkedIn, .cancelByPerson, .cancelledByPerson), (.checkedIn, .cancelByStation, .cancelledByStation),
        (.called, .call, .called), (.called, .serve, .serving), (.called, .miss, .missed),
        (.called, .cancelByPerson, .cancelledByPerson), (.called, .cancelByStation, .cancelledByStation),
        (.serving, .finish, .done), (.serving, .cancelByStation, .cancelledByStation),
        (.missed, .checkIn, .checkedIn),
    ]

    @Test("every state and step, one by one")
    func table() {
        for state in AppointmentState.allCases {
            for step in AppointmentStep.allCases {
                let expected = Self.possible.first { $0.from == state && $0.step == step }?.to
                #expect(state.after(step) == expected, "\(state) after \(step)")
                #expect(AppointmentState.states(allowing: step).contains(state) == (expected != nil))
                #expect(state.steps.contains(step) == (expected != nil))
            }
        }
        for step in AppointmentStep.allCases { #expect(!AppointmentState.states(allowing: step).isEmpty, "\(step)") }
    }

    @Test("every state is reached from a hold, and from every live one it can end")
    func reachability() {
        func reached(_ start: AppointmentState) -> Set<AppointmentState> {
            var seen: Set<AppointmentState> = [start]
            var queue = [start]
            while let state = queue.popLast() {
                for next in state.steps.compactMap(state.after) where seen.insert(next).inserted { queue.append(next) }
            }
            return seen
        }
        #expect(reached(.held) == Set(AppointmentState.allCases))
        for state in AppointmentState.allCases {
            if state.isLive {
                #expect(reached(state).contains(.done) && state.steps.contains(.cancelByStation), "\(state)")
            } else {
                #expect(state.steps.isEmpty || state == .missed, "\(state)")
            }
        }
        #expect(!reached(.confirmed).contains(.held), "nothing becomes a hold again")
    }

    @Test("nobody misses an appointment whose capacity is gone, and whoever comes for one is taken in (R150)")
    func orphaned() {
        #expect(AppointmentState.orphaned.after(.miss) == nil)
        #expect(AppointmentState.orphaned.after(.checkIn) == .checkedIn)
        #expect(AppointmentState.orphaned.after(.reoffer) == .orphaned, "an offer is not yet an agreement")
    }

    @Test("called three times, then missed; back once, on the same day")
    func calls() {
        #expect((1...4).map(CallRule.step(afterCalls:)) == [.call, .call, .miss, .miss])
        let today = day("2022-03-01")
        #expect(CallRule.mayReturn(returns: 0, missed: today, today: today))
        #expect(!CallRule.mayReturn(returns: 1, missed: today, today: today))
        #expect(!CallRule.mayReturn(returns: 0, missed: today, today: today.adding(days: 1)))
    }

    @Test("random histories end, and nobody is called for ever", arguments: 1...50)
    func histories(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let today = day("2022-03-01")
        for _ in 0..<100 {
            var state = AppointmentState.held
            var (calls, allCalls, returns, misses) = (0, 0, 0, 0)
            for _ in 0..<60 {
                var step = try #require(AppointmentStep.allCases.randomElement(using: &random))
                if state == .called, step == .call || step == .miss { step = CallRule.step(afterCalls: calls) }
                if state == .missed, step == .checkIn {
                    guard CallRule.mayReturn(returns: returns, missed: today, today: today) else { continue }
                    (returns, calls) = (returns + 1, 0)
                }
                guard let next = state.after(step) else { continue }
                // An end is an end, except for who missed and comes back.
                hold(state.isLive || state == .missed)
                if step == .call { (calls, allCalls) = (calls + 1, allCalls + 1) }
                if step == .move { calls = 0 }
                if next == .missed { misses += 1 }
                hold(calls <= CallRule.mostCalls)
                state = next
            }
            hold(returns <= 1 && misses <= 2, "seed \(seed)")
            hold(allCalls <= CallRule.mostCalls * 60)
        }
    }

    @Test("every code has words in both languages")
    func words() {
        let chinese =
            AppointmentState.allCases.map(\.chinese) + AppointmentStep.allCases.map(\.chinese)
            + AppointmentKind.allCases.map(\.chinese) + AppointmentPurpose.allCases.map(\.chinese)
            + BookingChannel.allCases.map(\.chinese) + SeatPool.allCases.map(\.chinese)
        let english =
            AppointmentState.allCases.map(\.english) + AppointmentStep.allCases.map(\.english)
            + AppointmentKind.allCases.map(\.english) + AppointmentPurpose.allCases.map(\.english)
            + BookingChannel.allCases.map(\.english) + SeatPool.allCases.map(\.english)
        #expect(chinese.allSatisfy { !$0.isEmpty } && english.allSatisfy { !$0.isEmpty })
        #expect(Set(AppointmentState.allCases.map(\.chinese)).count == AppointmentState.allCases.count)
        #expect(AppointmentPurpose.allCases.map(\.chinese) == ["申领", "补正", "领证"])
    }
}
