import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What a clerk sees of a call, who else sees it, and what is not taken (R107, R137).
    @Suite struct CallPageTests {
        private static let now = CallStand.now

        @Test func numbersAreInTheClearOnlyForWhoeverHasClaimedItAndThatIsOnRecord() async throws {
            let calls = try await CallStand.fresh()
            let (clerk, other) = (calls.clerk("looker"), calls.clerk("neighbour"))
            let callee = try await calls.person()
            let id = try await calls.open(callee)
            func secrets(_ text: String) -> Int { callee.numbers.count { text.contains($0) } }
            let before = try await calls.stand.call(.notification, "GET", "/api/calls/\(id)", as: clerk)
            #expect(before.status == 200 && secrets(before.text) == 0 && !before.text.contains("1951"))
            #expect(!before.text.contains("测试亲属"))
            let list = try await calls.stand.call(.notification, "GET", "/api/calls", as: clerk)
            #expect(list.status == 200 && secrets(list.text) == 0 && !list.text.contains(callee.name))
            let item = try #require(try list.decoded(CallAPI.List.self).calls.first { $0.id == id })
            #expect(item.maskedNumber == "\(callee.numbers[0].prefix(3))****\(callee.numbers[0].suffix(4))")
            let call = try await calls.claim(as: clerk)
            #expect(call.numbers.map(\.number) == callee.numbers && call.numbers.map(\.isNext) == [true, false, false])
            #expect(call.numbers.map(\.isOwn) == [true, true, false] && call.numbers[2].relative == "测试亲属（子女）")
            #expect(call.name == callee.name && call.bornYear == 1951 && call.script.count == 5)
            let seen = try await calls.stand.call(.notification, "GET", "/api/calls/\(id)", as: other)
            #expect(seen.status == 200 && secrets(seen.text) == 0 && seen.header("Cache-Control") == "no-store")
            let looks = try await calls.stand.ask(
                .notification, "GET", "/api/looks?person=\(callee.id)", as: Staff.auditor, for: LookRoutes.Answer.self
            ).looks
            #expect(looks.map(\.by) == [other.subject, clerk.subject, clerk.subject, clerk.subject])
            #expect(looks.allSatisfy { $0.what == .contact && $0.purpose == .calling })
            #expect(looks[0].chinese.contains("电话联系"))
        }

        @Test func whoSharesTheNumberAndWhoWantsNoMessagesIsShown() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("sharer")
            let callee = try await calls.person()
            var near = try await calls.person()
            var far = try await calls.person(at: Staff.otherStation)
            near.digests[0] = callee.digests[0]
            far.digests[2] = callee.digests[0]
            for person in [near, far] { try await calls.write(person) }
            try await calls.database.execute(
                """
                INSERT INTO suppression (digest, scope, since, by, reason)
                VALUES (\(callee.digests[0]), 'outreach', \(Self.now), 'reply', 'T')
                """)
            let id = try await calls.open(callee)
            let before = try await calls.page(id, as: clerk).numbers
            #expect(before.map(\.shared) == [2, 0, 0] && before.allSatisfy { $0.sharedWith.isEmpty })
            let numbers = try await calls.claim(as: clerk).numbers
            // Another station's people are counted and not named.
            #expect(numbers[0].sharedWith == [CallAPI.Person(personID: near.id, name: near.name)])
            #expect(numbers.map(\.shared) == [2, 0, 0] && numbers.map(\.optedOut) == [["outreach"], [], []])
            let looks = try await calls.stand.ask(
                .notification, "GET", "/api/looks?person=\(near.id)", as: Staff.auditor, for: LookRoutes.Answer.self
            ).looks
            #expect(looks.map(\.by) == [clerk.subject])
            try await calls.database.execute("DELETE FROM suppression WHERE digest = \(callee.digests[0])")
        }

        @Test func theSameAttemptAgainChangesNothing() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("twice")
            let people = try await calls.people(2)
            for callee in people { try await calls.open(callee) }
            let call = try await calls.claim(as: clerk)
            let attempt = UUID()
            let body = CallStand.attempt(call, .noAnswer, id: attempt, note: "电视声大，没听见")
            let replies = try await withThrowingTaskGroup(of: HTTPReply.self) { group in
                for _ in 0..<8 { group.addTask { try await calls.send(body, to: call.id, as: clerk) } }
                return try await group.reduce(into: [HTTPReply]()) { $0.append($1) }
            }
            let standings = try replies.map { try $0.decoded(CallAPI.Standing.self) }
            #expect(Set(standings).count == 1 && standings[0].version == 3)
            #expect(try await calls.page(call.id, as: clerk).attempts.count == 1)
            let path = "/api/calls/\(call.id)/attempts"
            try await calls.refuse(
                "another outcome", path, CallStand.attempt(call, .busy, id: attempt), as: clerk, 409, "call.id_taken")
            let other = try await calls.claim(as: clerk)
            try await calls.refuse(
                "another call", "/api/calls/\(other.id)/attempts", CallStand.attempt(other, .noAnswer, id: attempt),
                as: clerk, 409, "call.id_taken")
            // A note is sealed.
            let rows = try await calls.stand.rows(of: .notification)
            #expect(rows.contains { $0.table == "call_attempt" } && !rows.contains { $0.text.contains("电视") })
        }

        @Test func whatDoesNotFitIsRefusedAndSaysWhy() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("wrong")
            let callee = try await calls.person()
            let id = try await calls.open(callee, until: Self.now.addingTimeInterval(86_400 * 10))
            let path = "/api/calls/\(id)/attempts"
            let unclaimed = try await calls.page(id, as: clerk)
            try await calls.refuse(
                "unclaimed", path, CallStand.attempt(unclaimed, .busy), as: clerk, 409, "call.not_claimed")
            let call = try await calls.claim(as: clerk)
            func hours(_ hours: Double) -> Date { Self.now.addingTimeInterval(hours * 3_600) }
            let wrong: [(String, JSON, Int, String)] = [
                ("an older version", CallStand.attempt(call, .reached, version: 1), 409, "call.changed"),
                ("no time", CallStand.attempt(call, .callBack), 422, "call.time_missing"),
                ("a time for nothing", CallStand.attempt(call, .busy, at: hours(2)), 422, "call.time_unwanted"),
                ("the past", CallStand.attempt(call, .callBack, at: hours(0)), 422, "call.time_past"),
                ("the night", CallStand.attempt(call, .callBack, at: hours(11)), 422, "call.time_hours"),
                ("too far", CallStand.attempt(call, .callBack, at: hours(24 * 31)), 422, "call.time_too_far"),
                ("too late", CallStand.attempt(call, .callBack, at: hours(24 * 10)), 422, "call.time_too_late"),
                ("no appointment", CallStand.attempt(call, .booked), 422, "call.appointment_missing"),
                (
                    "an appointment for nothing", CallStand.attempt(call, .reached, appointment: UUID()), 422,
                    "call.appointment_unwanted"
                ),
                ("no number", CallStand.attempt(call, .emptyNumber), 422, "call.number_missing"),
                (
                    "a strange number", CallStand.attempt(call, .emptyNumber, number: "0123456789abcdef"), 409,
                    "call.number_changed"
                ),
                ("a blank note", CallStand.attempt(call, .reached, note: "  "), 422, "call.note"),
                ("a note of lines", CallStand.attempt(call, .reached, note: "一\n二"), 422, "call.note"),
                (
                    "a long note", CallStand.attempt(call, .reached, note: String(repeating: "字", count: 501)), 422,
                    "call.note"
                ),
            ]
            for (what, body, status, code) in wrong {
                try await calls.refuse(what, path, body, as: clerk, status, code)
            }
            let none = "018f0000-0000-7000-8000-00000000abcd"
            try await calls.refuse("an unknown call", "/api/calls/\(none)", nil, as: clerk, 404, "call.unknown")
            try await calls.refuse(
                "an unknown person", "/api/calls",
                ["id": .string(none), "person": .string(none), "purpose": .string("outreach")], as: clerk, 404,
                "contact.unknown")
            try await calls.refuse(
                "an unknown station", "/api/calls/next", ["station": .string("341602-99")], as: clerk, 422,
                "station.unknown")
            // Nothing of all that has cost the clerk the call.
            let longest = String(repeating: "字", count: 500)
            let reply = try await calls.send(CallStand.attempt(call, .reached, note: longest), to: id, as: clerk)
            #expect(reply.status == 200)
        }

        @Test func aCallIsOpenedByHandOnceHoweverOftenItIsAskedFor() async throws {
            let calls = try await CallStand.fresh()
            defer { calls.stand.clock.set(Self.now) }
            let clerk = calls.clerk("opener")
            let callee = try await calls.person()
            let id = UUID()
            let at = Self.now.addingTimeInterval(3_600)
            func wish(_ purpose: MessagePurpose, _ at: Date) -> JSON {
                [
                    "id": .string(id.uuidString), "person": .string(callee.id.uuidString),
                    "purpose": .string(purpose.rawValue), "at": .string(InstantText.format(at)),
                    "note": .string("想问领证时间"),
                ]
            }
            for _ in 0..<2 {
                let standing = try await calls.stand.ask(
                    .notification, "POST", "/api/calls", wish(.cardArrived, at), as: clerk, for: CallAPI.Standing.self)
                #expect(standing.id == id && standing.state == "open" && standing.version == 1)
                #expect(standing.dueAt == at && standing.promisedAt == at)
            }
            try await calls.refuse(
                "the same id", "/api/calls", wish(.outreach, at), as: clerk, 409, "call.id_taken")
            calls.stand.clock.set(at)
            let call = try await calls.claim(as: clerk)
            #expect(call.id == id && call.reason == .callBack && call.note == "想问领证时间")
            #expect(call.script.contains { $0.zh.contains("已到服务站") })
            #expect(try await calls.page(id, as: calls.clerk("other")).note == nil)
        }

        @Test func whatWaitsIsCountedByReasonAndDay() async throws {
            let calls = try await CallStand.fresh()
            let people = try await calls.people(4, at: "341602-03")
            let tomorrow = Self.now.addingTimeInterval(86_400)
            try await calls.open(people[0], .reply, opened: Self.now.addingTimeInterval(-7_200))
            try await calls.open(people[1], .reply, due: tomorrow)
            try await calls.open(people[2], .outreach, promised: Self.now.addingTimeInterval(-1_800))
            try await calls.open(people[3], .cannotBeTold, due: tomorrow.addingTimeInterval(86_400))
            let list = try await calls.stand.ask(
                .notification, "GET", "/api/calls?station=341602-03&limit=2&offset=1", as: Staff.centre(),
                for: CallAPI.List.self)
            #expect(list.total == 4 && list.calls.map(\.personID) == [people[0].id, people[1].id])
            #expect(list.counts.map(\.reason) == [.cannotBeTold, .reply, .outreach])
            #expect(list.counts.map(\.open) == [1, 2, 1] && list.counts.map(\.due) == [0, 1, 1])
            #expect(list.counts.map(\.promised) == [0, 0, 1] && list.counts.map(\.missed) == [0, 0, 1])
            #expect(
                list.counts[1].oldestDueAt == Self.now.addingTimeInterval(-7_200) && list.counts[0].oldestDueAt == nil)
            #expect(list.days.map(\.calls) == [2, 1, 1])
            #expect(list.days.map { "\($0.day)" } == ["2022-03-09", "2022-03-10", "2022-03-11"])
            let metrics = try await calls.stand.call(.notification, "GET", "/metrics").text
            for line in [
                #"notification_calls_open{reason="reply"} 2"#, #"notification_calls_due{reason="reply"} 1"#,
                #"notification_calls_oldest_due_seconds{reason="reply"} 7200"#,
                #"notification_calls_promised{reason="outreach"} 1"#,
                #"notification_calls_promises_missed{reason="outreach"} 1"#,
            ] {
                #expect(metrics.contains(line), "\(line)")
            }
        }

        /// The appointment it speaks of is moved in the call itself, and the news of that is here before the clerk has written
        /// what came of it.
        @Test func whatIsTakenBackWhileItIsMadeStillTakesItsOutcome() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("mover")
            let people = try await calls.people(2)
            func takenBack(_ callee: Callee) async throws -> CallAPI.Call {
                try await calls.open(callee, .unconfirmed)
                let call = try await calls.claim(as: clerk)
                try await calls.database.execute(
                    """
                    UPDATE call_task SET state = 'void', closed_at = \(Self.now), closed_by = 'notification',
                        version = version + 1
                    WHERE id = \(call.id)
                    """)
                return call
            }
            let call = try await takenBack(people[0])
            try await calls.refuse(
                "somebody else", "/api/calls/\(call.id)/attempts", CallStand.attempt(call, .reached),
                as: calls.clerk("other"), 409, "call.not_claimed")
            #expect(try await calls.record(call, .booked, appointment: UUID(), as: clerk).state == "done")
            let second = try await takenBack(people[1])
            #expect(try await calls.record(second, .noAnswer, as: clerk).state == "void")
            try await calls.refuse(
                "once more", "/api/calls/\(second.id)/attempts", CallStand.attempt(second, .reached), as: clerk, 409,
                "call.closed")
        }
    }
}
