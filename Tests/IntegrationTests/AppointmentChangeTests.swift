import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Moved and cancelled appointments, and when their seats come back (R115, R118).
    @Suite struct AppointmentChangeTests {
        @Test(arguments: BookingStand.modes)
        func theNewSeatIsTakenBeforeTheOldOneIsFreed(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "move", desks: 1)
            let (full, old, new) = (
                try BookingStand.slot(11, "0900"), try BookingStand.slot(14, "0900"), try BookingStand.slot(15, "0900")
            )
            let taken = try await desk.fill(full)
            #expect(taken.count == 4)
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let booked = try await desk.book(UUID(), person, old, confirm: true, as: own)
            let path = "/api/appointments/\(booked.id)/move"
            // Nothing is given up for a seat that is not there.
            try await desk.refuse("POST", path, BookingStand.move(full, 1), as: own, "slot.full")
            try await desk.refuse("POST", path, BookingStand.move(old, 1), as: own, 422, "appointment.same_slot")
            try await desk.refuse("POST", path, BookingStand.move(new, 7), as: own, "appointment.changed_meanwhile")
            try await desk.refuse(
                "POST", path, BookingStand.move(try BookingStand.slot(8, "0900"), 1), as: own, "slot.past")
            try await desk.refuse(
                "POST", path, BookingStand.move(try BookingStand.slot(12, "0900"), 1), as: own, 404, "slot.unknown")
            try await desk.refuse(
                "POST", path, BookingStand.move(new, 1), as: Staff.applicant(taken[0].person), 403, "access.denied")

            let moved = try await desk.move(booked.id, to: new, 1, as: own)
            #expect(moved.slot == new && moved.version == 2 && moved.state == .confirmed)
            #expect(moved.reference == booked.reference && moved.code == booked.code)
            // The answer may have been lost.
            #expect(try await desk.move(booked.id, to: new, 1, as: own) == moved)
            #expect(
                try await desk.count(
                    "SELECT count(*) FROM seat WHERE appointment = \(booked.id) AND slot = \(new.description)") == 1)
            #expect(try await desk.count("SELECT count(*) FROM seat WHERE appointment = \(booked.id)") == 1)

            // What the person gave up comes back at a moment nobody knows, within 5 to 35 minutes.
            let seconds = try await desk.count(
                """
                SELECT extract(epoch FROM max(free_at) - \(ServiceStandClock.standard))::bigint FROM seat
                WHERE slot = \(old.description)
                """)
            #expect((300...2100).contains(seconds), "\(seconds)")
            #expect(try await desk.fill(old).count == 3)
            let late = try await desk.register()
            try await desk.refuseBooking(late, old, as: Staff.station(), "slot.full")
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(Double(seconds) - 1))
            try await desk.refuseBooking(late, old, as: Staff.station(), "slot.full")
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(Double(seconds) + 1))
            #expect(try await desk.booked(late, old).state == .confirmed)
        }

        @Test(arguments: BookingStand.modes)
        func whatIsCancelledComesBackAndOnlyOnce(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "cancel", desks: 1)
            let slot = try BookingStand.slot(11, "0900")
            let taken = try await desk.fill(slot)
            let next = try await desk.register()
            let first = taken[0]
            let path = "/api/appointments/\(first.appointment.id)/cancel"
            try await desk.refuse("POST", path, ["version": .number(9)], "appointment.changed_meanwhile")
            try await desk.refuse(
                "POST", path, ["version": .number(1)], as: Staff.station(Staff.otherStation), 403, "access.denied")
            try await desk.refuse(
                "POST", path, ["version": .number(1)], as: Staff.applicant(next), 403, "access.denied")

            // Freed by staff it is free at once.
            let cancelled = try await desk.cancel(first.appointment.id, 1)
            #expect(cancelled.state == .cancelledByPerson && cancelled.version == 2)
            #expect(try await desk.cancel(first.appointment.id, 1) == cancelled)
            #expect(try await desk.booked(next, slot).state == .confirmed)
            try await desk.refuseBooking(first.person, slot, as: Staff.station(), "slot.full")

            // By the person it stays away for a while.
            let second = taken[1]
            _ = try await desk.cancel(second.appointment.id, 1, as: Staff.applicant(second.person))
            try await desk.refuseBooking(first.person, slot, as: Staff.station(), "slot.full")
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(36 * 60))
            #expect(try await desk.booked(first.person, slot).state == .confirmed)
            try await desk.refuseBooking(second.person, slot, as: Staff.station(), "slot.full")
            // Redis, where it counts, agrees.
            let compared = try await desk.ask(
                "POST", "/api/seats/reconciliation", ["mend": .bool(false)], as: Staff.operator,
                for: AppointmentAPI.Reconciled.self)
            #expect(compared.isCounted == (mode == .fast) && compared.differing.isEmpty)
        }

        @Test(arguments: BookingStand.modes)
        func aSlipSaysWhenAndWhereAndNotWho(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "slip")
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let slot = try BookingStand.slot(11, "0900")
            let hold = try await desk.book(UUID(), person, slot, confirm: false, as: own)
            let path = "/api/appointments/\(hold.id)/slip"
            let early = try await desk.call("GET", path, as: own)
            // A hold that only Redis knows is nothing yet; one of the database is not confirmed.
            #expect(early.status == (mode == .fast ? 404 : 409))
            early.told("the slip of a hold")
            let booked = try await desk.confirm(hold.id, try #require(hold.token), as: own)
            let slip = try await desk.call("GET", path, as: own)
            #expect(slip.status == 200 && slip.header("Content-Type")?.hasPrefix("text/html") == true)
            // What to bring follows from the person's categories, so the look is on record (R137).
            let looks = try await desk.database.query(
                "SELECT count(*) FROM look WHERE person = \(person) AND what = 'appointment' AND by = \(own.subject)"
            ).rows[0].decode(Int.self)
            #expect(looks == 1)
            let (reference, code) = (try #require(booked.reference), try #require(booked.code))
            #expect(slip.text.contains(reference.prefix(4)) && slip.text.contains(reference.suffix(4)))
            #expect(slip.text.contains(code) && slip.text.contains("<svg") && slip.text.contains("9:00"))
            #expect(slip.text.contains("居民身份证"))
            let file = try await desk.ask("GET", "/api/persons/\(person)", for: IntakeAPI.Person.self)
            #expect(!slip.text.contains(file.name) && !slip.text.contains(person.uuidString))
            _ = try await desk.cancel(booked.id, booked.version, as: own)
            try await desk.refuse("GET", path, as: own, "appointment.state")
        }
    }
}
