import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// The voice with no calls waiting, and people who can be called.
struct CallStand: Sendable {
    let stand: ServiceStand

    /// Calls left by other tests are taken away; those of the fixture are due much later.
    static func fresh() async throws -> CallStand {
        let stand = try await ServiceStand.shared()
        try await stand.settle()
        let database = try stand.database(.notification)
        try await database.execute(
            "DELETE FROM call_attempt WHERE task IN (SELECT id FROM call_task WHERE due_at < \(Self.fixtureDue))")
        try await database.execute("DELETE FROM call_task WHERE due_at < \(Self.fixtureDue)")
        stand.clock.set(ServiceStandClock.standard)
        return CallStand(stand: stand)
    }

    /// After everything the tests wait for.
    static let fixtureDue = ServiceStandClock.standard.addingTimeInterval(86_400 * 200)
    static let now = ServiceStandClock.standard

    var database: PostgresConnection {
        get throws { try self.stand.database(.notification) }
    }

    // MARK: - People

    /// Registers people with two numbers each, a mobile and a landline, and a relative's mobile.
    func people(_ count: Int, at station: String = Staff.ownStation) async throws -> [Callee] {
        var people: [Callee] = []
        for _ in 0..<count {
            let person = TestPerson(number: self.stand.nextNumber(), station: station)
            guard case .object(var members) = try person.registration() else { break }
            let landline = "0558-5599\(String(format: person.number))"
            let relative = "1990066\(String(format: person.number))"
            members.removeAll { $0.name == "phones" }
            members.append(("phones", .array([.string(person.phone), .string(landline)])))
            members.append(
                (
                    "related",
                    .array([
                        [
                            "role": .string("relative"), "name": .string("测试亲属"), "relation": .string("子女"),
                            "phones": .array([.string(relative)]),
                        ]
                    ])
                ))
            let id = try await self.stand.ask(
                .intake, "POST", "/api/persons", .object(members), as: Staff.station(station),
                for: IntakeAPI.Person.self
            ).id
            people.append(
                Callee(
                    id: id, person: person, name: person.name, station: station,
                    numbers: [person.phone, landline, relative],
                    digests: (0..<3).map { _ in (0..<32).map { _ in UInt8.random(in: 0...255) } }))
        }
        try await self.stand.settle()
        for callee in people { try await self.write(callee) }
        return people
    }

    func person(at station: String = Staff.ownStation) async throws -> Callee {
        try #require(try await self.people(1, at: station).first)
    }

    /// Writes the numbers of somebody as those that are known: what the voice does when they are registered.
    func write(_ callee: Callee) async throws {
        try await self.database.execute("DELETE FROM contact_number WHERE person_id = \(callee.id)")
        try await self.database.execute(
            """
            INSERT INTO contact_number (person_id, digest, place, owner, is_mobile)
            SELECT \(callee.id), n.digest, n.place - 1, CASE WHEN n.place = 3 THEN 'related' ELSE 'own' END, n.place <> 2
            FROM unnest(\(callee.digests)) WITH ORDINALITY AS n (digest, place)
            """)
        try await self.database.execute("UPDATE contact_point SET born_year = 1951 WHERE person_id = \(callee.id)")
    }

    /// Status of the numbers by place.
    func statuses(_ callee: Callee) async throws -> [String] {
        try await self.database.query("SELECT status FROM contact_number WHERE person_id = \(callee.id) ORDER BY place")
            .rows.map { try $0.decode(String.self) }
    }

    // MARK: - Calls

    /// A call that waits, as the planner of messages opens it.
    @discardableResult
    func open(
        _ callee: Callee, _ reason: CallReason = .outreach, purpose: MessagePurpose = .outreach, subject: UUID = UUID(),
        opened: Date = now, due: Date? = nil, promised: Date? = nil, until: Date = now.addingTimeInterval(86_400 * 60)
    ) async throws -> UUID {
        let id = UUID()
        try await self.database.execute(
            """
            INSERT INTO call_task (id, person_id, station, reason, purpose, subject, subject_version, urgency, state, opened_at,
                due_at, not_after, promised_at)
            VALUES (\(id), \(callee.id), \(callee.station), \(reason.rawValue), \(purpose.rawValue), \(subject), 1,
                \(reason.urgency), 'open', \(opened), \(promised ?? due ?? opened), \(until), \(promised))
            """)
        return id
    }

