import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

/// Instances of intake on a database and with clocks that one test has for itself.
struct RoomStand: Sendable {
    let stand: ServiceStand
    let database: String
    let directory: String
    private let environment: [String: String?]

    /// Wednesday, 9 March 2022, at so many minutes after midnight in Asia/Shanghai.
    static func at(_ hour: Int, _ minute: Int, _ second: Double = 0, day: String = "2022-03-09") -> Date {
        (CalendarDay(day) ?? .earliest).startOfDay.addingTimeInterval(Double(hour * 3600 + minute * 60) + second)
    }

    /// - Parameter isLimited: with the limits per client as they are in service; otherwise one may ask as a test does, again
    ///   and again until something is known.
    init(_ name: String, window: Int, isLimited: Bool = false) async throws {
        let stand = try await ServiceStand.shared()
        self.stand = stand
        self.database = "\(stand.name)_\(name)"
        self.directory = "\(stand.directory)/\(name)"
        var changes: [String: String?] = [
            "DATABASE_NAME": self.database, "MESSAGING_NAMESPACE": self.database, "INTAKE_ROOM_WINDOW": "\(window)",
        ]
        if !isLimited { changes["INTAKE_LIMIT_APPLICANT_BURST"] = "100000" }
        self.environment = changes
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        let role = stand.installation.role(of: .intake).user
        try await self.administer(
            "CREATE DATABASE \(identifier: self.database) OWNER \(identifier: role)")
        var environment = stand.environment(of: .intake, port: 0)
        environment["DATABASE_NAME"] = self.database
        let ending = try await stand.command("intake", ["migrate"], environment)
        try #require(ending.status == 0, "\(ending.errors)")
    }

    func administer(_ sql: SQL) async throws {
        let administrator = try await PostgresConnection.connect(self.stand.installation.administration())
        try await administrator.execute(sql)
        await administrator.close()
    }

    func query(_ sql: SQL) async throws -> [PostgresRow] {
        let connection = try await PostgresConnection.connect(self.stand.installation.administration(self.database))
        let rows = try await connection.query(sql).rows
        await connection.close()
        return rows
    }

    func clock(_ name: String, _ instant: Date) throws -> ServiceStandClock {
        let clock = try ServiceStandClock(file: "\(self.directory)/clock-\(name)")
        clock.set(instant)
        return clock
    }

    func start(_ name: String, _ clock: ServiceStandClock) async throws -> ServiceStand.Instance {
        var changes = self.environment
        changes["CLOCK_FILE"] = clock.file
        changes["LOG_LEVEL"] = "info"
        let instance = try await self.stand.startInstance(.intake, name: "\(self.database)-\(name)", changing: changes)
        try await self.stand.waitUntilReady(instance)
        return instance
    }

    // MARK: - Calls

    func call(
        _ method: String, _ person: UUID, ticket: String? = nil, at instance: ServiceStand.Instance
    ) async throws -> HTTPReply {
        try await self.stand.call(
            .intake, method, "/api/room", as: Staff.applicant(person),
            headers: ticket.map { [("Youdai-Ticket", $0)] } ?? [], at: instance)
    }

    func join(_ person: UUID, at instance: ServiceStand.Instance) async throws -> IntakeAPI.Room {
        try await self.call("POST", person, at: instance).decoded(IntakeAPI.Room.self)
    }

    func ask(
        _ person: UUID, _ ticket: String?, at instance: ServiceStand.Instance
    ) async throws -> IntakeAPI.Room {
        try await self.call("GET", person, ticket: ticket, at: instance).decoded(IntakeAPI.Room.self)
    }

    func figures(at instance: ServiceStand.Instance) async throws -> IntakeAPI.RoomFigures {
        try await self.stand.ask(
            .intake, "GET", "/api/room/figures", as: Staff.centre(), at: instance, for: IntakeAPI.RoomFigures.self)
    }

    /// Waits until an instance knows this many who were let in.
    @discardableResult
    func admitted(_ count: Int, at instance: ServiceStand.Instance) async throws -> IntakeAPI.RoomFigures {
        try await ServiceStand.eventually("\(count) are let in") {
            let figures = try await self.figures(at: instance)
            return figures.admitted == count ? figures : nil
        }
    }

    /// Places of people in the order, as an instance tells them one after the other.
    func places(_ tickets: [UUID: String], at instance: ServiceStand.Instance) async throws -> [UUID: Int] {
        var places: [UUID: Int] = [:]
        for (person, ticket) in tickets {
            places[person] = try await ServiceStand.eventually("a place") {
                try await self.ask(person, ticket, at: instance).place
            }
        }
        return places
    }

    /// What everybody can check once the seed is told.
    static func drawn(_ people: some Sequence<UUID>, seed: String) -> [UUID] {
        let digits = Array(seed.utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        let lots = people.map { person in
            (
                person,
                Array(
                    HMAC<SHA256>.authenticationCode(
                        for: Array(person.uuidString.lowercased().utf8), using: SymmetricKey(data: bytes)))
            )
        }
        return lots.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }
}
