import CardProgramme
import FoundationEssentials
import Testing

/// The order of the waiting room and who is let in, against a plain reckoning (seeded histories).
struct RoomOrderTests {
    private static let start = day("2022-03-09").startOfDay.addingTimeInterval(9 * 3600)

    private func ticket(_ number: Int, lot: [UInt8]? = nil, person: UUID = UUID(), turn: Int = 1) -> RoomOrder.Ticket {
        RoomOrder.Ticket(person: person, number: number, turn: turn, lot: lot)
    }

    @Test func thosePresentStandByLotAndLaterOnesByArrival() {
        var order = RoomOrder(window: 1)
        let tickets = [
            self.ticket(1, lot: [9]), self.ticket(2, lot: [1, 2]), self.ticket(3, lot: [1]), self.ticket(5),
            self.ticket(7),
        ]
        for ticket in tickets { order.add(ticket) }
        #expect(order.people.isEmpty && order.waiting == 5 && order.next(at: Self.start) == nil)
        #expect(order.standing(of: tickets[0].person, at: Self.start) == .present)
        order.draw()
        let late = self.ticket(8)
        order.add(late)
        // Twice changes nothing.
        order.draw()
        order.add(late)
        #expect(order.people == [2, 1, 0, 3, 4].map { tickets[$0].person } + [late.person])
        #expect(order.standing(of: tickets[0].person, at: Self.start) == .waiting(position: 3, place: 3))
        #expect(order.standing(of: UUID(), at: Self.start) == nil)
    }

    @Test func aTurnEndsByLeavingOrByTimeAndAnotherStandsBehind() {
        var order = RoomOrder(window: 2)
        let people = (0..<4).map { _ in UUID() }
        for (index, person) in people.enumerated() {
            order.add(self.ticket(index + 1, lot: [UInt8(index)], person: person))
        }
        order.draw()
        #expect(order.next(at: Self.start) == 2)
        order.take(RoomOrder.Step(through: 2, at: Self.start))
        let end = Self.start.addingTimeInterval(RoomOrder.stay)
        #expect(order.standing(of: people[0], at: Self.start) == .admitted(place: 1, until: end))
        #expect(order.next(at: Self.start) == nil && order.inside(at: Self.start) == 2)
        order.leave(1, at: Self.start.addingTimeInterval(30))
        #expect(order.standing(of: people[0], at: Self.start) == .over && order.next(at: Self.start) == 3)
        order.take(RoomOrder.Step(through: 3, at: Self.start.addingTimeInterval(31)))
        // A step that leads back is none.
        order.take(RoomOrder.Step(through: 1, at: end))
        #expect(order.admittedThrough == 3 && order.steps.count == 2)
        let before = end.addingTimeInterval(-0.001)
        #expect(order.next(at: before) == nil)
        #expect(order.next(at: end) == 4 && order.standing(of: people[1], at: end) == .over)
        // Comes again.
        order.add(self.ticket(9, person: people[1], turn: 2))
        #expect(order.standing(of: people[1], at: end) == .waiting(position: 2, place: 5))
        #expect(order.ticket(of: people[1])?.number == 9)
    }

    @Test func whoWentWhileWaitingTakesNobodysRoom() {
        var order = RoomOrder(window: 1)
        for number in 1...4 { order.add(self.ticket(number)) }
        order.draw()
        order.leave(1, at: Self.start)
        order.leave(2, at: Self.start)
        #expect(order.waiting == 2 && order.next(at: Self.start) == 3)
        order.take(RoomOrder.Step(through: 3, at: Self.start))
        #expect(order.waiting == 1 && order.inside(at: Self.start) == 1)
        order.leave(4, at: Self.start)
        #expect(!order.hasWaiting && order.next(at: Self.start) == 4, "nobody waits, and the place is passed over")
        var present = RoomOrder(window: 1)
        for number in 1...3 { present.add(self.ticket(number, lot: [UInt8(number)])) }
        present.leave(2, at: Self.start)
        #expect(present.waiting == 2)
    }

