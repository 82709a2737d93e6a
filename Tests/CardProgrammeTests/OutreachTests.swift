import CardProgramme
import FoundationEssentials
import Testing

/// Outreach: who is tried how, at what pace, and what ends it (R25, R26, R105).
@Suite struct OutreachTests {
    private static func reach(
        age: Int? = 40, mobiles: Int = 1, willing: Int = 1, own: Int = 1, related: Int = 1, address: Bool = true
    ) -> OutreachReach {
        OutreachReach(
            age: age, mobiles: mobiles, willingMobiles: willing, ownNumbers: own, relatedNumbers: related,
            hasAddress: address)
    }

    private static func instant(_ text: String) throws -> Date { try #require(InstantText.parse(text)) }

    @Test func stepsThatAreNotForSomebodyAreLeftOutWithTheirReason() {
        let ladder = OutreachLadder.standard
        #expect(ladder.mistakes.isEmpty)
        #expect(ladder.next(from: 0, for: Self.reach()).step == 0)
        let old = ladder.next(from: 0, for: Self.reach(age: 80))
        #expect(old.step == 2 && old.skipped.map(\.why) == [.age, .age])
        #expect(ladder.next(from: 0, for: Self.reach(age: 79)).step == 0)
        #expect(ladder.next(from: 0, for: Self.reach(age: nil)).step == 0)
        let unwilling = ladder.next(from: 0, for: Self.reach(willing: 0))
        #expect(unwilling.step == 2 && unwilling.skipped.map(\.why) == [.optedOut, .optedOut])
        let nothing = Self.reach(mobiles: 0, willing: 0, own: 0, related: 0, address: false)
        let alone = ladder.next(from: 0, for: nothing)
        #expect(
            alone.step == 5 && alone.skipped.map(\.why) == [.noNumber, .noNumber, .noNumber, .noRelative, .noAddress])
        #expect(ladder.next(from: 6, for: nothing).step == nil)
    }

    /// From every step, for everybody: the ladder ends, and each step is taken or left out exactly once.
    @Test func everybodyReachesTheEndAndNoStepIsLost() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let steps = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                OutreachLadder.Step(
                    OutreachMeans.allCases.randomElement(using: &random) ?? .inquiry, waitDays: 1,
                    notFromAge: Bool.random(using: &random) ? 70 : nil)
            }
            let ladder = OutreachLadder(steps: steps)
            let reach = Self.reach(
                age: Int.random(in: 20...99, using: &random), mobiles: Int.random(in: 0...1, using: &random),
                willing: Int.random(in: 0...1, using: &random), own: Int.random(in: 0...1, using: &random),
                related: Int.random(in: 0...1, using: &random), address: Bool.random(using: &random))
            var seen: [Int] = []
            var from = 0
            while true {
                let (step, skipped) = ladder.next(from: from, for: reach)
                seen += skipped.map(\.step)
                guard let step else { break }
                seen.append(step)
                from = step + 1
            }
            #expect(seen == Array(steps.indices))
        }
    }

    @Test func aLadderThatCannotWorkIsRefusedInWords() {
        #expect(!OutreachLadder(steps: []).mistakes.isEmpty)
        let noPaper = OutreachLadder(steps: [.init(.message, waitDays: 3), .init(.call, waitDays: 3)])
        #expect(noPaper.mistakes.count == 1 && noPaper.mistakes[0].zh.contains("协查"))
        let odd = OutreachLadder(steps: [.init(.letter, waitDays: 0, band: .evening, notFromAge: 0)])
        #expect(odd.mistakes.count == 3)
        #expect(!OutreachLadder(steps: Array(repeating: .init(.letter, waitDays: 1), count: 13)).mistakes.isEmpty)
    }

    /// 2022-03-11 is a Friday: what does not fit into its hours goes on Monday; the Saturday before a holiday is a working day.
    @Test func messagesGetTheirHourAndNoHourMoreThanItTakes() throws {
        var pace = OutreachPace.messages(perHour: 10, band: .evening, calendar: .china)
        let places = pace.take(45, from: try Self.instant("2022-03-11T11:45:00Z"))
        #expect(places.map(\.count) == [10, 10, 10, 10, 5])
        #expect(
            places.map(\.at) == [
                try Self.instant("2022-03-11T11:45:00Z"), try Self.instant("2022-03-14T10:30:00Z"),
                try Self.instant("2022-03-14T11:00:00Z"), try Self.instant("2022-03-15T10:30:00Z"),
                try Self.instant("2022-03-15T11:00:00Z"),
            ])
        // What is taken stays so for whoever comes next.
        var next = OutreachPace.messages(perHour: 10, band: nil, calendar: .china, taken: pace.taken)
        let last = next.take(1, from: try Self.instant("2022-03-15T11:10:00Z"))
        #expect(last.map(\.at) == [try Self.instant("2022-03-15T11:10:00Z")])
        #expect(next.taken.values.allSatisfy { $0 <= 10 })
        var saturday = OutreachPace.messages(perHour: 1, band: .morning, calendar: .china)
        #expect(
            saturday.take(1, from: try Self.instant("2022-04-02T00:00:00Z")).map(\.at) == [
                try Self.instant("2022-04-02T01:00:00Z")
            ])
    }

    /// At a pace that would take more than a year nobody is given a place beyond it.
    @Test func nobodyGetsAPlaceBeyondAYear() throws {
        let now = try Self.instant("2022-03-09T02:00:00Z")
        var pace = OutreachPace.calls(perDay: 1, calendar: .china)
        let places = pace.take(1_000, from: now)
        let count = places.reduce(0) { $0 + $1.count }
        #expect(count > 240 && count < 270)
        #expect(places.allSatisfy { $0.at < now.addingTimeInterval(366 * 86_400) })
    }

    @Test func callsGetTheirDayAndNoDayMoreThanTheDeskCarries() throws {
        var pace = OutreachPace.calls(perDay: 2, calendar: .china)
        let places = pace.take(5, from: try Self.instant("2022-03-11T08:00:00Z"))
        #expect(places.map(\.count) == [2, 2, 1])
        #expect(
            places.map { CalendarDay($0.at).description } == ["2022-03-11", "2022-03-14", "2022-03-15"])
    }

    @Test func whatEndsALineIsWhatSomebodyKnows() {
        for outcome in CallOutcome.allCases {
            #expect((outcome.outreach != nil) == (outcome.knowing != nil || outcome == .deceased), "\(outcome)")
        }
        // From drawing to closed or cancelled, and nowhere else.
        for state in CampaignState.allCases {
            let next = Set(CampaignAct.allCases.compactMap { $0.after(state) })
            #expect(next.isEmpty == (state == .closed || state == .cancelled))
        }
    }
}
