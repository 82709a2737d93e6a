import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import Glibc
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The waiting room before an opening, by people who come, wait, book, go or come again, at instances that die and
    /// whose clocks differ.
    @Suite struct WaitingRoomTests {
        @Test func theDrawIsThatOfTheSeedAndInstancesAgree() async throws {
            let room = try await RoomStand("draw", window: 3)
            let clock = try room.clock("1", RoomStand.at(8, 20))
            // Two seconds ahead.
            let ahead = try room.clock("2", RoomStand.at(8, 20, 2))
            let one = try await room.start("1", clock)
            let two = try await room.start("2", ahead)

            let early = try await room.join(UUID(), at: one)
            #expect(early.state == .free && early.ticket == nil && early.chinese.contains("8:30"))
            clock.set(RoomStand.at(8, 40))
            ahead.set(RoomStand.at(8, 40, 2))
            let people = (0..<12).map { _ in UUID() }
            var tickets: [UUID: String] = [:]
            for (index, person) in people.enumerated() {
                let joined = try await room.join(person, at: index.isMultiple(of: 2) ? one : two)
                #expect(joined.state == .present && joined.opening == "20220309T0900" && joined.place == nil)
                #expect(joined.opensAt == RoomStand.at(9, 0))
                tickets[person] = joined.ticket
                // A second click, at either instance, is the same ticket.
                for instance in [one, two] {
                    #expect(try await room.join(person, at: instance).ticket == joined.ticket)
                }
            }
            #expect(Set(tickets.values).count == 12)
            let present = try await ServiceStand.eventually("the first instance knows all") {
                let answer = try await room.ask(people[0], tickets[people[0]], at: one)
                return answer.of == 12 ? answer : nil
            }
            #expect(present.chinese.hasPrefix("已到场12人，9:00抽签排序"))
            #expect(present.english.hasPrefix("12 people are here; the order is drawn at 9:00"))
            let before = try await room.figures(at: two)
            #expect(before.seed == nil && before.drawnAt == nil && before.admitted == 0)
            let commitment = try #require(before.commitment)

            // The second instance's clock strikes nine first.
            clock.set(RoomStand.at(8, 59, 58.5))
            ahead.set(RoomStand.at(9, 0, 0.5))
            let figures = try await room.admitted(3, at: one)
            let seed = try #require(figures.seed)
            #expect(figures.commitment == commitment && figures.joined == 12 && figures.inside == 3)
            #expect(figures.drawnAt == RoomStand.at(9, 0, 0.5))
            // Came when the first instance's clock still said 8:59: after the draw all the same.
            let late = UUID()
            let other = UUID()
            tickets[late] = try await room.join(late, at: one).ticket
            tickets[other] = try await room.join(other, at: two).ticket
            clock.set(RoomStand.at(9, 0, 1))
            ahead.set(RoomStand.at(9, 0, 3))
            let expected = RoomStand.drawn(people, seed: seed) + [late, other]
            #expect(expected != people + [late, other])
            for instance in [one, two] {
                let places = try await room.places(tickets, at: instance)
                #expect(places.sorted { $0.value < $1.value }.map(\.key) == expected)
                #expect(Set(places.values) == Set(1...14))
            }
            let waiting = try await room.ask(late, tickets[late], at: two)
            #expect(waiting.state == .waiting && waiting.position == 10 && waiting.of == 11)
            #expect(waiting.chinese == "第10位，共11人，约\(waiting.minutes ?? 0)分钟。")
            #expect(waiting.english == "Position 10 of 11, about \(waiting.minutes ?? 0) minutes.")
            let first = try await room.ask(expected[0], tickets[expected[0]], at: one)
            #expect(first.state == .admitted && first.until == RoomStand.at(9, 10, 0.5))
            for instance in [one, two] { #expect(await room.stand.stop(instance) == .exited(0)) }
        }

        @Test func theWindowKeepsAndMovesOnByLeavingAndByTime() async throws {
            let room = try await RoomStand("window", window: 2)
            let clock = try room.clock("1", RoomStand.at(9, 5))
            let one = try await room.start("1", clock)
            let two = try await room.start("2", clock)
            var people: [(id: UUID, ticket: String)] = []
            for index in 0..<7 {
                let person = UUID()
                let joined = try await room.join(person, at: index.isMultiple(of: 2) ? one : two)
                // With nobody before them they are let in at once.
                #expect(joined.state == (index < 2 ? .admitted : .waiting) && joined.place == index + 1)
                people.append((person, try #require(joined.ticket)))
            }
            // Somebody who may book goes: at one instance, and the other one knows.
            let gone = try await room.call("DELETE", people[0].id, at: two).decoded(IntakeAPI.Room.self)
            #expect(gone.state == .over)
            for instance in [one, two] { #expect(try await room.admitted(3, at: instance).inside == 2) }
            #expect(try await room.ask(people[2].id, people[2].ticket, at: one).state == .admitted)
            // Somebody who waits goes, and holds up nobody.
            _ = try await room.call("DELETE", people[3].id, at: one)
            clock.set(RoomStand.at(9, 14, 59.9))
            #expect(try await room.ask(people[1].id, people[1].ticket, at: two).state == .admitted)
            clock.set(RoomStand.at(9, 15, 0.1))
            // Places 2 and 3 are over; 4 went; 5 and 6 are let in.
            try await room.admitted(6, at: one)
            for (index, state) in [
                (1, IntakeAPI.Room.State.over), (2, .over), (3, .over), (4, .admitted), (6, .waiting),
            ] {
                let answer = try await ServiceStand.eventually("the second instance knows") {
                    let answer = try await room.ask(people[index].id, people[index].ticket, at: two)
                    return answer.state == state ? answer : nil
                }
                #expect((answer.state == .over) == (answer.position == nil && answer.until == nil))
            }
            // Nobody is locked out: who was not in time comes again, behind the others; the old ticket stays over.
            let again = try await room.join(people[1].id, at: two)
            #expect(again.state == .waiting && again.place == 8 && again.ticket != people[1].ticket)
            #expect(try await room.ask(people[1].id, people[1].ticket, at: two).state == .over)
            #expect(try await room.join(people[1].id, at: two).ticket == again.ticket)
            let rows = try await room.query("SELECT turn FROM room_ticket WHERE person = \(people[1].id) ORDER BY turn")
            #expect(try rows.map { try $0.decode(Int16.self) } == [1, 2])
            // Ten o'clock is past: while people wait one still queues, and when nobody does one need not.
            clock.set(RoomStand.at(10, 0, 1))
            let afterwards = try await ServiceStand.eventually("nobody waits") {
                let answer = try await room.ask(UUID(), nil, at: one)
                return answer.state == .free ? answer : nil
            }
            #expect(afterwards.ticket == nil)
            let free = try await room.join(UUID(), at: one)
            #expect(free.state == .free && free.ticket == nil)
            for instance in [one, two] { #expect(await room.stand.stop(instance) == .exited(0)) }
        }

        @Test func ticketsThatAreForgedForeignOrOldAreRefused() async throws {
            let room = try await RoomStand("forged", window: 1)
            let clock = try room.clock("1", RoomStand.at(9, 0, day: "2022-03-08"))
            let one = try await room.start("1", clock)
            let person = UUID()
            let other = UUID()
            let yesterdays = try #require(try await room.join(person, at: one).ticket)
            clock.set(RoomStand.at(8, 0))
            let early = try await room.call("GET", person, ticket: yesterdays, at: one)
            #expect(early.status == 409 && early.told("before anybody gathers")?.code == "room.ticket_past")
            clock.set(RoomStand.at(9, 1))
            let mine = try #require(try await room.join(person, at: one).ticket)
            let theirs = try #require(try await room.join(other, at: one).ticket)
            #expect(try await room.ask(person, mine, at: one).state == .admitted)
            let before = try await room.query(
                "SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY number)) FROM room_ticket t")
            let parts = mine.split(separator: ".").map(String.init)
            func edited(_ index: Int, _ text: String) -> String {
                var parts = parts
                parts[index] = text
                return parts.joined(separator: ".")
            }
            let last = parts[parts.count - 1]
            let forged: [(what: String, ticket: String)] = [
                ("somebody else's", theirs), ("another number", edited(1, "\((Int(parts[1]) ?? 0) + 1)")),
                ("a number written otherwise", edited(1, "0" + parts[1])),
                ("another opening", edited(0, "20220310T0900")),
                ("another signature", edited(parts.count - 1, String(last.reversed()))),
                ("upper case", edited(parts.count - 1, last.uppercased())),
                ("a digit short", String(mine.dropLast())), ("another key", edited(2, "review-1")),
                ("no signature", parts.dropLast().joined(separator: ".")), ("nothing in it", "..."),
                ("a word", "ticket"),
                ("very long", String(repeating: "7", count: 5_000)),
                ("a token", try room.stand.token(Staff.applicant(person))),
                ("an empty signature", edited(parts.count - 1, "")),
            ]
            // At another instance too, which has never seen these people; and each by a caller of their own.
            let two = try await room.start("2", clock)
            for (what, ticket) in forged {
                for instance in [one, two] {
                    let subject = Principal(
                        subject: UUID().uuidString, role: .applicant, division: Staff.division, person: person)
                    let reply = try await room.stand.call(
                        .intake, "GET", "/api/room", as: subject, headers: [("Youdai-Ticket", ticket)], at: instance)
                    #expect(reply.status == 422, "\(what): \(reply.status) \(reply.text)")
                    #expect(reply.told(what)?.code == "room.ticket_invalid")
                    for secret in [person, other] {
                        #expect(!reply.text.lowercased().contains(secret.uuidString.lowercased()), "\(what)")
                    }
                }
            }
            let past = try await room.call("GET", person, ticket: yesterdays, at: two)
            #expect(past.status == 409 && past.told("yesterday's")?.code == "room.ticket_past")
            #expect(!mine.lowercased().contains(person.uuidString.prefix(8).lowercased()))
            let after = try await room.query(
                "SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY number)) FROM room_ticket t")
            #expect(try before[0].decode(Int.self, String.self) == after[0].decode(Int.self, String.self))
            // The log has no ticket in it.
            for instance in [one, two] {
                #expect(await room.stand.stop(instance) == .exited(0))
                #expect(!instance.process.output.contains(last))
            }
        }

        @Test func whicheverInstanceIsKilledAnotherLetsInAndTheOrderStays() async throws {
            let room = try await RoomStand("killed", window: 2)
            let clock = try room.clock("1", RoomStand.at(8, 45))
            var instances = [try await room.start("1", clock), try await room.start("2", clock)]
            var tickets: [UUID: String] = [:]
            for index in 0..<12 {
                let person = UUID()
                tickets[person] = try await room.join(person, at: instances[index % 2]).ticket
            }
            clock.set(RoomStand.at(9, 0))
            for instance in instances { try await room.admitted(2, at: instance) }
            let order = try await room.places(tickets, at: instances[1])
            // One after the other is killed while the order moves on, until everybody alive is new.
            for round in 1...4 {
                let victim = instances.removeFirst()
                clock.set(RoomStand.at(9, 10 * round, 1))
                victim.process.signal(SIGKILL)
                #expect(await victim.process.ending() == .killed(signal: Int(SIGKILL)))
                await victim.caller.shutdown()
                try await room.admitted(2 + 2 * round, at: instances[0])
                instances.append(try await room.start("\(2 + round)", clock))
            }
            let figures = try await room.admitted(10, at: instances[1])
            #expect(figures.waiting == 2 && figures.inside == 2 && figures.joined == 12)
            // Everybody has the place they had.
            for (person, place) in try await room.places(tickets.filter { order[$0.key] ?? 0 > 10 }, at: instances[1]) {
                #expect(order[person] == place)
            }
            let steps = try await room.query("SELECT through FROM room_step ORDER BY at").map {
                try $0.decode(Int.self)
            }
            #expect(steps == [2, 4, 6, 8, 10], "nobody was let in twice")
            for instance in instances { #expect(await room.stand.stop(instance) == .exited(0)) }
        }

        @Test func positionsAreToldWhileTheDatabaseIsAway() async throws {
            let room = try await RoomStand("away", window: 1)
            let clock = try room.clock("1", RoomStand.at(9, 2))
            let one = try await room.start("1", clock)
            let (first, second) = (UUID(), UUID())
            _ = try await room.join(first, at: one)
            let ticket = try #require(try await room.join(second, at: one).ticket)
            try await room.administer("ALTER DATABASE \(identifier: room.database) ALLOW_CONNECTIONS false")
            try await room.administer(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(room.database)")
            let waiting = try await room.ask(second, ticket, at: one)
            #expect(waiting.state == .waiting && waiting.position == 1)
            // Somebody known needs no database; somebody new is told, and not left waiting.
            #expect(try await room.join(second, at: one).ticket == ticket)
            let reply = try await room.call("POST", UUID(), at: one)
            #expect(reply.status == 503 && reply.told("without the database")?.code == "room.unavailable")
            #expect(reply.header("Retry-After") == "2")
            #expect(try await room.ask(second, ticket, at: one).position == 1)
            // Gone meanwhile: written when the database is back.
            _ = try await room.call("DELETE", first, at: one)
            try await room.administer("ALTER DATABASE \(identifier: room.database) ALLOW_CONNECTIONS true")
            try await room.admitted(2, at: one)
            #expect(try await room.ask(second, ticket, at: one).state == .admitted)
            // The order may move on in the very look that found the database again; the next one writes who is gone.
            try await ServiceStand.eventually("the end of the first is written") {
                let left = try await room.query(
                    "SELECT count(*) FROM room_ticket WHERE person = \(first) AND left_at IS NOT NULL")
                return try left[0].decode(Int.self) == 1 ? true : nil
            }
            let late = try await room.join(UUID(), at: one)
            #expect(late.state == .waiting && late.place == 3)
            #expect(await room.stand.stop(one) == .exited(0))
        }

        @Test func oneClientIsSlowedAndNobodyElse() async throws {
            let room = try await RoomStand("limits", window: 10, isLimited: true)
            let clock = try room.clock("1", RoomStand.at(9, 2))
            let one = try await room.start("1", clock)
            let eager = UUID()
            // Before the first look at the database, nobody is told anything.
            try await ServiceStand.eventually("the room answers") {
                try await room.call("GET", UUID(), at: one).status == 200 ? true : nil
            }
            let replies = try await withThrowingTaskGroup(of: HTTPReply.self) { group in
                for _ in 0..<60 { group.addTask { try await room.call("GET", eager, at: one) } }
                return try await group.reduce(into: [HTTPReply]()) { $0.append($1) }
            }
            let refused = replies.filter { $0.status == 429 }
            // Ten at once, and one for each second it took.
            #expect(refused.count >= 40 && replies.count { $0.status == 200 } >= 10)
            #expect(refused.count + replies.count { $0.status == 200 } == 60)
            let told = try #require(refused.first?.told("too often"))
            #expect(told.code == "client.too_often" && told.zh.contains("请稍候1秒再试") && told.en.contains("wait 1 second"))
            #expect(refused.allSatisfy { $0.header("Retry-After") == "1" })
            #expect(try await room.call("GET", UUID(), at: one).status == 200, "somebody else")
            // Never locked out.
            try await ServiceStand.eventually("it goes on", within: .seconds(5)) {
                try await room.call("GET", eager, at: one).status == 200 ? true : nil
            }
            // Staff speak for many.
            let hotline = Staff.centre("hotline")
            let many = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<90 {
                    group.addTask {
                        try await room.stand.call(.intake, "POST", "/api/room", as: hotline, at: one).status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(many == [403])
            #expect(await room.stand.stop(one) == .exited(0))
        }

        @Test func openingsAreForgottenAfterThirtyDays() async throws {
            let room = try await RoomStand("forgotten", window: 1)
            let clock = try room.clock("1", RoomStand.at(9, 0))
            let one = try await room.start("1", clock)
            for _ in 0..<3 { _ = try await room.join(UUID(), at: one) }
            clock.set(RoomStand.at(9, 0, day: "2022-03-11"))
            _ = try await room.join(UUID(), at: one)
            #expect(await room.stand.stop(one) == .exited(0))
            clock.set(RoomStand.at(8, 0, day: "2022-04-09"))
            let two = try await room.start("2", clock)
            try await ServiceStand.eventually("the first opening is forgotten") {
                let rows = try await room.query(
                    """
                    SELECT (SELECT string_agg(id, ' ') FROM room_opening), (SELECT count(*) FROM room_ticket),
                           (SELECT count(*) FROM room_step)
                    """)
                let (openings, tickets, steps) = try rows[0].decode(String?.self, Int.self, Int.self)
                return openings == "20220311T0900" && tickets == 1 && steps == 1 ? true : nil
            }
            #expect(await room.stand.stop(two) == .exited(0))
        }
    }
}