    @Test func estimatesFollowThePaceAndHaveBounds() {
        var order = RoomOrder(window: 200)
        for number in 1...1000 { order.add(self.ticket(number)) }
        order.draw()
        order.take(RoomOrder.Step(through: 200, at: Self.start))
        // Nobody has left yet: the longest stay alone makes room for twenty a minute.
        #expect(order.pace(at: Self.start) == 20)
        #expect(RoomOrder.minutes(toPosition: 812, pace: 20) == 41)
        for number in 1...100 { order.leave(number, at: Self.start.addingTimeInterval(20)) }
        #expect(order.pace(at: Self.start.addingTimeInterval(60)) == 100)
        #expect(order.pace(at: Self.start.addingTimeInterval(81)) == 20)
        #expect(order.pace(at: Self.start.addingTimeInterval(RoomOrder.stay)) == 100, "those who ran out of time")
        #expect(RoomOrder.minutes(toPosition: 1, pace: 1000) == 1)
        #expect(RoomOrder.minutes(toPosition: 1_000_000, pace: 1) == RoomOrder.longestEstimate)
        #expect(RoomOrder.minutes(toPosition: 1, pace: 0) == RoomOrder.longestEstimate)
    }

    /// Two instances hear of the same things piecemeal and at different times, with clocks two seconds apart; both let in.
    @Test(arguments: UInt64(1)...60)
    func anyHistoryKeepsWindowOrderAndEverybodysTurn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let window = Int.random(in: 1...6, using: &random)
        var instances = [RoomOrder(window: window), RoomOrder(window: window)]
        // What the database holds, and how much of it each instance has read.
        var tickets: [RoomOrder.Ticket] = []
        var lefts: [(number: Int, at: Date)] = []
        var steps: [RoomOrder.Step] = []
        var drawn = false
        var read = [(tickets: 0, lefts: 0, steps: 0), (tickets: 0, lefts: 0, steps: 0)]
        var now = Self.start
        var admittedAt: [Int: Date] = [:]

        func refresh(_ which: Int) {
            for ticket in tickets[read[which].tickets...] { instances[which].add(ticket) }
            if drawn { instances[which].draw() }
            for step in steps[read[which].steps...] { instances[which].take(step) }
            for left in lefts[read[which].lefts...] { instances[which].leave(left.number, at: left.at) }
            read[which] = (tickets.count, lefts.count, steps.count)
        }

