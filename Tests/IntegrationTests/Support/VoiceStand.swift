import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import ServiceRuntime
import TestSupport
import Testing

/// Intake and notification with databases and a clock of their own, the installation's Kannel, and the message centre behind it.
struct VoiceStand: Sendable {
    let desk: BookingStand
    let voice: ServiceStand.Instance
    let database: PostgresConnection
    let centre: HTTPCaller
    private let environment: [String: String?]

    private static let running = NIOLockedValueBox<[ServiceStand.Instance]>([])
    private static let people = NIOLockedValueBox(0)

    init(_ name: String, changing changes: [String: String?] = [:]) async throws {
        for old in Self.running.withLockedValue({ running in
            defer { running = [] }
            return running
        }) {
            old.process.signal(SIGKILL)
            _ = await old.process.ending()
        }
        self.desk = try await BookingStand(.safe, name: "voice_\(name)", desks: 8)
        let stand = self.desk.stand
        let installation = stand.installation
        let own = "\(self.desk.name)_voice"
        let administrator = try await PostgresConnection.connect(installation.administration())
        try await administrator.execute(
            "CREATE DATABASE \(identifier: own) OWNER \(identifier: installation.role(of: .notification).user)")
        await administrator.close()
        let url = try #require(URL(string: installation["KANNEL_NOTIFICATION_URL"]))
        let port = try #require(url.port)
        var environment: [String: String?] = [
            "DATABASE_NAME": own, "CLOCK_FILE": self.desk.clock.file, "MESSAGING_NAMESPACE": self.desk.name,
            "NOTIFICATION_SIGNATURE": "【测试服务站】", "NOTIFICATION_TELEPHONE": "0558-0000000",
        ]
        for key in ["KANNEL_URL", "KANNEL_USER", "KANNEL_PASSWORD", "KANNEL_RECEIPT_SECRET", "KANNEL_NOTIFICATION_URL"]
        {
            environment[key] = installation[key]
        }
        for (key, value) in changes { environment[key] = value }
        self.environment = environment
        var migration = stand.environment(of: .notification, port: 0)
        for (key, value) in environment { migration[key] = value }
        let ending = try await stand.command("notification", ["migrate"], migration)
        try #require(ending.status == 0, "\(ending.errors)")
        self.database = try await PostgresConnection.connect(installation.administration(own))
        self.voice = try await stand.startInstance(
            .notification, name: "voice-\(name)", port: port, changing: environment)
        Self.running.withLockedValue { [voice = self.voice] in $0.append(voice) }
        try await stand.waitUntilReady(self.voice)
        let centreURL = try #require(URL(string: installation["MESSAGE_CENTRE_URL"]))
        self.centre = HTTPCaller(
            host: "127.0.0.1", port: try #require(centreURL.port), connections: 4, timeout: .seconds(20))
    }

    /// Another process of the voice, after the first has died or beside it.
    func start(
        _ name: String, port: Int? = nil, changing changes: [String: String?] = [:]
    ) async throws -> ServiceStand.Instance {
        let instance = try await self.desk.stand.startInstance(
            .notification, name: "\(self.desk.name)-\(name)", port: port,
            changing: self.environment.merging(changes) { _, new in new })
        Self.running.withLockedValue { $0.append(instance) }
        try await self.desk.stand.waitUntilReady(instance)
        return instance
    }

    // MARK: - People

    /// A number of a test's own, such as neither rehearsals nor benches use, which speak to the same message centre; its last
    /// four digits choose its fate there.
    static func phone(_ fate: String = "") -> String {
        let number = Self.people.withLockedValue { people in
            people += 1
            return people
        }
        let digits = String(number)
        let count = 8 - fate.count
        return "191" + String(repeating: "0", count: max(0, count - digits.count)) + digits + fate
    }

    /// Somebody born in a year, with these phones.
    func register(
        _ phones: [String], born: String = "1985-05-05", name: String? = nil, related: JSON? = nil,
        lives division: String? = nil
    ) async throws -> UUID {
        let person = TestPerson(number: self.desk.stand.nextNumber())
        let number = try IdentityNumber.synthetic(
            division: "341602", birthDate: try #require(CalendarDay(born)), sequence: person.number % 990 + 1
        ).text
        guard case .object(var members) = try person.registration() else { throw ServiceStandError("no registration") }
        func set(_ key: String, _ value: JSON) {
            if let index = members.firstIndex(where: { $0.name == key }) {
                members[index].value = value
            } else {
                members.append((name: key, value: value))
            }
        }
        set("identityNumber", .string(number))
        set("phones", .array(phones.map { .string($0) }))
        if let name { set("name", .string(name)) }
        if let related { set("related", related) }
        if let division { set("residentDivision", .string(division)) }
        if phones.isEmpty { set("hasNoPhone", .bool(true)) }
        return try await self.desk.ask("POST", "/api/persons", .object(members), for: IntakeAPI.Person.self).id
    }

    // MARK: - What is said

    /// The state of somebody's message as the database has it, while nobody listens.
    func state(of person: UUID, _ purpose: MessagePurpose) async throws -> String? {
        try await self.database.query(
            "SELECT state FROM message WHERE person_id = \(person) AND purpose = \(purpose.rawValue)"
        ).rows.first?.decode(String.self)
    }

    /// What has arrived at the message centre for a number.
    func arrived(_ phone: String) async throws -> [String] {
        let token = self.desk.stand.installation["MESSAGE_CENTRE_SECRET"]
        let reply = try await self.centre.call(
            "GET", "/messages?to=\(phone)", headers: [("Authorization", "Bearer \(token)")])
        try #require(reply.status == 200, "\(reply.text)")
        return try reply.decoded(Messages.self).messages.map(\.text)
    }

    private struct Messages: Decodable {
        struct Message: Decodable { let text: String }
        let messages: [Message]
    }

    /// Somebody writes to the office.
    func write(_ text: String, from phone: String) async throws {
        let token = self.desk.stand.installation["MESSAGE_CENTRE_SECRET"]
        let body: JSON = ["from": .string(phone), "to": .string("10690000"), "text": .string(text)]
        let reply = try await self.centre.call(
            "POST", "/inbound", headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
            body: body.bytes)
        try #require((200...299).contains(reply.status), "\(reply.text)")
    }

    func call(
        _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = Staff.centre()
    ) async throws -> HTTPReply {
        try await self.desk.stand.call(
            .notification, method, path, as: principal, body: body?.bytes ?? [], at: self.voice)
    }

    func messages(of person: UUID) async throws -> [NotificationAPI.Message] {
        let reply = try await self.call("GET", "/api/messages?person=\(person)")
        try #require(reply.status == 200, "\(reply.text)")
        return try reply.decoded(NotificationAPI.MessageList.self).messages
    }

    /// Waits until a message to somebody is in a state.
    @discardableResult
    func message(
        to person: UUID, _ purpose: MessagePurpose, step: String = "", in states: [MessageState],
        within patience: Duration = .seconds(60)
    ) async throws -> NotificationAPI.Message {
        try await ServiceStand.eventually("\(purpose) \(step) is \(states.map(\.rawValue))", within: patience) {
            try await self.messages(of: person).first {
                $0.purpose == purpose && $0.step == step && states.contains($0.state)
            }
        }
    }

    /// Open calls about somebody, by reason.
    func calls(about person: UUID) async throws -> [String] {
        try await self.database.query(
            "SELECT reason FROM call_task WHERE person_id = \(person) AND state = 'open' ORDER BY reason"
        ).rows.map { try $0.decode(String.self) }
    }
}
