import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL

/// Somebody with their token, ready to ask.
struct BookingPerson: Sendable {
    let id: UUID
    let authorization: String
}

/// People who have not booked yet.
struct BookingCrowd: Sendable {
    private var waiting: ArraySlice<BookingPerson>

    init(_ people: [BookingPerson]) { self.waiting = people[...] }

    mutating func add(_ people: BookingCrowd) { self.waiting += people.waiting }

    /// The next, who book now.
    mutating func take(_ count: Int) -> [BookingPerson] {
        defer { self.waiting = self.waiting.dropFirst(count) }
        return Array(self.waiting.prefix(count))
    }

    /// Some who will not get anything and can be asked for again.
    func rest(_ most: Int) -> [BookingPerson] { Array(self.waiting.suffix(most)) }
}

/// The clients of a measurement, and the meters.
final class BookingFlow: Sendable {
    let session: RunSession
    let options: AppointmentBench.Options
    let processes: ProcessMeter
    let callers: [HTTPCaller]
    private let division: String
    private let signer: TokenSigner
    private let desk: Desk
    private let pool: PostgresPool
    private let checks = NIOLockedValueBox<(expected: Int, sentences: [String])>((0, []))

    typealias Phase = AppointmentResult.Phase

    init(session: RunSession, programme: Programme, options: AppointmentBench.Options) async throws {
        guard let pool = session.pools[.intake] else { throw OperationsError("The run has no databases.") }
        self.session = session
        self.options = options
        self.pool = pool
        self.division = programme.divisionCode
        self.signer = try session.run.installation.signer()
        self.desk = try Desk(run: session.run, division: programme.divisionCode, connections: 2)
        self.processes = try await ProcessMeter(run: session.run, processes: session.fleet.processes, pool: pool)
        // The open loop needs a connection for everybody who waits at once.
        self.callers = (1...options.instances).map { instance in
            HTTPCaller(
                host: "127.0.0.1", port: session.run.port(.intake, instance: instance),
                connections: max(512, options.connections), timeout: .seconds(30))
        }
    }

    func shutdown() async {
        for caller in self.callers { await caller.shutdown() }
        await self.desk.shutdown()
    }

