import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// A seat that is held: how long, by whom, on whose behalf, and what becomes of it (R115, R117, R118).
    @Suite struct AppointmentHoldTests {
        @Test(arguments: BookingStand.modes)
        func aHoldLastsTenMinutesToTheMillisecond(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "hold", desks: 1)
            let slot = try BookingStand.slot(11, "0900")
            // Three of five seats are for who books online.
            let people = try await desk.register(4)
            var holds: [AppointmentAPI.Appointment] = []
            for person in people.prefix(3) {
                let hold = try await desk.book(UUID(), person, slot, confirm: false, as: Staff.applicant(person))
                #expect(hold.state == .held && hold.heldUntil == ServiceStandClock.standard.addingTimeInterval(600))
                holds.append(hold)
            }
            let fourth = Staff.applicant(people[3])
            try await desk.refuseBooking(people[3], slot, as: fourth, "slot.full")
            let token = try #require(holds[1].token)

            // In the last millisecond; and one after it.
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(600))
            let confirmed = try await desk.confirm(
                holds[0].id, try #require(holds[0].token), as: Staff.applicant(people[0]))
            #expect(confirmed.state == .confirmed)
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(600.001))
            let late = try await desk.call(
                "POST", "/api/appointments/\(holds[1].id)/confirm", ["token": .string(token)],
                as: Staff.applicant(people[1]))
            #expect(late.status == 409 && late.told("a millisecond late")?.code == "hold.over")

            // Both seats are free again, for two and no more.
            let id = UUID()
            try await ServiceStand.eventually("the seat is free") {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(id)", BookingStand.booking(people[3], slot, confirm: true), as: fourth)
                return reply.status == 201 ? true : nil
            }
            let again = try await desk.book(UUID(), people[1], slot, confirm: true, as: Staff.applicant(people[1]))
            #expect(again.state == .confirmed)
            try await desk.refuseBooking(people[2], slot, as: Staff.applicant(people[2]), "slot.full")
            #expect(
                try await desk.count(
                    "SELECT count(*) FROM seat WHERE slot = \(slot.description) AND appointment IS NOT NULL") == 3)
        }

        @Test(arguments: BookingStand.modes)
        func aHoldCanBeGivenUpAndAPersonHasOneOnly(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "giveup", desks: 1)
            let (slot, other) = (try BookingStand.slot(11, "0900"), try BookingStand.slot(14, "1500"))
            let people = try await desk.register(2)
            let own = Staff.applicant(people[0])
            let id = UUID()
            let hold = try await desk.book(id, people[0], slot, confirm: false, as: own)
            // Not a second one: under another id, under the same id in another slot, and not for good either.
            for (next, place, isFinal) in [(UUID(), other, false), (id, other, false), (UUID(), slot, true)] {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(next)", BookingStand.booking(people[0], place, confirm: isFinal),
                    as: own)
                #expect(reply.status == 409, "\(reply.status) \(reply.text)")
                let code = reply.told("a second hold")?.code ?? ""
                #expect(["hold.already", "appointment.already_live", "appointment.differs"].contains(code), "\(code)")
            }
            // Another station is not told that this person holds anything.
            try await desk.refuseBooking(
                people[0], other, as: Staff.station(Staff.otherStation), 403, "access.denied")
            try await desk.refuse(
                "POST", "/api/appointments/\(id)/cancel",
                ["version": .number(hold.version), "token": .string(try #require(hold.token))],
                as: Staff.applicant(people[1]), 403, "access.denied")
            try await desk.refuse(
                "POST", "/api/appointments/\(id)/cancel",
                ["version": .number(hold.version), "token": .string("\(try #require(hold.token))x")], as: own, 422,
                "hold.token")

            let given = try await desk.cancel(id, hold.version, token: hold.token, as: own)
            #expect(given.state == .cancelledByPerson)
            // At once free: for the same person in another slot, and for all three online seats of this one.
            let next = try await desk.book(UUID(), people[0], other, confirm: false, as: own)
            #expect(next.state == .held)
            for person in try await desk.register(3) {
                _ = try await desk.book(UUID(), person, slot, confirm: true, as: Staff.applicant(person))
            }
            try await desk.refuseBooking(people[1], slot, as: Staff.applicant(people[1]), "slot.full")
            let late = try await desk.call(
                "POST", "/api/appointments/\(id)/confirm", ["token": .string(try #require(hold.token))], as: own)
            #expect(late.status == 409 && late.told("given up")?.code == "hold.over")
            // What is held is taken for good by asking for that.
            let final = try await desk.book(next.id, people[0], other, confirm: true, as: own)
            #expect(final.state == .confirmed && final.reference != nil)
        }

        @Test(arguments: BookingStand.modes)
        func whoAsksForSomebodyElseIsOnRecord(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "relative")
            let slot = try BookingStand.slot(11, "1000")
            let people = try await desk.register(3)
            func wish(_ person: UUID, _ confirm: Bool, _ who: String?) -> JSON {
                [
                    "person": .string(person.uuidString), "purpose": .string("apply"),
                    "slot": .string(slot.description), "confirm": .bool(confirm),
                    "askedBy": who.map(JSON.string) ?? .null,
                ]
            }
            let (held, direct) = (UUID(), UUID())
            let hold = try await desk.ask(
                "PUT", "/api/appointments/\(held)", wish(people[0], false, "女儿"),
                for: AppointmentAPI.Appointment.self)
            _ = try await desk.confirm(held, try #require(hold.token), as: Staff.station())
            let booked = try await desk.ask(
                "PUT", "/api/appointments/\(direct)", wish(people[1], true, "老伴"),
                for: AppointmentAPI.Appointment.self)
            #expect(booked.channel == .hotline)
            for id in [held, direct] {
                let (text, by) = try await desk.database.query(
                    "SELECT asked_by, booked_by FROM appointment WHERE id = \(id)"
                ).rows[0].decode([UInt8]?.self, String.self)
                let sealed = try #require(text, "\(id) was asked for by somebody")
                #expect(sealed.count > 20 && !String(decoding: sealed, as: UTF8.self).contains("女儿"))
                #expect(by == Staff.station().subject)
            }
            for unfit in ["", "   ", String(repeating: "亲", count: 21), "a\u{7}b"] {
                try await desk.refuse(
                    "PUT", "/api/appointments/\(UUID())", wish(people[2], true, unfit), 422, "appointment.asked_by")
            }
            // Its own people's station books, and no other one.
            try await desk.refuseBooking(
                people[2], slot, as: Staff.station(Staff.otherStation), 403, "access.denied")
            try await desk.refuseBooking(people[2], slot, as: Staff.applicant(people[1]), 403, "access.denied")
        }

        @Test(arguments: BookingStand.modes)
        func onePerPurposeAndAtWhicheverStation(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "purpose")
            try await desk.publish(BookingStand.capacity(desks: 2), from: 9, at: Staff.otherStation)
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let there = try BookingStand.slot(11, "1000", at: Staff.otherStation)
            let booked = try await desk.book(UUID(), person, there, confirm: true, as: own)
            #expect(booked.station == Staff.otherStation)
            try await desk.refuseBooking(person, try BookingStand.slot(14, "1000"), as: own, "appointment.already_live")
            try await desk.refuseBooking(
                person, try BookingStand.slot(14, "1000"), as: own, purpose: .collect, "booking.wrong_stage")
            // For another purpose one may have another: whoever comes is asked nothing.
            let number = try await desk.walkIn(person, .collect)
            #expect(number.state == .checkedIn)
            let list = try await desk.ask(
                "GET", "/api/appointments?person=\(person)", as: own, for: AppointmentAPI.AppointmentList.self)
            #expect(Set(list.appointments.map(\.appointment.purpose)) == [.apply, .collect])
            #expect(list.appointments.allSatisfy { $0.name == nil })

            // The station that keeps the file sees it and prints its slip; where it is, they are expected by name.
            let clerk = Staff.station()
            #expect(try await desk.read(booked.id, as: clerk) == booked)
            let slip = try await desk.call("GET", "/api/appointments/\(booked.id)/slip", as: clerk)
            #expect(slip.status == 200)
            let sheet = try await desk.ask(
                "GET", "/api/appointments?station=\(Staff.otherStation)&day=2022-03-11",
                as: Staff.station(Staff.otherStation), for: AppointmentAPI.AppointmentList.self)
            #expect(sheet.appointments.map(\.appointment.id) == [booked.id] && sheet.appointments[0].name != nil)
            try await desk.refuse(
                "GET", "/api/appointments?station=\(Staff.otherStation)&day=2022-03-11", as: clerk, 403,
                "access.denied")
            let third = Staff.station("341602-03")
            try await desk.refuse("GET", "/api/appointments/\(booked.id)", as: third, 403, "access.denied")
            desk.clock.set(try BookingStand.at(11, 9, 55))
            let arrived = try await desk.ask(
                "POST", "/api/stations/\(Staff.otherStation)/arrivals", ["appointment": .string(booked.id.uuidString)],
                as: Staff.station(Staff.otherStation), for: AppointmentAPI.Appointment.self)
            #expect(arrived.state == .checkedIn)
        }
    }
}
