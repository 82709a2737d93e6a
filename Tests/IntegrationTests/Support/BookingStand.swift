import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import TestSupport
import Testing

/// Intake with a database and a clock of its own, and a station that has published what it can do.
struct BookingStand: Sendable {
    /// Whether Redis counts the seats, or the database does it alone.
    enum Mode: String, Sendable, CaseIterable, CustomTestStringConvertible {
        /// Redis counts.
        case fast
        /// The database answers alone.
        case safe

        var testDescription: String { self.rawValue }
    }

    static let modes = Mode.allCases
    static let station = Staff.ownStation

    let stand: ServiceStand
    let instances: [ServiceStand.Instance]
    let clock: ServiceStandClock
    let database: PostgresConnection
    let name: String

    private static let running = NIOLockedValueBox<[ServiceStand.Instance]>([])
    private let environment: [String: String?]

    /// - Parameters:
    ///   - isLimited: with the limits per client as they are in service; otherwise one may ask as a test does, again and
    ///     again until something is known.
    ///   - changes: of every instance's environment, such as another Redis.
    init(
        _ mode: Mode, name: String, desks: Int = 4, instances count: Int = 1, isLimited: Bool = false,
        changing changes: [String: String?] = [:]
    ) async throws {
        self.stand = try await ServiceStand.shared()
        // Tests run one after another: what the last one started is in the way, with all its connections.
        for old in Self.running.withLockedValue({ running in
            defer { running = [] }
            return running
        }) {
            old.process.signal(SIGTERM)
            _ = await old.process.ending()
        }
        self.name = "\(self.stand.name)_\(name)_\(mode.rawValue)"
        let directory = "\(self.stand.directory)/\(name)_\(mode.rawValue)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.clock = try ServiceStandClock(file: "\(directory)/clock")
        let administrator = try await PostgresConnection.connect(self.stand.installation.administration())
        let role = self.stand.installation.role(of: .intake).user
        try await administrator.execute("CREATE DATABASE \(identifier: self.name) OWNER \(identifier: role)")
        await administrator.close()
        var environment = self.stand.environment(of: .intake, port: 0)
        environment["DATABASE_NAME"] = self.name
        let ending = try await self.stand.command("intake", ["migrate"], environment)
        try #require(ending.status == 0, "\(ending.errors)")
        self.database = try await PostgresConnection.connect(self.stand.installation.administration(self.name))
        self.environment = [
            "DATABASE_NAME": self.name, "CLOCK_FILE": "\(directory)/clock", "MESSAGING_NAMESPACE": self.name,
            "INTAKE_SEATS_COUNTED": mode == .fast ? "yes" : "no",
            "INTAKE_LIMIT_APPLICANT_BURST": isLimited ? nil : "100000",
            "INTAKE_LIMIT_STAFF_BURST": isLimited ? nil : "100000",
        ].merging(changes) { _, new in new }
        var running: [ServiceStand.Instance] = []
        for number in 0..<count {
            running.append(
                try await self.stand.startInstance(
                    .intake, name: "\(name)-\(mode.rawValue)-\(number)", changing: self.environment))
        }
        self.instances = running
        Self.running.withLockedValue { [running] in $0 += running }
        for instance in running { try await self.stand.waitUntilReady(instance) }
        if mode == .fast {
            try await ServiceStand.eventually("Redis counts") {
                try await self.ask(
                    "POST", "/api/seats/reconciliation", ["mend": .bool(false)], as: Staff.operator,
                    for: AppointmentAPI.Reconciled.self
                ).isCounted ? true : nil
            }
        }
        _ = try await self.ask(
            "PUT", "/api/stations/\(Self.station)/capacity/\(CalendarDay(ServiceStandClock.standard))",
            Self.capacity(desks: desks), for: AppointmentAPI.CapacityChange.self)
        // All days are laid out from here on.
        _ = try await self.slots()
    }

    /// Another instance beside the others.
    func start(name: String, changing changes: [String: String?]) async throws -> ServiceStand.Instance {
        let instance = try await self.stand.startInstance(
            .intake, name: "\(self.name)-\(name)", changing: self.environment.merging(changes) { _, new in new })
        Self.running.withLockedValue { $0.append(instance) }
        try await self.stand.waitUntilReady(instance)
        return instance
    }