        for _ in 0..<300 {
            let which = Int.random(in: 0...1, using: &random)
            let clock = now.addingTimeInterval(which == 0 ? 0 : 2)
            switch Int.random(in: 0...9, using: &random) {
            case 0...3:
                let lot = drawn ? nil : (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
                tickets.append(
                    self.ticket((tickets.last?.number ?? 0) + Int.random(in: 1...3, using: &random), lot: lot))
            case 4: if tickets.count > 8 { drawn = true }
            case 5:
                if let ticket = tickets.randomElement(using: &random),
                    !lefts.contains(where: { $0.number == ticket.number })
                {
                    lefts.append((ticket.number, clock))
                }
            case 6: now += Double(Int.random(in: 0...240, using: &random))
            default:
                refresh(which)
                // Steps are taken one at a time, and only by who knows the last one.
                guard let through = instances[which].next(at: clock), read[which].steps == steps.count else { continue }
                let step = RoomOrder.Step(through: through, at: instances[which].stepTime(clock))
                #expect(step.at >= steps.last?.at ?? step.at)
                for place in (steps.last?.through ?? 0)..<through { admittedAt[place] = step.at }
                steps.append(step)
                refresh(which)
                let people = instances[which].people
                let gone = Set(lefts.map(\.number))
                let waiting = people[through...].count { person in
                    !gone.contains(tickets.first { $0.person == person }?.number ?? 0)
                }
                #expect(instances[which].waiting == waiting, "seed \(seed)")
                let inside = admittedAt.filter { place, at in
                    let ticket = tickets.first { $0.person == people[place] }
                    return at.addingTimeInterval(RoomOrder.stay) > clock && !gone.contains(ticket?.number ?? 0)
                }
                #expect(inside.count <= window, "seed \(seed)")
                #expect(instances[which].inside(at: clock) == inside.count, "seed \(seed)")
                if through < people.count {
                    #expect(inside.count == window, "seed \(seed): room was left although people wait")
                }
            }
        }
        drawn = true
        refresh(0)
        refresh(1)
        let present = tickets.filter { $0.lot != nil }.sorted { ($0.lot ?? []).lexicographicallyPrecedes($1.lot ?? []) }
        let expected = (present + tickets.filter { $0.lot == nil }).map(\.person)
        #expect(instances[0].people == expected && instances[1].people == expected, "seed \(seed)")
        for ticket in tickets {
            #expect(
                instances[0].standing(of: ticket.person, at: now) == instances[1].standing(of: ticket.person, at: now))
        }
        // Time passes and nobody books: everybody gets a turn.
        for _ in 0...tickets.count {
            now += RoomOrder.stay + 2
            if let through = instances[0].next(at: now) {
                instances[0].take(RoomOrder.Step(through: through, at: instances[0].stepTime(now)))
            }
        }
        #expect(!instances[0].hasWaiting && instances[0].admittedThrough == tickets.count, "seed \(seed)")
    }

    @Test func anOpeningIsKnownFromWhenPeopleGather() throws {
        let hours = RoomHours.standard
        let midnight = day("2022-03-01").startOfDay
        #expect(hours.opening(at: midnight.addingTimeInterval(8.5 * 3600 - 0.001)) == nil)
        let opening = try #require(hours.opening(at: midnight.addingTimeInterval(8.5 * 3600)))
        #expect(opening.id == "20220301T0900" && opening.opensAt == midnight.addingTimeInterval(9 * 3600))
        #expect(hours.opening(at: midnight.addingTimeInterval(86_399)) == opening)
        #expect(hours.clockTime == "9:00" && hours.gatheringTime == "8:30")
    }
}

struct ClientLimitTests {
    @Test func tenAtOnceThenOneASecond() {
        var limit = ClientLimit(burst: 10, rate: 1)
        #expect((0..<10).allSatisfy { _ in limit.pass("a", at: 100) == nil })
        #expect(limit.pass("a", at: 100) == 1)
        #expect(limit.pass("b", at: 100) == nil, "another subject is not concerned")
        #expect(limit.pass("a", at: 100.5) == 1)
        #expect(limit.pass("a", at: 101) == nil && limit.pass("a", at: 101) == 1)
        // Nothing is owed for having asked in vain, and nothing is saved up beyond ten.
        #expect((0..<10).allSatisfy { _ in limit.pass("a", at: 10_000) == nil })
        #expect(limit.pass("a", at: 10_000) == 1)
    }

    @Test func theWaitIsWhatIsMissing() {
        var limit = ClientLimit(burst: 1, rate: 0.1)
        #expect(limit.pass("a", at: 0) == nil && limit.pass("a", at: 0) == 10 && limit.pass("a", at: 4) == 6)
        // A clock that went back gives nothing and takes nothing.
        #expect(limit.pass("a", at: 1) == 6 && limit.pass("a", at: 10) == nil)
    }

    @Test(arguments: UInt64(1)...20)
    func neverMoreThanBurstAndRateAndTheMapIsBounded(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var limit = ClientLimit(burst: 5, rate: 2, capacity: 40)
        var passed: [String: [Double]] = [:]
        var now = 0.0
        for _ in 0..<5_000 {
            now += Double.random(in: 0...0.2, using: &random)
            // Few enough to be remembered.
            let subject = "s\(Int.random(in: 0..<12, using: &random))"
            if limit.pass(subject, at: now) == nil { passed[subject, default: []].append(now) }
            _ = limit.pass("once-\(Int.random(in: 0..<3, using: &random))", at: now)
        }
        for (subject, times) in passed {
            for (index, from) in times.enumerated() {
                let within = times[index...].prefix { $0 - from <= 10 }
                #expect(within.count <= 5 + 20 + 1, "seed \(seed): \(subject)")
            }
        }
        for number in 0..<10_000 { _ = limit.pass("x\(number)", at: now) }
        #expect(limit.count <= 41)
    }
}
