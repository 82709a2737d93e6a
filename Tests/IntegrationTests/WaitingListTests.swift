import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The waiting list (候补): what is given back is offered, kept for two hours, and offered three times at most.
    @Suite struct WaitingListTests {
        private typealias Item = AppointmentAPI.WaitingList.Item

        private func entry(
            _ person: UUID, _ from: Int = 9, _ through: Int = 11, kind: String = "counter",
            at station: String = BookingStand.station
        ) throws -> JSON {
            [
                "person": .string(person.uuidString), "purpose": .string("apply"), "kind": .string(kind),
                "station": .string(station), "from": .string("\(CalendarDay(try BookingStand.at(from, 12)))"),
                "through": .string("\(CalendarDay(try BookingStand.at(through, 12)))"),
            ]
        }

        private func read(
            _ desk: BookingStand, _ id: UUID, as principal: Principal = Staff.station()
        ) async throws -> Item {
            try await desk.ask("GET", "/api/waiting-list/\(id)", as: principal, for: Item.self)
        }

        private func eventually(
            _ desk: BookingStand, _ id: UUID, _ state: AppointmentAPI.WaitingEntry.State
        ) async throws -> Item {
            try await ServiceStand.eventually("\(id) is \(state)") {
                let item = try await self.read(desk, id)
                return item.state == state ? item : nil
            }
        }

        /// A station of one slot of five seats on 11 March; the other days are closed.
        private func stand(
            _ mode: BookingStand.Mode, _ name: String
        ) async throws -> (desk: BookingStand, taken: [(person: UUID, appointment: AppointmentAPI.Appointment)]) {
            let desk = try await BookingStand(mode, name: name, desks: 1)
            let taken = try await self.onlyOneSlot(desk)
            return (desk, taken)
        }

        private static let slot = "341602-01.c.20220311.0900"

        private func onlyOneSlot(
            _ desk: BookingStand
        ) async throws -> [(person: UUID, appointment: AppointmentAPI.Appointment)] {
            for day in 9...23 {
                let isOpen = day == 11
                let closure: JSON = [
                    "day": .string("\(CalendarDay(try BookingStand.at(day, 12)))"), "desks": .number(0),
                    "from": .string(isOpen ? "10:00" : "00:00"), "to": .string("24:00"),
                    "stopsHomeVisits": .bool(true), "reason": .string("测试"),
                ]
                _ = try await desk.ask(
                    "PUT", "/api/stations/\(BookingStand.station)/exceptions/\(UUID())", closure,
                    for: AppointmentAPI.CapacityChange.self)
            }
            return try await desk.fill(try #require(SlotID(Self.slot)))
        }

        /// Enters somebody once what is shown is full.
        private func enter(_ desk: BookingStand, _ person: UUID, _ through: Int = 11) async throws -> UUID {
            let id = UUID()
            let body = try self.entry(person, 9, through)
            let item = try await ServiceStand.eventually("everything is shown as full") {
                let reply = try await desk.call("PUT", "/api/waiting-list/\(id)", body)
                return reply.status == 201 ? try reply.decoded(Item.self) : nil
            }
            #expect(item.state == .waiting && item.offers == 0 && item.offer == nil)
            // Sent again it is the same entry.
            #expect(try await desk.ask("PUT", "/api/waiting-list/\(id)", body, for: Item.self).id == id)
            return id
        }

        @Test(arguments: BookingStand.modes)
        func whatSomebodyGivesUpIsOfferedAndTakenWithItsToken(_ mode: BookingStand.Mode) async throws {
            let (desk, taken) = try await self.stand(mode, "offered")
            #expect(taken.count == 4)
            let slot = try #require(SlotID(Self.slot))
            let people = [try await desk.register(born: "1951-06-06"), try await desk.register()]
            let id = try await self.enter(desk, people[0])
            try await desk.refuse(
                "PUT", "/api/waiting-list/\(UUID())", try self.entry(people[0]), "waiting.already_live")
            try await desk.refuse("PUT", "/api/waiting-list/\(id)", try self.entry(people[1]), "appointment.differs")

            // Given up by the person: to others it comes back later, to the list at once.
            _ = try await desk.cancel(taken[0].appointment.id, 1, as: Staff.applicant(taken[0].person))
            let offered = try await self.eventually(desk, id, .offered)
            let offer = try #require(offered.offer)
            #expect(offer.state == .held && offer.slot == slot && offered.offers == 1)
            #expect(offer.heldUntil == ServiceStandClock.standard.addingTimeInterval(7200))
            // Of more than seventy years: by telephone.
            #expect(offered.byPhone)
            try await desk.refuseBooking(people[1], slot, as: Staff.station(), "slot.full")
            let list = try await desk.ask(
                "GET", "/api/waiting-list?station=\(BookingStand.station)", for: AppointmentAPI.WaitingList.self)
            #expect(list.entries.map(\.id) == [id])
            try await desk.refuse(
                "GET", "/api/waiting-list/\(id)", as: Staff.applicant(people[1]), 403, "access.denied")
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(7200))
            let confirmed = try await desk.confirm(
                offer.id, try #require(offer.token), as: Staff.applicant(people[0]))
            #expect(confirmed.state == .confirmed && confirmed.reference != nil)
            _ = try await self.eventually(desk, id, .booked)
            let compared = try await desk.ask(
                "POST", "/api/seats/reconciliation", ["mend": .bool(false)], as: Staff.operator,
                for: AppointmentAPI.Reconciled.self)
            #expect(compared.differing.isEmpty)
        }

        @Test(arguments: BookingStand.modes)
        func anOfferThatRunsOutIsMadeToTheNextAndThreeAreTheMost(_ mode: BookingStand.Mode) async throws {
            let (desk, taken) = try await self.stand(mode, "lapsing")
            let people = try await desk.register(2)
            let first = try await self.enter(desk, people[0])
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(1))
            let second = try await self.enter(desk, people[1])
            _ = try await desk.cancel(taken[0].appointment.id, 1)
            let offer = try #require(try await self.eventually(desk, first, .offered).offer)
            #expect(try await self.read(desk, second).state == .waiting)
            // A millisecond over: it goes to the next, and on this day no more to the first.
            desk.clock.set(ServiceStandClock.standard.addingTimeInterval(1 + 7200.001))
            let next = try #require(try await self.eventually(desk, second, .offered).offer)
            #expect(next.slot == offer.slot && next.id != offer.id)
            let late = try await desk.call(
                "POST", "/api/appointments/\(offer.id)/confirm", ["token": .string(try #require(offer.token))])
            #expect(late.status == 409 && late.told("an offer that ran out")?.code == "hold.over")
            let waits = try await self.read(desk, first)
            #expect(waits.state == .waiting && waits.offers == 1 && waits.offer == nil)

            // Who takes themselves off the list gives the seat that was kept for them back at once.
            let gone = try await desk.ask("POST", "/api/waiting-list/\(second)/withdraw", for: Item.self)
            #expect(gone.state == .withdrawn)
            #expect(try await desk.read(next.id).state == .cancelledByPerson)
            let other = try await desk.register()
            #expect(try await desk.booked(other, try #require(SlotID(Self.slot))).state == .confirmed)
        }

        @Test func afterThreeOffersAnEntryIsOver() async throws {
            let (desk, _) = try await self.stand(.safe, "three")
            // Every day there is one free seat of a later day, offered and not taken.
            let person = try await desk.register()
            let id = try await self.enter(desk, person, 23)
            for round in 1...3 {
                desk.clock.set(try BookingStand.at(9 + round, 9, 30))
                let slot = try BookingStand.slot(15 + round, "0900")
                try await desk.database.execute(
                    "INSERT INTO seat (slot, number, pool) SELECT id, 1, 'online' FROM slot WHERE id = \(slot.description)"
                )
                let offered = try await self.eventually(desk, id, .offered)
                #expect(offered.offers == round && offered.offer?.slot == slot)
                desk.clock.set(try BookingStand.at(9 + round, 11, 30).addingTimeInterval(1))
                let over = try await self.eventually(desk, id, round < 3 ? .waiting : .exhausted)
                #expect(over.offers == round && over.offer == nil)
                try await desk.database.execute("DELETE FROM seat WHERE slot = \(slot.description)")
            }
        }

        @Test func whoCannotWaitIsToldWhatToDo() async throws {
            let desk = try await BookingStand(.safe, name: "unfit")
            let person = try await desk.register()
            let path = "/api/waiting-list/\(UUID())"
            try await desk.refuse("PUT", path, try self.entry(person), "waiting.not_needed")
            for (from, through) in [(8, 11), (12, 11)] {
                try await desk.refuse("PUT", path, try self.entry(person, from, through), 422, "waiting.days")
            }
            try await desk.refuse("PUT", path, try self.entry(UUID()), 404, "person.unknown")
            try await desk.refuse("PUT", path, try self.entry(person, at: "nowhere"), 422, "person.station")
            try await desk.refuse(
                "PUT", path, try self.entry(person), as: Staff.station(Staff.otherStation), 403, "access.denied")
            // Their batch opens in April: nothing before it may be offered.
            let later = TestPerson(number: desk.stand.nextNumber(), categories: [.ruralSoldierOver60])
            let third = try await desk.ask("POST", "/api/persons", later.registration(), for: IntakeAPI.Person.self).id
            let early = try await desk.refuse(
                "PUT", path, try self.entry(third, kind: "collective"), "booking.not_yet")
            #expect(early.text.contains("2022年4月1日"))
            _ = try await desk.booked(person, try BookingStand.slot(11, "0900"))
            try await desk.refuse(
                "PUT", path, try self.entry(person, kind: "collective"), "appointment.already_live")
            try await desk.refuse("GET", "/api/waiting-list/\(UUID())", as: Staff.station(), 404, "waiting.unknown")
        }
    }
}