    func clerk(_ name: String, at station: String = Staff.ownStation) -> Principal {
        Principal(subject: "caller-\(name)", role: .station, division: Staff.division, station: station)
    }

    func next(as clerk: Principal, station: String? = nil) async throws -> CallAPI.Next {
        let body: JSON? = station.map { ["station": .string($0)] }
        return try await self.stand.ask(
            .notification, "POST", "/api/calls/next", body, as: clerk, for: CallAPI.Next.self)
    }

    /// The call that is handed out, which must be one.
    func claim(as clerk: Principal, _ location: SourceLocation = #_sourceLocation) async throws -> CallAPI.Call {
        try #require(try await self.next(as: clerk).call, sourceLocation: location)
    }

    func page(_ id: UUID, as clerk: Principal) async throws -> CallAPI.Call {
        try await self.stand.ask(.notification, "GET", "/api/calls/\(id)", as: clerk, for: CallAPI.Call.self)
    }

    static func attempt(
        _ call: CallAPI.Call, _ outcome: CallOutcome, id: UUID = UUID(), number: String? = nil, at: Date? = nil,
        appointment: UUID? = nil, note: String? = nil, version: Int? = nil
    ) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("id", .string(id.uuidString)), ("version", .number(version ?? call.version)),
            ("outcome", .string(outcome.rawValue)),
        ]
        if let number { members.append(("number", .string(number))) }
        if let at { members.append(("at", .string(InstantText.format(at)))) }
        if let appointment { members.append(("appointment", .string(appointment.uuidString))) }
        if let note { members.append(("note", .string(note))) }
        return .object(members)
    }

    func send(_ attempt: JSON, to id: UUID, as clerk: Principal) async throws -> HTTPReply {
        try await self.stand.call(
            .notification, "POST", "/api/calls/\(id)/attempts", as: clerk, body: attempt.bytes)
    }

    /// Records an attempt on the number that is next.
    func record(
        _ call: CallAPI.Call, _ outcome: CallOutcome, at: Date? = nil, appointment: UUID? = nil, note: String? = nil,
        as clerk: Principal, _ location: SourceLocation = #_sourceLocation
    ) async throws -> CallAPI.Standing {
        let number = call.numbers.first(where: \.isNext)?.id
        return try await self.send(
            Self.attempt(call, outcome, number: number, at: at, appointment: appointment, note: note), to: call.id,
            as: clerk
        ).decoded(CallAPI.Standing.self, location)
    }

    /// Expects a refusal that has changed nothing.
    func refuse(
        _ what: String, _ path: String, _ body: JSON?, as clerk: Principal, _ status: Int, _ code: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await self.stand.digest(.notification)
        let reply = try await self.stand.call(
            .notification, body == nil ? "GET" : "POST", path, as: clerk, body: body?.bytes ?? [])
        #expect(reply.status == status, "\(what): \(reply.status) \(reply.text.prefix(200))", sourceLocation: location)
        #expect(reply.told(what, location)?.code == code, "\(what)", sourceLocation: location)
        let after = try await self.stand.digest(.notification)
        let changed = after.keys.filter { after[$0] != before[$0] }.sorted()
        #expect(changed.isEmpty, "\(what) changed rows", sourceLocation: location)
    }
}

/// Somebody to call.
struct Callee: Sendable {
    let id: UUID
    let person: TestPerson
    let name: String
    let station: String
    /// Their mobile, their landline, a relative's mobile.
    let numbers: [String]
    /// What stands for each in the database.
    var digests: [[UInt8]]
}

extension String {
    /// Four digits, for numbers nobody has.
    fileprivate init(format number: Int) {
        let digits = Swift.String(number % 10_000)
        self = Swift.String(repeating: "0", count: 4 - digits.count) + digits
    }
}
