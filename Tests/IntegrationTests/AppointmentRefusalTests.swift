import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What cannot be booked: a sentence in both languages, nothing changed, and not a word of who has booked what.
    @Suite struct AppointmentRefusalTests {
        @Test(arguments: BookingStand.modes)
        func slotsThatAreNoneAreRefusedWithWhatToDo(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "noslot", desks: 1)
            let person = try await desk.register()
            for isOwn in [true, false] {
                // Each time somebody else at the limits, since it is not them that is tried here.
                var principal: Principal {
                    isOwn
                        ? Principal(
                            subject: UUID().uuidString, role: .applicant, division: Staff.division, person: person)
                        : Staff.station()
                }
                func refused(_ slot: SlotID, _ status: Int, _ code: String) async throws {
                    try await desk.refuseBooking(person, slot, as: principal, status, code)
                }
                try await refused(try BookingStand.slot(8, "0900"), 409, "slot.past")
                try await refused(try BookingStand.slot(9, "0900"), 409, "slot.past")
                // By phone until the slot's end, online until half an hour before it begins.
                let soon = try BookingStand.slot(9, "1000")
                if isOwn { try await refused(soon, 409, "slot.past") }
                try await refused(try BookingStand.slot(12, "0900"), 404, "slot.unknown")
                try await refused(try BookingStand.slot(11, "0901"), 404, "slot.unknown")
                try await refused(try BookingStand.slot(11, "1200"), 404, "slot.unknown")
                try await refused(try BookingStand.slot(11, "1400", "s"), 404, "slot.unknown")
                // A station that has published nothing, and none at all.
                try await refused(try BookingStand.slot(11, "0900", at: "341602-09"), 404, "slot.unknown")
                try await refused(try BookingStand.slot(11, "0900", at: "341602-99"), 404, "slot.unknown")
                let beyond = try BookingStand.slot(24, "0900")
                try await refused(beyond, 409, "slot.not_open")
                for text in ["", "341602-01.c.20220311", "341602-01.x.20220311.0900", "341602-01.c.20220231.0900"] {
                    try await desk.refuse(
                        "PUT", "/api/appointments/\(UUID())",
                        [
                            "person": .string(person.uuidString), "purpose": .string("apply"), "slot": .string(text),
                            "confirm": .bool(true),
                        ], as: principal, 400, "field.invalid")
                }
            }
            // Two asked before somebody else takes the last seat: a full slot says so, and says not who is in it.
            let slot = try BookingStand.slot(11, "0900")
            let taken = try await desk.fill(slot)
            let reply = try await desk.refuse(
                "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot, confirm: true),
                as: Staff.applicant(person), "slot.full")
            for entry in taken {
                #expect(!reply.text.lowercased().contains(entry.person.uuidString.lowercased()))
                #expect(!reply.text.contains(try #require(entry.appointment.reference)))
            }
        }

        @Test(arguments: BookingStand.modes)
        func whoseTurnItIsNotYetIsToldWhenItIs(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "batch")
            let slot = try BookingStand.slot(11, "0900")
            for (category, opens) in [
                (CardProgramme.Category.ruralSoldierOver60, "2022年4月1日"), (.otherVeteran, "2022年5月1日"),
            ] {
                let test = TestPerson(number: desk.stand.nextNumber(), categories: [category])
                let person = try await desk.ask(
                    "POST", "/api/persons", test.registration(), for: IntakeAPI.Person.self
                ).id
                for (principal, confirm) in [
                    (Staff.applicant(person), true), (Staff.station(), true), (Staff.applicant(person), false),
                ] {
                    let reply = try await desk.refuse(
                        "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot, confirm: confirm),
                        as: principal, "booking.not_yet")
                    #expect(reply.text.contains(opens), "\(reply.text)")
                }
                // Whoever comes is given a number all the same.
                #expect(try await desk.walkIn(person).state == .checkedIn)
            }
            let gone = try await desk.register()
            for purpose in [AppointmentPurpose.collect, .correct] {
                try await desk.refuseBooking(
                    gone, slot, as: Staff.station(), purpose: purpose, "booking.wrong_stage")
            }
            try await desk.refuseBooking(UUID(), slot, as: Staff.station(), 404, "person.unknown")
            // The seats that were asked for in vain are all free.
            #expect(
                try await desk.count(
                    "SELECT count(*) FROM seat WHERE slot = \(slot.description) AND appointment IS NOT NULL") == 0)
            #expect(try await desk.fill(slot).count == 16)
        }

        @Test(arguments: BookingStand.modes)
        func tokensThatWereMadeUpEditedOrMeantForAnotherAreRefused(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "tokens")
            let people = try await desk.register(2)
            let slot = try BookingStand.slot(11, "0900")
            var holds: [AppointmentAPI.Appointment] = []
            for person in people {
                holds.append(try await desk.book(UUID(), person, slot, confirm: false, as: Staff.applicant(person)))
            }
            let tokens = try holds.map { try #require($0.token) }
            let path = "/api/appointments/\(holds[0].id)/confirm"
            let own = Staff.applicant(people[0])
            let parts = tokens[0].split(separator: "~").map(String.init)
            let forged = [
                "", "x", "~", "!!!!!!!!~", String(repeating: "a", count: 10_000), parts[0], "\(parts[0])~",
                "~\(parts[1])", "\(parts[0])~\(String(parts[1].reversed()))", "\(tokens[0])=", "\(tokens[0])~",
                "\(parts[0].replacing("online", with: "walkIn"))~\(parts[1])",
                "\(parts[0].replacing("0900", with: "1000"))~\(parts[1])",
                "\(parts[0].replacing(people[0].uuidString, with: people[1].uuidString))~\(parts[1])",
                // Another's, whole and in part.
                tokens[1], "\(parts[0])~\(tokens[1].split(separator: "~")[1])",
                try desk.stand.token(own),
            ]
            for token in forged {
                let caller = Principal(
                    subject: UUID().uuidString, role: .applicant, division: Staff.division, person: people[0])
                try await desk.refuse("POST", path, ["token": .string(token)], as: caller, 422, "hold.token")
            }
            // With the right token, but by somebody else: refused, and the hold is as it was.
            try await desk.refuse(
                "POST", path, ["token": .string(tokens[0])], as: Staff.applicant(people[1]), 403, "access.denied")
            #expect(try await desk.confirm(holds[0].id, tokens[0], as: own).state == .confirmed)

            // Somebody else's appointment is nobody's business.
            let theirs = "/api/appointments/\(holds[0].id)"
            for (method, rest, body) in [
                ("GET", "", nil), ("GET", "/slip", nil), ("POST", "/cancel", ["version": .number(1)]),
                ("POST", "/move", BookingStand.move(try BookingStand.slot(14, "0900"), 1)),
            ] as [(String, String, JSON?)] {
                let reply = try await desk.refuse(
                    method, theirs + rest, body, as: Staff.applicant(people[1]), 403, "access.denied")
                #expect(!reply.text.contains(people[0].uuidString))
            }
            try await desk.refuseBooking(
                people[1], slot, as: Staff.applicant(people[1]), id: holds[0].id,
                mode == .fast ? "appointment.differs" : "appointment.already_live")
            let third = try await desk.register()
            try await desk.refuseBooking(
                third, try BookingStand.slot(14, "0900"), as: Staff.applicant(third), id: holds[0].id,
                "appointment.differs")
            try await desk.refuse("GET", "/api/appointments/\(UUID())", as: own, 404, "appointment.unknown")
            try await desk.refuse(
                "GET", "/api/appointments?person=\(people[0])", as: Staff.applicant(people[1]), 403, "access.denied")
        }

        @Test func aHoldOfACountThatIsOverIsVoid() async throws {
            let desk = try await BookingStand(.fast, name: "stale")
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let slot = try BookingStand.slot(11, "0900")
            let hold = try await desk.book(UUID(), person, slot, confirm: false, as: own)
            try await desk.database.execute("UPDATE slot_epoch SET epoch = epoch + 1")
            try await desk.refuse(
                "POST", "/api/appointments/\(hold.id)/confirm", ["token": .string(try #require(hold.token))], as: own,
                "hold.stale")
            // Chosen again, it is theirs.
            let again = try await ServiceStand.eventually("counted anew") {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot, confirm: true), as: own)
                return reply.status == 201 ? try reply.decoded(AppointmentAPI.Appointment.self) : nil
            }
            #expect(again.state == .confirmed)
        }

        @Test(arguments: BookingStand.modes)
        func whoAsksTwoHundredTimesIsSlowedAndOthersAreNot(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "often", isLimited: true)
            let people = try await desk.register(2)
            let slot = try BookingStand.slot(11, "0900")
            // People who registered in the same moment have ids that begin alike; at the limits they are two.
            let (own, another) = (Self.caller(people[0]), Self.caller(people[1]))
            let replies = try await withThrowingTaskGroup(of: HTTPReply.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await desk.call(
                            "PUT", "/api/appointments/\(UUID())",
                            BookingStand.booking(people[0], slot, confirm: false), as: own)
                    }
                }
                return try await group.reduce(into: [HTTPReply]()) { $0.append($1) }
            }
            let slowed = replies.filter { $0.status == 429 }
            #expect(slowed.count >= 150, "\(slowed.count)")
            for reply in slowed {
                #expect(reply.told("too often")?.code == "client.too_often")
                #expect((reply.header("Retry-After").flatMap { Int($0) } ?? 0) >= 1)
            }
            // One seat is held, whatever was sent.
            #expect(replies.count(where: { $0.status == 201 }) == 1)
            #expect(replies.allSatisfy { [201, 409, 429].contains($0.status) })
            let other = try await desk.book(UUID(), people[1], slot, confirm: true, as: another)
            #expect(other.state == .confirmed)
        }

        private static func caller(_ person: UUID) -> Principal {
            Principal(
                subject: "applicant-\(person.uuidString)", role: .applicant, division: Staff.division, person: person)
        }

        @Test func questionsThatMakeNoSenseAreRefused() async throws {
            let desk = try await BookingStand(.safe, name: "query")
            let station = BookingStand.station
            let wrong: [(String, Int, String)] = [
                ("slots", 422, "person.station"), ("slots?station=341602-99", 422, "person.station"),
                ("slots?station=\(station)&kind=party", 400, "query.kind"),
                ("slots?station=\(station)&from=2022-02-31", 400, "query.from"),
                ("slots?station=\(station)&days=0", 400, "query.days"),
                ("slots?station=\(station)&days=61", 400, "query.days"),
                ("appointments", 400, "query.appointments"), ("appointments?person=1", 400, "query.person"),
                ("appointments?station=\(station)&day=today", 400, "query.day"),
                ("appointments?station=\(Staff.otherStation)&day=2022-03-09", 403, "access.denied"),
                ("orphans?station=\(Staff.otherStation)", 403, "access.denied"),
                ("waiting-list?station=\(Staff.otherStation)", 403, "access.denied"),
                ("stations/\(Staff.otherStation)/queue", 403, "access.denied"),
            ]
            for (path, status, code) in wrong {
                try await desk.refuse("GET", "/api/\(path)", as: Staff.station(), status, code)
            }
            let far = try await desk.ask(
                "GET", "/api/slots?station=\(station)&from=9999-12-31&days=60", for: AppointmentAPI.SlotList.self)
            #expect(far.slots.isEmpty)
        }
    }
}