    /// Signs everybody's token, on all processors.
    func people(_ ids: [UUID]) async throws -> BookingCrowd {
        let parts = stride(from: 0, to: ids.count, by: 1000).map { Array(ids[$0..<min($0 + 1000, ids.count)]) }
        return BookingCrowd(
            try await withThrowingTaskGroup(of: [BookingPerson].self) { group in
                for part in parts {
                    group.addTask {
                        try part.map { id in
                            let token = try self.signer.sign(
                                Principal(
                                    subject: "applicant-\(id)", role: .applicant, division: self.division, person: id),
                                issuedAt: Date.now, lifetime: .seconds(24 * 3600))
                            return BookingPerson(id: id, authorization: "Bearer \(token)")
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            })
    }

    // MARK: - Phases

    /// Starts at rest, and ends when the voice knows of everything: the cost is the whole cost.
    func phase(_ body: () async throws -> Phase) async throws -> Phase {
        try await QuietWatch(pools: self.session.pools).wait()
        try await self.pool.execute("CHECKPOINT")
        let before = try await self.processes.read()
        var phase = try await body()
        let end = ContinuousClock.now
        try await QuietWatch(pools: self.session.pools).wait()
        phase.settled = (ContinuousClock.now - end).asSeconds
        phase.cost = ProcessCost(from: before, to: try await self.processes.read())
        return phase
    }

    /// One request each.
    func book(_ people: [BookingPerson], in slots: [SlotID], seconds: Double) async throws -> Phase {
        try await self.loop(people.count, seconds: seconds) { index, client in
            let call = Self.booking(people[index], slots[index % slots.count], confirm: true)
            return Self.outcome(try await self.send("PUT", call, client), wanted: 201)
        }
    }

    /// A hold and its confirmation, at another instance where there are several.
    func holdAndConfirm(_ people: [BookingPerson], in slots: [SlotID], seconds: Double) async throws -> Phase {
        try await self.loop(people.count, seconds: seconds) { index, client in
            let call = Self.booking(people[index], slots[index % slots.count], confirm: false)
            let held = try await self.send("PUT", call, client)
            guard held.status == 201 else { return Self.outcome(held, wanted: 201) }
            let token = try ContractCoding.decode(Held.self, from: held.body).token
            let confirm = Call(
                path: call.path + "/confirm", headers: call.headers, body: Array(#"{"token":"\#(token)"}"#.utf8))
            return Self.outcome(try await self.send("POST", confirm, client + 1), wanted: 200)
        }
    }

    /// Asks for a seat where there is none.
    func ask(_ people: [BookingPerson], for slot: SlotID, seconds: Double) async throws -> Phase {
        try await self.loop(.max, seconds: seconds) { index, client in
            let call = Self.booking(people[index % people.count], slot, confirm: true)
            return Self.outcome(try await self.send("PUT", call, client), wanted: 409, code: "slot.full")
        }
    }

    func look(_ people: [BookingPerson], at stations: [String], seconds: Double) async throws -> Phase {
        try await self.loop(.max, seconds: seconds) { index, client in
            let call = Call(
                path: "/api/slots?station=\(stations[index % stations.count])",
                headers: [("Authorization", people[index % people.count].authorization)], body: [])
            return Self.outcome(try await self.send("GET", call, client), wanted: 200)
        }
    }

    /// Everybody comes at a moment of their own, whether or not those before have been answered. Latencies count from it.
    func arrive(_ people: [BookingPerson], in slots: [SlotID], rate: Double, chance: Chance) async throws -> Phase {
        let start = ContinuousClock.now
        let answers = try await withThrowingTaskGroup(of: (String?, Double).self) { group in
            var due = 0.0
            for (index, person) in people.enumerated() {
                due += -log1p(-chance.unit(person: index, "bench.gap")) / rate
                let moment = start + .seconds(due)
                if ContinuousClock.now < moment {
                    try await Task.sleep(until: moment, tolerance: .zero, clock: .continuous)
                }
                group.addTask {
                    let call = Self.booking(person, slots[index % slots.count], confirm: true)
                    let outcome = Self.outcome(try await self.send("PUT", call, index), wanted: 201)
                    return (outcome, (ContinuousClock.now - moment).asSeconds)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return Self.phase(answers, (ContinuousClock.now - start).asSeconds)
    }

    // MARK: - Calls

    private struct Call: Sendable {
        let path: String
        let headers: [(String, String)]
        let body: [UInt8]
    }

    private struct Held: Decodable {
        let token: String
    }

    private struct Problem: Decodable {
        struct Body: Decodable {
            let code: String
        }
        let error: Body
    }

    private static func booking(_ person: BookingPerson, _ slot: SlotID, confirm: Bool) -> Call {
        Call(
            path: "/api/appointments/\(UUID())",
            headers: [("Authorization", person.authorization), ("Content-Type", "application/json")],
            body: Array(
                #"{"person":"\#(person.id)","purpose":"apply","slot":"\#(slot)","confirm":\#(confirm)}"#.utf8))
    }

    private func send(_ method: String, _ call: Call, _ client: Int) async throws -> HTTPReply {
        try await self.callers[client % self.callers.count].call(
            method, call.path, headers: call.headers, body: call.body)
    }

    /// - Returns: nil for the answer that was wanted, otherwise what it was.
    private static func outcome(_ reply: HTTPReply, wanted: Int, code: String? = nil) -> String? {
        if reply.status == wanted, code == nil { return nil }
        let problem = try? ContractCoding.decode(Problem.self, from: reply.body).error.code
        if reply.status == wanted, problem == code { return nil }
        return "\(reply.status) \(problem ?? "")"
    }

    /// Each connection takes the next when it has its answer, until the time is over or nobody is left.
    private func loop(
        _ count: Int, seconds: Double, _ body: @escaping @Sendable (Int, Int) async throws -> String?
    ) async throws -> Phase {
        let next = NIOLockedValueBox(0)
        let start = ContinuousClock.now
        let deadline = start + .seconds(seconds)
        let answers = try await withThrowingTaskGroup(of: [(String?, Double)].self) { group in
            for client in 0..<self.options.connections {
                group.addTask {
                    var answers: [(String?, Double)] = []
                    while ContinuousClock.now < deadline {
                        let index = next.withLockedValue { next in
                            defer { next += 1 }
                            return next
                        }
                        guard index < count else { break }
                        let sent = ContinuousClock.now
                        let outcome = try await body(index, client)
                        answers.append((outcome, (ContinuousClock.now - sent).asSeconds))
                    }
                    return answers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Self.phase(answers, (ContinuousClock.now - start).asSeconds)
    }

    private static func phase(_ answers: [(String?, Double)], _ seconds: Double) -> Phase {
        var phase = Phase()
        phase.seconds = seconds
        for case (let outcome?, _) in answers { phase.others[outcome, default: 0] += 1 }
        phase.done = answers.count { $0.0 == nil }
        phase.latencies = Latencies(answers.filter { $0.0 == nil }.map(\.1))
        return phase
    }

    // MARK: - Checks

    /// What was found after each phase, for the report.
    var checked: [String] { self.checks.withLockedValue { $0.sentences } }

    /// Counts what the database holds, and compares Redis with it.
    ///
    /// - Parameter more: bookings answered with success since the last check.
    func check(after phase: String, adding more: Int) async throws {
        let expected = self.checks.withLockedValue { checks in
            checks.expected += more
            return checks.expected
        }
        let (confirmed, held, taken, doubled, shared, astray) = try await self.pool.query(
            """
            SELECT (SELECT count(*) FROM appointment WHERE state = 'confirmed'),
                (SELECT count(*) FROM appointment WHERE state = 'held'),
                (SELECT count(*) FROM seat WHERE appointment IS NOT NULL),
                (SELECT count(*) FROM (SELECT FROM appointment WHERE state IN ('held', 'confirmed')
                    GROUP BY person, purpose HAVING count(*) > 1) d),
                (SELECT count(*) FROM (SELECT FROM appointment WHERE state IN ('held', 'confirmed')
                    GROUP BY slot, seat HAVING count(*) > 1) s),
                (SELECT count(*) FROM appointment a LEFT JOIN seat e ON e.slot = a.slot AND e.number = a.seat
                    WHERE a.state IN ('held', 'confirmed') AND e.appointment IS DISTINCT FROM a.id)
            """
        ).rows[0].decode(Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
        let found = try await self.desk.post(
            .intake, "/api/seats/reconciliation", AppointmentAPI.Reconciliation(mend: false), as: .operator,
            answer: AppointmentAPI.Reconciled.self)
        let sentence =
            "after \(phase): \(Numbers.grouped(confirmed)) confirmed of \(Numbers.grouped(expected)) answered, \(held) held, \(Numbers.grouped(taken)) seats taken, \(doubled) people with two, \(shared) seats with two, \(astray) astray; \(found.isCounted ? "Redis differs at \(found.differing.count) of \(Numbers.grouped(found.compared)) slots" : "nothing counted in Redis")"
        self.checks.withLockedValue { $0.sentences.append(sentence) }
        guard confirmed == expected, taken == confirmed + held, held == 0, doubled == 0, shared == 0, astray == 0,
            found.differing.isEmpty, found.isCounted == self.options.counted
        else { throw OperationsError("The seats do not add up \(sentence).") }
    }
}
