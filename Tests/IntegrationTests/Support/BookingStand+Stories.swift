import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// What the stories of appointments need beside booking itself.
extension BookingStand {
    /// A counter slot of the station in March 2022.
    static func slot(
        _ day: Int, _ time: String, _ kind: String = "c", at station: String = Self.station
    ) throws -> SlotID {
        let digits = day < 10 ? "0\(day)" : "\(day)"
        return try #require(SlotID("\(station).\(kind).202203\(digits).\(time)"))
    }

    /// An instant of a day of March 2022 in Asia/Shanghai.
    static func at(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
        let digits = day < 10 ? "0\(day)" : "\(day)"
        return try #require(CalendarDay("2022-03-\(digits)")).startOfDay
            .addingTimeInterval(Double(hour * 60 + minute) * 60)
    }

    /// Expects a refusal with this code, in both languages, that has changed nothing.
    @discardableResult
    func refuse(
        _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = Staff.station(),
        _ status: Int, _ code: String, _ location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPReply {
        let before = try await self.digest()
        let reply = try await self.call(method, path, body, as: principal)
        #expect(
            reply.status == status, "\(method) \(path): \(reply.status) \(reply.text.prefix(300))",
            sourceLocation: location)
        #expect(reply.told("\(method) \(path)", location)?.code == code, sourceLocation: location)
        #expect(try await self.digest() == before, "\(method) \(path) changed something", sourceLocation: location)
        return reply
    }

    @discardableResult
    func refuse(
        _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = Staff.station(),
        _ code: String, _ location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPReply {
        try await self.refuse(method, path, body, as: principal, 409, code, location)
    }

    /// What the database knows of seats and appointments.
    func digest() async throws -> [String?] {
        var digest: [String?] = []
        let tables: [SQL] = [
            "appointment", "appointment_step", "seat", "waiting_entry", "station_capacity", "capacity_exception",
            "collective_session",
        ]
        for table in tables {
            let row = try await self.database.query(
                "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \(table) t"
            ).rows[0]
            digest.append(try row.decode(String?.self))
        }
        return digest
    }

    func count(_ sql: SQL) async throws -> Int { try await self.database.query(sql).rows[0].decode(Int.self) }

    func refuseBooking(
        _ person: UUID, _ slot: SlotID, as principal: Principal, purpose: AppointmentPurpose = .apply,
        id: UUID = UUID(), _ code: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await self.refuseBooking(person, slot, as: principal, purpose: purpose, id: id, 409, code, location)
    }

    func refuseBooking(
        _ person: UUID, _ slot: SlotID, as principal: Principal, purpose: AppointmentPurpose = .apply,
        id: UUID = UUID(), _ status: Int, _ code: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await self.refuse(
            "PUT", "/api/appointments/\(id)", Self.booking(person, slot, confirm: true, purpose: purpose),
            as: principal, status, code, location)
    }

    func read(_ id: UUID, as principal: Principal = Staff.station()) async throws -> AppointmentAPI.Appointment {
        try await self.ask("GET", "/api/appointments/\(id)", as: principal, for: AppointmentAPI.Appointment.self)
    }

    func move(
        _ id: UUID, to slot: SlotID, _ version: Int, as principal: Principal = Staff.station()
    ) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "POST", "/api/appointments/\(id)/move", Self.move(slot, version), as: principal,
            for: AppointmentAPI.Appointment.self)
    }

    static func move(_ slot: SlotID, _ version: Int) -> JSON {
        ["slot": .string(slot.description), "version": .number(version)]
    }

    func cancel(
        _ id: UUID, _ version: Int, token: String? = nil, as principal: Principal = Staff.station()
    ) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "POST", "/api/appointments/\(id)/cancel",
            ["version": .number(version), "token": token.map(JSON.string) ?? .null], as: principal,
            for: AppointmentAPI.Appointment.self)
    }

    static func walkIn(_ person: UUID?, _ purpose: AppointmentPurpose = .apply) -> JSON {
        [
            "station": .string(Self.station), "purpose": .string(purpose.rawValue),
            "person": person.map { .string($0.uuidString) } ?? .null,
        ]
    }

    func walkIn(
        _ person: UUID?, _ purpose: AppointmentPurpose = .apply, id: UUID = UUID()
    ) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "PUT", "/api/walk-ins/\(id)", Self.walkIn(person, purpose), for: AppointmentAPI.Appointment.self)
    }

    func queue() async throws -> [UUID] {
        try await self.ask(
            "GET", "/api/stations/\(Self.station)/queue", for: AppointmentAPI.Queue.self
        ).waiting.map(\.id)
    }

    /// Books a seat for good by staff, who asks for it as its station's hotline.
    func booked(
        _ person: UUID, _ slot: SlotID, as principal: Principal = Staff.station()
    ) async throws -> AppointmentAPI.Appointment {
        try await self.book(UUID(), person, slot, confirm: true, as: principal)
    }

    /// Takes what is left of a slot for everybody who may book it from the front and by phone.
    func fill(_ slot: SlotID) async throws -> [(person: UUID, appointment: AppointmentAPI.Appointment)] {
        var all: [(UUID, AppointmentAPI.Appointment)] = []
        while true {
            let person = try await self.register()
            let id = UUID()
            let reply = try await self.call(
                "PUT", "/api/appointments/\(id)", Self.booking(person, slot, confirm: true), as: Staff.station())
            guard reply.status == 201 else {
                #expect(reply.told("full")?.code == "slot.full")
                return all
            }
            all.append((person, try reply.decoded(AppointmentAPI.Appointment.self)))
        }
    }

    /// Publishes a capacity, valid from a day of March 2022 on.
    @discardableResult
    func publish(
        _ capacity: JSON, from day: Int, at station: String = Self.station
    ) async throws -> AppointmentAPI.CapacityChange {
        try await self.ask(
            "PUT", "/api/stations/\(station)/capacity/\(CalendarDay(try Self.at(day, 12)))", capacity,
            as: Staff.centre(), for: AppointmentAPI.CapacityChange.self)
    }

    /// Somebody who was born on a day.
    func register(born: String) async throws -> UUID {
        let person = TestPerson(number: self.stand.nextNumber())
        let number = try IdentityNumber.synthetic(
            division: "341602", birthDate: try #require(CalendarDay(born)), sequence: person.number % 990 + 1
        ).text
        guard case .object(var members) = try person.registration(),
            let index = members.firstIndex(where: { $0.name == "identityNumber" })
        else { throw ServiceStandError("no registration") }
        members[index].value = .string(number)
        return try await self.ask("POST", "/api/persons", .object(members), for: IntakeAPI.Person.self).id
    }
}
