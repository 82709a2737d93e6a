import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The day at a station: who comes early, late, twice, not at all, or simply comes (R116, R150).
    @Suite struct AppointmentDeskTests {
        private static let station = BookingStand.station

        private func arrive(
            _ desk: BookingStand, _ id: UUID, _ hour: Int, _ minute: Int
        ) async throws -> AppointmentAPI.Appointment {
            desk.clock.set(try BookingStand.at(10, hour, minute))
            return try await desk.arrive(["appointment": .string(id.uuidString)])
        }

        @Test(arguments: BookingStand.modes)
        func peopleAreCalledByTheTimeThatCountsForThem(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "queue")
            let people = try await desk.register(4)
            let (nine, ten) = (try BookingStand.slot(10, "0900"), try BookingStand.slot(10, "1000"))
            let a = try await desk.booked(people[0], nine)
            let b = try await desk.booked(people[1], ten)
            let d = try await desk.booked(people[2], nine)
            let absent = try await desk.booked(people[3], nine)

            // Ten o'clock comes first, nine o'clock is late: a quarter of an hour is nothing, more counts from when they came.
            #expect(try await self.arrive(desk, b.id, 8, 50).queueNumber == 1)
            var first = try await self.arrive(desk, a.id, 9, 10)
            // Twice is once.
            #expect(try await self.arrive(desk, a.id, 9, 11) == first)
            desk.clock.set(try BookingStand.at(10, 9, 12))
            let c = try await desk.walkIn(nil)
            #expect(c.state == .checkedIn && c.slot == nine && c.queueNumber == 3)
            _ = try await self.arrive(desk, d.id, 9, 20)
            #expect(try await desk.queue() == [a.id, c.id, d.id, b.id])

            // Called three times in vain, and missed; each call only by its version.
            for _ in 0..<3 { first = try await desk.step(a.id, "call", first.version) }
            #expect(first.state == .called && first.version == 5)
            #expect(try await desk.step(a.id, "call", first.version - 1) == first)
            try await desk.refuse(
                "POST", "/api/appointments/\(a.id)/desk", ["step": .string("call"), "version": .number(1)],
                "appointment.changed_meanwhile")
            let missed = try await desk.step(a.id, "call", first.version)
            #expect(missed.state == .missed)
            #expect(try await desk.step(a.id, "call", first.version) == missed)
            // Back once, behind those who are there; and not twice.
            first = try await self.arrive(desk, a.id, 9, 30)
            #expect(first.state == .checkedIn && first.queueNumber == 5)
            #expect(try await desk.queue() == [c.id, d.id, a.id, b.id])
            first = try await desk.step(a.id, "call", first.version)
            _ = try await desk.step(a.id, "miss", first.version)
            try await desk.refuse(
                "POST", "/api/stations/\(Self.station)/arrivals", ["appointment": .string(a.id.uuidString)],
                "appointment.state")

            // Served: how it ended must be said, and of somebody without a name who it was.
            var served = try await desk.step(c.id, "serve", c.version)
            let path = "/api/appointments/\(c.id)/desk"
            func finish(_ again: Bool?, _ person: UUID?) -> JSON {
                [
                    "step": .string("finish"), "version": .number(served.version),
                    "mustComeAgain": again.map(JSON.bool) ?? .null,
                    "person": person.map { .string($0.uuidString) } ?? .null,
                ]
            }
            try await desk.refuse("POST", path, finish(nil, nil), 422, "desk.outcome")
            try await desk.refuse("POST", path, finish(true, nil), 422, "walk_in.person")
            try await desk.refuse("POST", path, finish(true, UUID()), 404, "person.unknown")
            let newcomer = try await desk.register()
            served = try await desk.ask("POST", path, finish(true, newcomer), for: AppointmentAPI.Appointment.self)
            #expect(served.state == .done)
            try await desk.refuse(
                "POST", "/api/appointments/\(d.id)/desk",
                ["step": .string("finish"), "version": .number(2), "mustComeAgain": .bool(false)], "appointment.state")

            // The day's account, once it is over: who waited in vain is owed a turn, who did not come has missed it.
            let close = "/api/stations/\(Self.station)/days/2022-03-10/close"
            try await desk.refuse("POST", close, nil, "day.not_over")
            desk.clock.set(try BookingStand.at(10, 17, 0))
            let account = try await desk.ask("POST", close, for: AppointmentAPI.DayAccount.self)
            #expect(account.walkIns == 1 && account.done == 1 && account.mustComeAgain == 1 && account.missed == 2)
            #expect(account.seats == 6 * 20 && account.booked == 2)
            #expect(try await desk.ask("POST", close, for: AppointmentAPI.DayAccount.self) == account)
            #expect(try await desk.read(absent.id).state == .missed)
            #expect(try await desk.read(b.id).state == .cancelledByStation)
            try await desk.refuse(
                "POST", "/api/stations/\(Self.station)/days/2022-03-11/close", nil, "day.not_over")
        }

        @Test(arguments: BookingStand.modes)
        func whoSimplyComesIsNeverTurnedAway(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "walkin", desks: 1)
            let slot = try BookingStand.slot(10, "0900")
            #expect(try await desk.fill(slot).count == 4)
            let people = try await desk.register(2)
            let later = try await desk.booked(people[0], try BookingStand.slot(14, "0900"))
            desk.clock.set(try BookingStand.at(10, 9, 30))
            // The last seat, kept for who comes; the appointment of another day is not needed any more.
            let id = UUID()
            let seated = try await desk.walkIn(people[0], id: id)
            #expect(seated.slot == slot && seated.channel == .walkIn)
            #expect(try await desk.walkIn(people[0], id: id) == seated)
            #expect(try await desk.read(later.id).state == .cancelledByPerson)
            #expect(
                try await desk.count(
                    "SELECT count(*) FROM seat WHERE slot = \(try BookingStand.slot(14, "0900").description) AND appointment IS NOT NULL"
                ) == 0)
            try await desk.refuse(
                "PUT", "/api/walk-ins/\(UUID())", BookingStand.walkIn(people[0]), "appointment.state")
            try await desk.refuse(
                "PUT", "/api/walk-ins/\(id)", BookingStand.walkIn(people[1]), "appointment.differs")
            try await desk.refuse("PUT", "/api/walk-ins/\(UUID())", BookingStand.walkIn(UUID()), 404, "person.unknown")
            try await desk.refuse(
                "PUT", "/api/walk-ins/\(UUID())", BookingStand.walkIn(people[1]),
                as: Staff.station(Staff.otherStation), 403, "access.denied")
            // Beyond capacity, and at noon: a number all the same.
            let standing = try await desk.walkIn(people[1])
            #expect(standing.state == .checkedIn && standing.slot == nil && standing.queueNumber == 2)
            desk.clock.set(try BookingStand.at(10, 12, 30))
            let atNoon = try await desk.walkIn(nil)
            #expect(atNoon.slot == nil && atNoon.queueNumber == 3)
            #expect(try await desk.queue() == [seated.id, standing.id, atNoon.id])
        }

        @Test(arguments: BookingStand.modes)
        func whoMissedTheirTurnAndBookedAnewHasThatOneOnly(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "missed")
            let person = try await desk.register()
            let booked = try await desk.booked(person, try BookingStand.slot(10, "0900"))
            var here = try await self.arrive(desk, booked.id, 9, 0)
            here = try await desk.step(booked.id, "call", here.version)
            _ = try await desk.step(booked.id, "miss", here.version)
            let next = try await desk.booked(person, try BookingStand.slot(11, "0900"))
            try await desk.refuse(
                "POST", "/api/stations/\(Self.station)/arrivals", ["appointment": .string(booked.id.uuidString)],
                "appointment.already_live")
            #expect(try await desk.read(next.id).state == .confirmed)
        }

        @Test(arguments: BookingStand.modes)
        func onlyWhoIsExpectedTodayAndHereIsCheckedIn(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "arrive")
            let people = try await desk.register(2)
            let today = try await desk.booked(people[0], try BookingStand.slot(10, "0900"))
            let other = try await desk.booked(people[1], try BookingStand.slot(11, "0900"))
            let path = "/api/stations/\(Self.station)/arrivals"
            let (reference, code) = (try #require(today.reference), try #require(today.code))
            desk.clock.set(try BookingStand.at(10, 8, 55))
            func state(_ reference: String, _ code: String) -> JSON {
                ["reference": .string(reference), "code": .string(code)]
            }
            let wrong = code == "0000" ? "0001" : "0000"
            for body in [
                state(reference, wrong), state(reference, ""), state("00000000", code),
                state(try #require(other.reference), code), ["qr": .string("YD1.\(reference).\(wrong)")],
            ] {
                let reply = try await desk.refuse("POST", path, body, "arrival.code")
                #expect(!reply.text.contains(code))
            }
            try await desk.refuse("POST", path, [:], 422, "arrival.content")
            try await desk.refuse("POST", path, ["qr": .string("https://example.org")], 422, "arrival.content")
            try await desk.refuse(
                "POST", path, ["appointment": .string(UUID().uuidString)], 404, "appointment.unknown")
            try await desk.refuse(
                "POST", path, ["appointment": .string(other.id.uuidString)], "arrival.other_day")
            try await desk.refuse(
                "POST", "/api/stations/\(Staff.otherStation)/arrivals", state(reference, code),
                as: Staff.station(Staff.otherStation), "arrival.elsewhere")
            try await desk.refuse("POST", path, state(reference, code), as: Staff.centre(), 403, "access.denied")
            let arrived = try await desk.arrive(["qr": .string("YD1.\(reference).\(code)")])
            #expect(arrived.state == .checkedIn)
        }

        /// Whoever has come keeps their seat when the station closes, and the day stays open until they are served. A slot is
        /// over when it ends, also for whoever books by phone.
        @Test(arguments: BookingStand.modes)
        func aClosureLeavesWhoHasComeTheirSeat(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "here", desks: 1)
            let people = try await desk.register(3)
            let slot = try BookingStand.slot(10, "1600")
            let came = try await desk.booked(people[0], slot)
            let absent = try await desk.booked(people[1], slot)
            desk.clock.set(try BookingStand.at(10, 16, 5))
            var here = try await desk.arrive(["appointment": .string(came.id.uuidString)])
            here = try await desk.step(came.id, "call", here.version)
            func except(_ desks: Int) async throws -> AppointmentAPI.CapacityChange {
                try await desk.ask(
                    "PUT", "/api/stations/\(Self.station)/exceptions/\(UUID())",
                    [
                        "day": .string("2022-03-10"), "desks": .number(desks), "stopsHomeVisits": .bool(true),
                        "reason": .string("停电检修"),
                    ], for: AppointmentAPI.CapacityChange.self)
            }
            #expect(try await except(0).orphaned == [absent.id])
            func seats() async throws -> Int {
                try await desk.count("SELECT count(*) FROM seat WHERE slot = \(slot.description)")
            }
            #expect(try await seats() == 1)
            try await desk.refuse(
                "PUT", "/api/appointments/\(UUID())", BookingStand.booking(people[2], slot, confirm: true), "slot.full")
            here = try await desk.step(came.id, "serve", here.version)

            desk.clock.set(try BookingStand.at(10, 17, 0))
            try await desk.refuse(
                "PUT", "/api/appointments/\(UUID())", BookingStand.booking(people[2], slot, confirm: true), "slot.past")
            let close = "/api/stations/\(Self.station)/days/2022-03-10/close"
            _ = try await desk.ask(
                "POST", "/api/appointments/\(absent.id)/told", ["how": .string("phone")],
                for: AppointmentAPI.Appointment.self)
            let refused = try await desk.refuse("POST", close, nil, "day.people_being_served")
            #expect(refused.text.contains("还有1人正在办理"))
            _ = try await desk.step(came.id, "finish", here.version, again: false)
            let account = try await desk.ask("POST", close, for: AppointmentAPI.DayAccount.self)
            #expect(account.done == 1)
        }
    }
}
