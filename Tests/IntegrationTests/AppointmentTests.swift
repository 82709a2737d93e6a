import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Booking, the day at the station, closures, the waiting list (R115–R120, R150). On a database and a clock of its own,
    /// with and without Redis.
    @Suite struct AppointmentTests {
        private static let station = Staff.ownStation

        @Test(arguments: BookingStand.modes)
        func aPersonBooksComesAndIsServed(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "story")
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let slots = try await desk.slots(as: own)
            let slot = try #require(slots.slots.first { $0.free > 0 })
            #expect(slots.quietest.first != nil && slots.elsewhere.isEmpty)

            let id = UUID()
            let held = try await desk.book(id, person, slot.id, confirm: false, as: own)
            #expect(held.state == .held && held.reference == nil && held.heldUntil != nil)
            let token = try #require(held.token)
            let confirmed = try await desk.confirm(id, token, as: own)
            #expect(confirmed.state == .confirmed && confirmed.reference?.count == 8 && confirmed.code?.count == 4)
            // The answer may have been lost: the same again is the same.
            #expect(try await desk.confirm(id, token, as: own) == confirmed)
            #expect(try await desk.book(id, person, slot.id, confirm: true, as: own).reference == confirmed.reference)

            desk.clock.set(slot.startsAt.addingTimeInterval(-600))
            let arrived = try await desk.arrive([
                "reference": .string(confirmed.reference ?? ""), "code": .string(confirmed.code ?? ""),
            ])
            #expect(arrived.state == .checkedIn && arrived.queueNumber == 1)
            let queue = try await desk.ask("GET", "/api/stations/\(Self.station)/queue", for: AppointmentAPI.Queue.self)
            #expect(queue.waiting.map(\.id) == [id])
            var now = try await desk.step(id, "call", arrived.version)
            now = try await desk.step(id, "serve", now.version)
            now = try await desk.step(id, "finish", now.version, again: false)
            #expect(now.state == .done)
            let told = try await desk.call(
                "POST", "/api/appointments/\(id)/cancel", ["version": .number(now.version)], as: own)
            #expect(told.status == 409 && told.told("cancel when done")?.code == "appointment.state")
        }

        @Test(arguments: BookingStand.modes)
        func nobodyHasTwoAndNothingIsOversold(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "rush", desks: 1)
            let slot = try #require(try await desk.slots(as: Staff.centre()).slots.first { $0.free > 0 })
            let seats = slot.free
            let people = try await desk.register(30)
            // Everybody asks twice at the same moment, under two ids.
            let answers = try await withThrowingTaskGroup(of: (UUID, Int).self) { group in
                for person in people {
                    for _ in 0..<2 {
                        group.addTask {
                            let reply = try await desk.call(
                                "PUT", "/api/appointments/\(UUID())",
                                BookingStand.booking(person, slot.id, confirm: true), as: Staff.centre())
                            return (person, reply.status)
                        }
                    }
                }
                return try await group.reduce(into: [(UUID, Int)]()) { $0.append($1) }
            }
            var won = answers.filter { $0.1 == 201 }.map(\.0)
            // What two clicks of one person had taken twice came back after others had been refused: it is there for the next.
            for person in people where !won.contains(person) {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, slot.id, confirm: true),
                    as: Staff.centre())
                if reply.status == 201 { won.append(person) }
            }
            #expect(won.count == seats && Set(won).count == seats, "\(won.count) of \(seats)")
            #expect(answers.allSatisfy { $0.1 == 201 || $0.1 == 409 })
            let taken = try await desk.database.query(
                "SELECT count(*) FROM seat WHERE slot = \(slot.id.description) AND appointment IS NOT NULL"
            ).rows[0].decode(Int.self)
            #expect(taken == seats)
        }

        @Test func aClosureMakesOrphansWhoMustBeTold() async throws {
            let desk = try await BookingStand(.safe, name: "closure")
            let person = try await desk.register()
            let list = try await desk.slots(as: Staff.centre())
            let slot = try #require(list.slots.last { $0.free > 0 })
            let id = UUID()
            let booked = try await desk.book(id, person, slot.id, confirm: true, as: Staff.station())
            let closure: JSON = [
                "day": .string("\(slot.id.day)"), "desks": .number(0), "stopsHomeVisits": .bool(true),
                "reason": .string("停电检修"),
            ]
            let change = try await desk.ask(
                "PUT", "/api/stations/\(Self.station)/exceptions/\(UUID())", closure,
                for: AppointmentAPI.CapacityChange.self)
            #expect(change.orphaned == [id] && change.seatsRemoved > 0)
            desk.clock.set(slot.startsAt.addingTimeInterval(86_400))
            let refused = try await desk.call(
                "POST", "/api/stations/\(Self.station)/days/\(slot.id.day)/close", as: Staff.station())
            #expect(refused.status == 409 && refused.told("untold")?.code == "day.people_not_told")
            let orphans = try await desk.ask(
                "GET", "/api/orphans?station=\(Self.station)", for: AppointmentAPI.AppointmentList.self)
            #expect(orphans.appointments.map(\.appointment.id) == [id] && orphans.appointments[0].told == nil)
            let told = try await desk.ask(
                "POST", "/api/appointments/\(id)/told", ["how": .string("phone")],
                for: AppointmentAPI.Appointment.self)
            #expect(told.state == .orphaned && told.version > booked.version)
            let account = try await desk.ask(
                "POST", "/api/stations/\(Self.station)/days/\(slot.id.day)/close", for: AppointmentAPI.DayAccount.self)
            #expect(account.missed == 0)
        }
    }
}
