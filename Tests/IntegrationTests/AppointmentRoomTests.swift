import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// While people wait, who books online has been let in before; the hotline and the counters wait for nobody.
    @Suite struct AppointmentRoomTests {
        private func register(_ room: RoomStand, at one: ServiceStand.Instance) async throws -> UUID {
            try await room.stand.ask(
                .intake, "POST", "/api/persons", TestPerson(number: room.stand.nextNumber()).registration(),
                as: Staff.station(), at: one, for: IntakeAPI.Person.self
            ).id
        }

        private func book(
            _ room: RoomStand, _ person: UUID, ticket: String? = nil, as principal: Principal? = nil,
            at one: ServiceStand.Instance
        ) async throws -> HTTPReply {
            try await room.stand.call(
                .intake, "PUT", "/api/appointments/\(UUID())", as: principal ?? Staff.applicant(person),
                headers: ticket.map { [("Youdai-Ticket", $0)] } ?? [],
                body: BookingStand.booking(person, try BookingStand.slot(11, "0900"), confirm: true).bytes, at: one)
        }

        @Test func onlyWhoWasLetInBooksWhilePeopleWait() async throws {
            let room = try await RoomStand("booking", window: 1)
            let clock = try room.clock("1", RoomStand.at(9, 5))
            let one = try await room.start("1", clock)
            _ = try await room.stand.ask(
                .intake, "PUT", "/api/stations/\(Staff.ownStation)/capacity/2022-03-09",
                BookingStand.capacity(desks: 4), as: Staff.centre(), at: one, for: AppointmentAPI.CapacityChange.self)
            var people: [UUID] = []
            for _ in 0..<5 { people.append(try await self.register(room, at: one)) }
            let (early, first, second, outside, third) = (people[0], people[1], people[2], people[3], people[4])

            // Nobody waits: no ticket is needed.
            let free = try await ServiceStand.eventually("the room has been read") {
                let reply = try await self.book(room, early, at: one)
                return reply.status == 503 ? nil : reply
            }
            #expect(free.status == 201, "\(free.text)")

            let joined = try await room.join(first, at: one)
            #expect(joined.state == .admitted)
            let ticket = try #require(joined.ticket)
            let waits = try #require(try await room.join(second, at: one).ticket)
            _ = try await room.join(third, at: one)
            let before = try await room.query("SELECT count(*) FROM appointment")[0].decode(Int.self)
            let refusals: [(UUID, String?, Int, String)] = [
                (outside, nil, 409, "room.ticket_needed"), (outside, ticket, 422, "room.ticket_invalid"),
                (second, ticket, 422, "room.ticket_invalid"), (second, "x", 422, "room.ticket_invalid"),
                (second, String(waits.dropLast()) + (waits.hasSuffix("0") ? "1" : "0"), 422, "room.ticket_invalid"),
                (second, nil, 409, "room.ticket_needed"), (second, waits, 409, "room.waiting"),
            ]
            for (person, shown, status, code) in refusals {
                let reply = try await self.book(room, person, ticket: shown, at: one)
                #expect(reply.status == status, "\(code): \(reply.status) \(reply.text)")
                #expect(reply.told(code)?.code == code)
            }
            #expect(try await room.query("SELECT count(*) FROM appointment")[0].decode(Int.self) == before)
            // By phone it is not waited for.
            #expect(try await self.book(room, outside, as: Staff.station(), at: one).status == 201)

            // Whoever has booked makes room for the next.
            let booked = try await self.book(room, first, ticket: ticket, at: one)
                .decoded(AppointmentAPI.Appointment.self)
            let next = try await ServiceStand.eventually("the next is let in") {
                let reply = try await self.book(room, second, ticket: waits, at: one)
                return reply.status == 201 ? reply : nil
            }
            #expect(next.status == 201)
            // Their own turn is over: moving the appointment needs another one, as long as somebody waits.
            _ = try await room.join(UUID(), at: one)
            _ = try await room.join(UUID(), at: one)
            let move = try await room.stand.call(
                .intake, "POST", "/api/appointments/\(booked.id)/move", as: Staff.applicant(first),
                headers: [("Youdai-Ticket", ticket)],
                body: BookingStand.move(try BookingStand.slot(14, "0900"), booked.version).bytes, at: one)
            #expect(move.status == 409 && move.told("after one's turn")?.code == "room.turn_over", "\(move.text)")
            #expect(await room.stand.stop(one) == .exited(0))
        }
    }
}
