import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Who is called next, by whom, and that nobody is called by two (R107, R115).
    @Suite struct CallTests {
        private static let now = CallStand.now

        private struct Random: RandomNumberGenerator {
            var state: UInt64

            mutating func next() -> UInt64 {
                self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return self.state ^ (self.state >> 29)
            }
        }

        /// What waits is handed out in the order the rules say, from every mixture of reasons, ages and promises.
        @Test func callsAreHandedOutInTheOrderOfTheRules() async throws {
            let calls = try await CallStand.fresh()
            var random = Random(state: 20_220_309)
            var waiting: [QueuedCall] = []
            for callee in try await calls.people(30) {
                let opened = Self.now.addingTimeInterval(Double(Int.random(in: -6...0, using: &random)) * 3_600)
                let promised: Date? =
                    Bool.random(using: &random)
                    ? Self.now.addingTimeInterval(Double(Int.random(in: -4...4, using: &random)) * 60) : nil
                let due = promised ?? opened.addingTimeInterval(Double(Int.random(in: 0...4, using: &random)) * 3_600)
                let reason = try #require(CallReason.allCases.randomElement(using: &random))
                let id = try await calls.open(callee, reason, opened: opened, due: due, promised: promised)
                waiting.append(
                    QueuedCall(id: id, reason: reason, openedAt: opened, dueAt: due, promisedAt: promised))
            }
            let expected = QueuedCall.queue(waiting, at: Self.now).map(\.id)
            #expect(expected.count > 10 && expected.count < 30)
            let list = try await calls.stand.ask(
                .notification, "GET", "/api/calls?station=\(Staff.ownStation)&limit=200", as: Staff.centre(),
                for: CallAPI.List.self)
            #expect(Array(list.calls.map(\.id).prefix(expected.count)) == expected)
            var handed: [UUID] = []
            for clerk in 0..<30 {
                // The centre's clerks are given everything, what is theirs alone included.
                guard let call = try await calls.next(as: Staff.centre("c\(clerk)"), station: Staff.ownStation).call
                else { break }
                handed.append(call.id)
            }
            #expect(handed == expected)
        }

        @Test func manyClerksAtOnceNeverGetTheSameCallNorOneTooMany() async throws {
            let calls = try await CallStand.fresh()
            var opened: Set<UUID> = []
            for callee in try await calls.people(24) { opened.insert(try await calls.open(callee)) }
            let handed = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for clerk in 0..<16 {
                    group.addTask {
                        var mine: [UUID] = []
                        for _ in 0..<2 {
                            guard let call = try await calls.next(as: calls.clerk("many-\(clerk)")).call else { break }
                            mine.append(call.id)
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(handed.count == 24 && Set(handed) == opened)
            #expect(try await calls.next(as: calls.clerk("late")).call == nil)

            // One clerk who asks ten times at once gets as many as one may hold.
            for callee in try await calls.people(6) { try await calls.open(callee) }
            let replies = try await withThrowingTaskGroup(of: HTTPReply.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await calls.stand.call(
                            .notification, "POST", "/api/calls/next", as: calls.clerk("greedy"))
                    }
                }
                return try await group.reduce(into: [HTTPReply]()) { $0.append($1) }
            }
            #expect(replies.count(where: { $0.status == 200 }) == CallRules.mostHeld)
            let refused = replies.filter { $0.status == 409 }
            #expect(refused.count == 10 - CallRules.mostHeld)
            #expect(refused.allSatisfy { $0.told("too many")?.code == "call.held_enough" })
        }

        @Test func aClaimEndsAfterAQuarterOfAnHourOfTheProgramme() async throws {
            let calls = try await CallStand.fresh()
            defer { calls.stand.clock.set(Self.now) }
            let id = try await calls.open(try await calls.person())
            let (first, second) = (calls.clerk("first"), calls.clerk("second"))
            let claimed = try await calls.claim(as: first)
            let end = Self.now.addingTimeInterval(CallRules.lease)
            #expect(claimed.id == id && claimed.isMine && claimed.claimedUntil == end && claimed.version == 2)
            calls.stand.clock.set(end.addingTimeInterval(-0.001))
            let nothing = try await calls.next(as: second)
            #expect(nothing.call == nil && nothing.dueAt == end)
            #expect(try await !calls.page(id, as: second).isMine)
            calls.stand.clock.set(end)
            // Until somebody else takes it, what came of it may still be recorded, but nothing is shown in the clear.
            #expect(try await !calls.page(id, as: first).isMine)
            let again = try await calls.claim(as: second)
            #expect(again.id == id && again.version == 3)
            try await calls.refuse(
                "the former holder", "/api/calls/\(id)/attempts", CallStand.attempt(claimed, .reached), as: first, 409,
                "call.not_claimed")
            try await calls.refuse(
                "release by the former holder", "/api/calls/\(id)/release", ["version": .number(3)], as: first, 409,
                "call.not_claimed")
            try await calls.refuse(
                "an older version", "/api/calls/\(id)/release", ["version": .number(2)], as: second, 409,
                "call.changed")
            let released = try await calls.stand.ask(
                .notification, "POST", "/api/calls/\(id)/release", ["version": .number(3)], as: second,
                for: CallAPI.Standing.self)
            #expect(released.state == "open" && released.version == 4)
            #expect(try await calls.claim(as: first).id == id)
            // Late, and nobody else has it.
            calls.stand.clock.set(end.addingTimeInterval(CallRules.lease + 60))
            let late = try await calls.page(id, as: first)
            #expect(try await calls.record(late, .reached, as: first).state == "done")
        }

        @Test func aPromisedCallComesToTheMinuteAndIsMissedAfterAQuarterOfAnHour() async throws {
            let calls = try await CallStand.fresh()
            defer { calls.stand.clock.set(Self.now) }
            let clerk = calls.clerk("keeper")
            let people = try await calls.people(3)
            let promised = try await calls.open(people[0])
            let call = try await calls.claim(as: clerk)
            let at = Self.now.addingTimeInterval(37 * 60)
            let standing = try await calls.record(call, .callBack, at: at, note: "下午要去医院", as: clerk)
            #expect(standing.state == "open" && standing.dueAt == at && standing.promisedAt == at)
            // Older, and of a reason that comes before.
            let older = try await calls.open(people[1], .cannotBeTold, opened: Self.now.addingTimeInterval(-86_400))
            calls.stand.clock.set(at.addingTimeInterval(-0.001))
            #expect(try await calls.claim(as: clerk).id == older)
            let early = try await calls.next(as: calls.clerk("early"))
            #expect(early.call == nil && early.dueAt == at)
            // Due to the minute, in the same part of the day, before whatever else waits.
            try await calls.open(people[2], .wantsChange, opened: Self.now.addingTimeInterval(-86_400 * 9))
            calls.stand.clock.set(at)
            let kept = try await calls.claim(as: clerk)
            #expect(kept.id == promised && kept.promisedAt == at && kept.attempts.map(\.outcome) == [.callBack])
            #expect(kept.attempts[0].note == "下午要去医院" && kept.attempts[0].promisedAt == at)
            let name = #"notification_calls_promises_missed{reason="outreach"}"#
            func missed() async throws -> Bool {
                try await calls.stand.call(.notification, "GET", "/metrics").text.contains("\(name) 1")
            }
            calls.stand.clock.set(at.addingTimeInterval(CallRules.promiseGrace))
            #expect(try await !missed())
            calls.stand.clock.set(at.addingTimeInterval(CallRules.promiseGrace + 1))
            #expect(try await missed())
            // Made after all: an attempt in vain breaks no promise that is still open.
            #expect(try await calls.record(kept, .noAnswer, as: clerk).promisedAt == nil)
            #expect(try await !missed())
        }

        @Test func nobodyIsCalledAtNightNorTwiceInOnePartOfTheDay() async throws {
            let calls = try await CallStand.fresh()
            defer { calls.stand.clock.set(Self.now) }
            let clerk = calls.clerk("night")
            let id = try await calls.open(try await calls.person())
            for (hour, minute) in [(7, 59), (21, 0)] {
                calls.stand.clock.set(try BookingStand.at(9, hour, minute))
                try await calls.refuse("\(hour) o'clock", "/api/calls/next", [:], as: clerk, 409, "call.hours")
            }
            calls.stand.clock.set(Self.now)
            // Its time came yesterday afternoon; last time was a morning, and so is now.
            try await calls.database.execute(
                """
                UPDATE call_task SET last_band = 'weekdayMorning', due_at = \(Self.now.addingTimeInterval(-70_000))
                WHERE id = \(id)
                """)
            #expect(try await calls.next(as: clerk).call == nil)
            calls.stand.clock.set(try BookingStand.at(9, 12, 0))
            #expect(try await calls.claim(as: clerk).id == id)
        }

        @Test func whatIsOverIsNotCalledAndOnePersonIsNotCalledByTwo() async throws {
            let calls = try await CallStand.fresh()
            let people = try await calls.people(2)
            let over = try await calls.open(people[0], until: Self.now)
            #expect(try await calls.next(as: calls.clerk("one")).call == nil)
            let state = try await calls.database.query("SELECT state FROM call_task WHERE id = \(over)").rows[0]
                .decode(String.self)
            #expect(state == "expired")
            for reason in [CallReason.outreach, .reply] { try await calls.open(people[1], reason) }
            #expect(try await calls.claim(as: calls.clerk("one")).reason == .reply)
            #expect(try await calls.next(as: calls.clerk("two")).call == nil)
            // Both in one conversation.
            #expect(try await calls.claim(as: calls.clerk("one")).reason == .outreach)
        }

        @Test func eachStationSeesAndTakesItsOwnOnly() async throws {
            let calls = try await CallStand.fresh()
            let mine = try await calls.person()
            let theirs = try await calls.person(at: Staff.otherStation)
            let own = try await calls.open(mine)
            let foreign = try await calls.open(theirs, opened: Self.now.addingTimeInterval(-3_600))
            let death = try await calls.open(mine, .death, opened: Self.now.addingTimeInterval(-7_200))
            let clerk = calls.clerk("own")
            let list = try await calls.stand.ask(
                .notification, "GET", "/api/calls", as: clerk, for: CallAPI.List.self)
            #expect(list.calls.contains { $0.id == own })
            #expect(!list.calls.contains { $0.id == foreign || $0.id == death })
            for id in [foreign, death] {
                let body: JSON = ["version": .number(1)]
                try await calls.refuse("its page", "/api/calls/\(id)", nil, as: clerk, 403, "access.denied")
                try await calls.refuse("release", "/api/calls/\(id)/release", body, as: clerk, 403, "access.denied")
            }
            let other: JSON = ["station": .string(Staff.otherStation)]
            try await calls.refuse("another's", "/api/calls/next", other, as: clerk, 403, "access.denied")
            try await calls.refuse(
                "another's list", "/api/calls?station=\(Staff.otherStation)", nil, as: clerk, 403, "access.denied")
            let open: JSON = [
                "id": .string(UUID().uuidString), "person": .string(theirs.id.uuidString),
                "purpose": .string("outreach"),
            ]
            try await calls.refuse("opened elsewhere", "/api/calls", open, as: clerk, 403, "access.denied")
            #expect(try await calls.claim(as: clerk).id == own)
            #expect(try await calls.next(as: clerk).call == nil)
            #expect(try await calls.next(as: Staff.centre("calls"), station: Staff.otherStation).call?.id == foreign)
            // What is the centre's waits until nobody of the station has the person on the telephone.
            #expect(try await calls.next(as: Staff.centre("calls")).call == nil)
            let held = try await calls.page(own, as: clerk)
            #expect(try await calls.record(held, .reached, as: clerk).state == "done")
            #expect(try await calls.claim(as: Staff.centre("calls")).id == death)

        }

        @Test func whatWaitsGoesWithTheFileToAnotherStation() async throws {
            let calls = try await CallStand.fresh()
            let callee = try await calls.person()
            let id = try await calls.open(callee)
            var moved = callee.person
            moved.station = Staff.otherStation
            _ = try await calls.stand.ask(
                .intake, "POST", "/api/persons", try moved.registration(), as: Staff.centre(),
                for: IntakeAPI.Person.self)
            try await calls.stand.settle()
            #expect(try await calls.next(as: calls.clerk("here")).call == nil)
            let call = try await calls.claim(as: calls.clerk("there", at: Staff.otherStation))
            #expect(call.id == id && call.station == Staff.otherStation)
        }
    }
}