    static func capacity(desks: Int) -> JSON {
        [
            "hours": .array(
                (1...5).flatMap { weekday in
                    [("09:00", "12:00"), ("14:00", "17:00")].map { from, to in
                        ["weekday": .number(weekday), "from": .string(from), "to": .string(to)]
                    }
                }), "desks": .number(desks), "minutesPerVisit": .number(10), "slotMinutes": .number(60),
            "shares": ["online": .number(50), "hotline": .number(30), "walkIn": .number(20), "home": .number(0)],
            "homeTeams": .number(1), "visitsPerHalfDay": .number(4), "callDesks": .number(1),
            "minutesPerCall": .number(10),
        ]
    }

    // MARK: - Calls

    func call(
        _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = Staff.station(),
        to instance: ServiceStand.Instance? = nil
    ) async throws -> HTTPReply {
        try await self.stand.call(
            .intake, method, path, as: principal, body: body?.bytes ?? [], at: instance ?? self.instances[0])
    }

    /// Many people by lists, as an office registers them.
    func enrol(_ count: Int) async throws -> [UUID] {
        var people: [UUID] = []
        for start in stride(from: 0, to: count, by: 500) {
            let entries = try (start..<min(start + 500, count)).map { line -> JSON in
                [
                    "line": .number(line + 1),
                    "person": try TestPerson(number: line).registration(),
                ]
            }
            let outcome = try await self.ask(
                "POST", "/api/roster", ["entries": .array(entries)], for: IntakeAPI.RosterAnswer.self)
            people += outcome.results.compactMap(\.personID)
        }
        try #require(people.count == count)
        return people
    }

    func ask<Answer: Decodable>(
        _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = Staff.station(),
        for type: Answer.Type, _ location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let reply = try await self.call(method, path, body, as: principal)
        try #require((200...299).contains(reply.status), "\(method) \(path): \(reply.text)", sourceLocation: location)
        return try reply.decoded(Answer.self)
    }

    func register() async throws -> UUID { try await self.register(1)[0] }

    func register(_ count: Int) async throws -> [UUID] {
        var people: [UUID] = []
        for _ in 0..<count {
            let person = TestPerson(number: self.stand.nextNumber())
            people.append(
                try await self.ask("POST", "/api/persons", person.registration(), for: IntakeAPI.Person.self).id)
        }
        return people
    }

    func slots(
        _ kind: AppointmentKind = .counter, as principal: Principal = Staff.station()
    ) async throws -> AppointmentAPI.SlotList {
        try await self.ask(
            "GET", "/api/slots?station=\(Self.station)&kind=\(kind.rawValue)", as: principal,
            for: AppointmentAPI.SlotList.self)
    }

    static func booking(
        _ person: UUID, _ slot: SlotID, confirm: Bool, purpose: AppointmentPurpose = .apply
    ) -> JSON {
        [
            "person": .string(person.uuidString), "purpose": .string(purpose.rawValue),
            "slot": .string(slot.description), "confirm": .bool(confirm),
        ]
    }

    func book(
        _ id: UUID, _ person: UUID, _ slot: SlotID, confirm: Bool, as principal: Principal
    ) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "PUT", "/api/appointments/\(id)", Self.booking(person, slot, confirm: confirm), as: principal,
            for: AppointmentAPI.Appointment.self)
    }

    func confirm(_ id: UUID, _ token: String, as principal: Principal) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "POST", "/api/appointments/\(id)/confirm", ["token": .string(token)], as: principal,
            for: AppointmentAPI.Appointment.self)
    }

    func arrive(_ arrival: JSON) async throws -> AppointmentAPI.Appointment {
        try await self.ask(
            "POST", "/api/stations/\(Self.station)/arrivals", arrival, for: AppointmentAPI.Appointment.self)
    }

    func step(
        _ id: UUID, _ step: String, _ version: Int, again: Bool? = nil
    ) async throws -> AppointmentAPI.Appointment {
        var members: [(String, JSON)] = [("step", .string(step)), ("version", .number(version))]
        if let again { members.append(("mustComeAgain", .bool(again))) }
        return try await self.ask(
            "POST", "/api/appointments/\(id)/desk", .object(members.map { (name: $0.0, value: $0.1) }),
            for: AppointmentAPI.Appointment.self)
    }
}
