import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What follows from what came of a call (R107, R115).
    @Suite struct CallOutcomeTests {
        private static let now = CallStand.now

        private func at(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
            try BookingStand.at(day, hour, minute)
        }

        /// What each outcome makes of the call, when it is made again (from Wednesday 10:00), and of the mobile that was called.
        private static let expected: [CallOutcome: (state: String, again: Double?, mobile: String)] = [
            .reached: ("done", nil, "ok"), .reachedFamily: ("done", nil, "ok"), .willBook: ("done", nil, "ok"),
            .booked: ("done", nil, "ok"), .wantsHomeVisit: ("done", nil, "ok"), .alreadyApplied: ("done", nil, "ok"),
            .declined: ("done", nil, "ok"), .moved: ("done", nil, "ok"), .deceased: ("done", nil, "ok"),
            .callBack: ("open", 1.5, "ok"), .noAnswer: ("open", 4.5, "ok"), .busy: ("open", 4.5, "ok"),
            .switchedOff: ("open", 4.5, "ok"), .hungUp: ("open", 4.5, "ok"), .hearingOrLanguage: ("open", 4.5, "ok"),
            .emptyNumber: ("open", 0, "invalid"), .suspendedNumber: ("open", 0, "suspended"),
            .wrongPerson: ("open", 0, "wrongPerson"),
        ]

        @Test(arguments: CallOutcome.allCases)
        func everyOutcomeHasItsEffect(outcome: CallOutcome) async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("outcomes")
            let callee = try await calls.person()
            let id = try await calls.open(callee)
            let call = try await calls.claim(as: clerk)
            let expected = try #require(Self.expected[outcome])
            let at: Date? = outcome == .callBack ? Self.now.addingTimeInterval(1.5 * 3_600) : nil
            let standing = try await calls.record(
                call, outcome, at: at, appointment: outcome == .booked ? UUID() : nil, as: clerk)
            #expect(standing.state == expected.state && standing.outcome == outcome && standing.version == 3)
            #expect(standing.dueAt == expected.again.map { Self.now.addingTimeInterval($0 * 3_600) })
            #expect(standing.promisedAt == at)
            #expect(try await calls.statuses(callee) == [expected.mobile, "ok", "ok"])
            let page = try await calls.page(id, as: clerk)
            #expect(page.outcome == outcome && page.attempts.map(\.outcome) == [outcome] && !page.isMine)
            #expect(page.attempts[0].by == clerk.subject && page.attempts[0].at == Self.now)
            #expect(page.attempts[0].words == CallAPI.Words(zh: outcome.chinese, en: outcome.english))
            if expected.state == "done" {
                try await calls.refuse(
                    "once more", "/api/calls/\(id)/attempts", CallStand.attempt(page, .reached), as: clerk, 409,
                    "call.closed")
            }
            // What comes at once is the next number; what was in vain is tried on another one later.
            let next = page.numbers.firstIndex(where: \.isNext)
            #expect(next == (outcome.isInVain || outcome.retirement != nil ? 1 : 0))
        }

        @Test func threeTimesInVainInThreePartsOfTheDayIsEnough() async throws {
            let calls = try await CallStand.fresh()
            defer { calls.stand.clock.set(Self.now) }
            let clerk = calls.clerk("patient")
            let callee = try await calls.person()
            let id = try await calls.open(callee)
            // The person's other call waits as long.
            let other = try await calls.open(callee, opened: Self.now.addingTimeInterval(1))
            let first = try await calls.record(try await calls.claim(as: clerk), .noAnswer, as: clerk)
            #expect(first.dueAt == (try self.at(9, 14, 30)))
            calls.stand.clock.set(try self.at(9, 14, 29))
            #expect(try await calls.next(as: clerk).call == nil)
            calls.stand.clock.set(try self.at(9, 14, 30))
            let call = try await calls.claim(as: clerk)
            #expect(call.id == id)
            #expect(try await calls.record(call, .busy, as: clerk).dueAt == (try self.at(10, 9)))
            calls.stand.clock.set(try self.at(9, 19))
            #expect(try await calls.next(as: clerk).call == nil)
            calls.stand.clock.set(try self.at(10, 9))
            let last = try await calls.record(try await calls.claim(as: clerk), .switchedOff, as: clerk)
            #expect(last.state == "unreached" && last.dueAt == nil && last.outcome == .switchedOff)
            #expect(try await calls.page(other, as: clerk).dueAt == (try self.at(10, 14, 30)))
        }

        @Test func anotherSetOfNumbersIsTriedAnew() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("anew")
            var callee = try await calls.person()
            let id = try await calls.open(callee)
            func vain() async throws -> CallAPI.Standing {
                try await calls.database.execute(
                    "UPDATE call_task SET due_at = \(Self.now), last_band = NULL WHERE id = \(id)")
                return try await calls.record(try await calls.claim(as: clerk), .noAnswer, as: clerk)
            }
            for _ in 0..<2 { #expect(try await vain().state == "open") }
            callee.digests[1] = (0..<32).map { _ in UInt8.random(in: 0...255) }
            try await calls.write(callee)
            for _ in 0..<2 { #expect(try await vain().state == "open") }
            #expect(try await vain().state == "unreached")
            #expect(try await calls.page(id, as: clerk).attempts.count == 5)
        }

        @Test func thereIsNoTimeForAnotherAttempt() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("hurried")
            try await calls.open(try await calls.person(), .unconfirmed, until: try self.at(9, 14, 30))
            let call = try await calls.claim(as: clerk)
            #expect(try await calls.record(call, .noAnswer, as: clerk).state == "unreached")
        }

        @Test func aDeadNumberIsDeadForAllAndAWrongOneForThisPerson() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("numbers")
            let people = try await calls.people(2)
            var other = people[1]
            other.digests[0] = people[0].digests[0]
            other.digests[1] = people[0].digests[1]
            try await calls.write(other)
            let id = try await calls.open(people[0])
            func retire(_ outcome: CallOutcome) async throws -> CallAPI.Standing {
                try await calls.record(try await calls.claim(as: clerk), outcome, as: clerk)
            }
            #expect(try await retire(.wrongPerson).state == "open")
            #expect(try await calls.statuses(people[0]) == ["wrongPerson", "ok", "ok"])
            #expect(try await calls.statuses(other) == ["ok", "ok", "ok"])
            #expect(try await retire(.emptyNumber).state == "open")
            #expect(try await calls.statuses(people[0]) == ["wrongPerson", "invalid", "ok"])
            #expect(try await calls.statuses(other) == ["ok", "invalid", "ok"])
            // The last one: nobody is left to call.
            let standing = try await retire(.suspendedNumber)
            #expect(standing.state == "unreached" && standing.outcome == .suspendedNumber)
            let page = try await calls.page(id, as: clerk)
            #expect(page.numbers.map(\.status) == ["wrongPerson", "invalid", "suspended"])
            #expect(page.numbers.allSatisfy { !$0.isNext })
        }

        @Test func whoHasDiedIsSilencedAndTheCentreLooksAtTheFile() async throws {
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("sad")
            let people = try await calls.people(2)
            try await calls.open(people[0], .reply)
            let other = try await calls.open(people[0], .outreach, opened: Self.now.addingTimeInterval(3_600))
            let message = UUID()
            try await calls.database.execute(
                """
                INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank, not_before,
                    not_after, due_at, planned_at, is_urgent)
                SELECT m.id, m.person, 'outreach', 'message', '', m.id, 1, m.state, m.rank, \(Self.fixture), \(Self.fixture),
                    \(Self.fixture), \(Self.now), false
                FROM unnest(\([message, UUID(), UUID()])::uuid[], \([people[0].id, people[0].id, people[1].id])::uuid[],
                    \(["planned", "delivered", "planned"])::text[], \([0, 6, 0])::bigint[]) AS m (id, person, state, rank)
                """)
            let call = try await calls.claim(as: clerk)
            #expect(try await calls.record(call, .deceased, as: clerk).state == "done")
            func silenced() async throws -> String? {
                try await calls.database.query(
                    "SELECT silenced_why FROM contact_point WHERE person_id = \(people[0].id)"
                )
                .rows[0].decode(String?.self)
            }
            #expect(try await silenced() == "deceased")
            let states = try await calls.database.query(
                "SELECT state || ' ' || rank FROM message WHERE person_id = ANY(\(people.map(\.id))) ORDER BY state"
            ).rows.map { try $0.decode(String.self) }
            #expect(states == ["cancelled 6", "delivered 6", "planned 0"])
            #expect(try await calls.page(other, as: clerk).state == "void")
            let wish: JSON = [
                "id": .string(UUID().uuidString), "person": .string(people[0].id.uuidString),
                "purpose": .string("outreach"),
            ]
            try await calls.refuse("opened by hand", "/api/calls", wish, as: clerk, 409, "call.silenced")
            // What somebody opens all the same is handed to nobody.
            try await calls.open(people[0], .cannotBeTold)
            #expect(try await calls.next(as: clerk).call == nil)
            let centre = Staff.centre("death")
            let death = try await calls.claim(as: centre)
            #expect(death.reason == .death && death.personID == people[0].id && death.purpose == .outreach)
            #expect(death.script[0].zh.contains("查阅档案"))
            // It was a mistake: they answer themselves.
            #expect(try await calls.record(death, .reached, as: centre).state == "done")
            #expect(try await silenced() == nil)
            #expect(try await calls.claim(as: clerk).reason == .cannotBeTold)
            try await calls.database.execute("DELETE FROM message WHERE person_id = ANY(\(people.map(\.id)))")
        }

        private static let fixture = CallStand.fixtureDue

        @Test func whatWasBookedInTheCallIsKnownOnceIntakeTellsOfIt() async throws {
            let fixtures = try await Fixtures.shared()
            let calls = try await CallStand.fresh()
            let clerk = calls.clerk("booker")
            let callee = try await calls.person()
            let first = try await calls.open(callee, .wantsChange)
            let call = try await calls.claim(as: clerk)
            // Another person's, known already; one of their own that is over.
            try await calls.refuse(
                "another's appointment", "/api/calls/\(first)/attempts",
                CallStand.attempt(call, .booked, appointment: fixtures.appointment), as: clerk, 422,
                "call.appointment_of_another")
            let id = UUID()
            let standing = try await calls.record(call, .booked, appointment: id, as: clerk)
            #expect(standing.state == "done")
            let awaited = try await calls.page(first, as: clerk).booked
            #expect(
                awaited
                    == CallAPI.Appointment(
                        id: id, isKnown: false, isTheirs: true, state: nil, station: nil, startsAt: nil))
            // The station's day is laid out by the fixture.
            let slot = try BookingStand.slot(21, "1500")
            _ = try await calls.stand.ask(
                .intake, "PUT", "/api/appointments/\(id)", BookingStand.booking(callee.id, slot, confirm: true),
                as: Staff.station(), for: AppointmentAPI.Appointment.self)
            try await calls.stand.settle()
            let known = try #require(try await calls.page(first, as: clerk).booked)
            #expect(known.isKnown && known.isTheirs && known.state == .confirmed && known.startsAt == slot.startsAt)

            // The other way round: known before the outcome is recorded; and what is over is no appointment.
            try await calls.open(callee, .reply)
            let second = try await calls.claim(as: clerk)
            #expect(try await calls.record(second, .booked, appointment: id, as: clerk).state == "done")
            #expect(try await calls.page(second.id, as: clerk).booked?.state == .confirmed)
            _ = try await calls.stand.ask(
                .intake, "POST", "/api/appointments/\(id)/cancel", ["version": .number(1)], as: Staff.station(),
                for: AppointmentAPI.Appointment.self)
            try await calls.stand.settle()
            #expect(try await calls.page(first, as: clerk).booked?.state == .cancelledByPerson)
            try await calls.open(callee, .outreach)
            let third = try await calls.claim(as: clerk)
            try await calls.refuse(
                "a cancelled appointment", "/api/calls/\(third.id)/attempts",
                CallStand.attempt(third, .booked, appointment: id), as: clerk, 422, "call.appointment_over")
        }
    }
}
