import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import Redis

/// What the three servers alone manage of a booking's work: an empty answer, the script that takes a seat, and the three
/// rows of a booking committed, each by this project's own client, as long as a phase and as wide.
struct BookingCeiling: Sendable {
    let run: Run
    let options: AppointmentBench.Options

    // MARK: - HTTP

    /// `GET /health/live` at the same instances.
    func http(_ flow: BookingFlow) async throws -> CeilingPart {
        try await self.part("HTTP server", "an empty answer", flow.processes) { client in
            let reply = try await flow.callers[client % flow.callers.count].call("GET", "/health/live")
            guard reply.status == 200 else { throw OperationsError("/health/live answered \(reply.status).") }
            return 1
        }
    }

    // MARK: - Redis

    /// The script intake ran, on slots of its own with as many seats each.
    func redis(_ script: SeatKeys.Script) async throws -> CeilingPart {
        let base = "\(self.run.namespace):bench"
        let seats = self.options.seats
        return try await ScratchPool.with(self.run, connections: 1) { pool in
            let processes = try await ProcessMeter(run: self.run, processes: [:], pool: pool)
            return try await SeatKeys(installation: self.run.installation, namespace: self.run.namespace).withClient {
                client in
                @Sendable func lay(_ slot: Int) async throws {
                    try await client.send(
                        RedisCommand(
                            "HSET", "\(base):\(slot):f", ".", 1, .text(script.pools.first ?? "online"), .integer(seats))
                    )
                }
                try await client.send(RedisCommand("SET", "\(base):epoch", 1))
                for slot in 0...self.options.slots { try await lay(slot) }
                let next = NIOLockedValueBox(0)
                // Nobody settles what is taken here, so it stays; a few seconds of it fit into the server's memory.
                return try await self.part("Redis", "the script that takes a seat", processes, longest: 5) { _ in
                    let index = next.withLockedValue { next in
                        defer { next += 1 }
                        return next
                    }
                    let slot = index / seats
                    if index % seats == 0 {
                        // As many slots as in a phase at any time, whatever time there is.
                        try await lay(slot + self.options.slots)
                        try await client.send(
                            RedisCommand(
                                "UNLINK", "\(base):\(slot - self.options.slots):f",
                                "\(base):\(slot - self.options.slots):t"))
                    }
                    let person = UUID().uuidString
                    let keys: [RedisArgument] = [
                        "\(base):epoch", "\(base):\(slot)", "\(base):apply:\(person)",
                    ]
                    let now = Int(Date.now.timeIntervalSince1970 * 1000)
                    let arguments: [RedisArgument] =
                        [1, .integer(now), .text(UUID().uuidString), 0, .integer(now)] + script.pools.map { .text($0) }
                    let answer = try await client.send(
                        RedisCommand("EVALSHA", [.text(script.digest), 3] + keys + arguments))
                    guard try answer.asArray().first?.asText() == "taken" else {
                        throw OperationsError("Redis did not give a seat that was free.")
                    }
                    return 1
                }
            }
        }
    }

    // MARK: - PostgreSQL

    private struct Seat: Sendable {
        let id: UUID
        let person: UUID
        let slot: String
        let number: Int
    }

    /// The rows of a booking in tables like the real ones, with all their indexes: one transaction each, or as many
    /// together as wait, in as many lanes as there are connections.
    func database(grouped: Bool) async throws -> CeilingPart {
        let connections = grouped ? 4 : self.options.connections
        let seats = self.options.seats
        return try await ScratchPool.with(self.run, connections: connections + 1) { pool in
            let processes = try await ProcessMeter(run: self.run, processes: [:], pool: pool)
            try await self.prepare(pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<connections { group.addTask { try await pool.execute("SELECT pg_sleep(0.2)") } }
                try await group.waitForAll()
            }
            try await pool.execute("CHECKPOINT")
            let next = NIOLockedValueBox(0)
            let total = self.options.slots * seats
            let group = max(1, self.options.connections / connections)
            let part = try await self.part(
                grouped ? "Database, grouped" : "Database",
                grouped
                    ? "\(group) bookings a commit, \(connections) at once"
                    : "three rows a commit, \(connections) connections", processes, width: connections
            ) { _ in
                let first = next.withLockedValue { next in
                    defer { next += grouped ? group : 1 }
                    return next
                }
                let wanted = (first..<first + (grouped ? group : 1)).map { index in
                    // After all seats once, over again: the row is the same to the database.
                    let place = index % total
                    return Seat(
                        id: UUID(), person: UUID(), slot: "bench.\(place % self.options.slots)",
                        number: place / self.options.slots + 1)
                }
                try await pool.withTransaction { sql in try await sql.batch(Self.booking(wanted)) }
                return wanted.count
            }
            try await pool.execute("DROP TABLE bench_appointment, bench_step, bench_seat")
            return part
        }
    }

    private func prepare(_ pool: PostgresPool) async throws {
        try await pool.execute("DROP TABLE IF EXISTS bench_appointment, bench_step, bench_seat")
        for (copy, table) in [
            ("bench_appointment", "appointment"), ("bench_step", "appointment_step"), ("bench_seat", "seat"),
        ] {
            try await pool.execute("CREATE TABLE \(identifier: copy) (LIKE \(identifier: table) INCLUDING ALL)")
        }
        // Who books twice here is nobody's matter, and a seat may be taken over again.
        let unique = try await pool.query(
            """
            SELECT indexname::text FROM pg_indexes WHERE tablename = 'bench_appointment'
                AND indexdef LIKE 'CREATE UNIQUE%' AND indexdef LIKE '%(slot, seat)%'
            """
        ).rows.map { try $0.decode(String.self) }
        for index in unique { try await pool.execute("DROP INDEX \(identifier: index)") }
        try await pool.execute("CREATE INDEX ON bench_appointment (slot, seat)")
        try await pool.execute(
            """
            INSERT INTO bench_seat (slot, number, pool)
            SELECT 'bench.' || s, n, 'online' FROM generate_series(0, \(self.options.slots - 1)) s,
                generate_series(1, \(self.options.seats)) n
            """)
        try await pool.execute("VACUUM ANALYZE bench_seat")
    }

    private static func booking(_ seats: [Seat]) -> [SQL] {
        let now = Date.now
        let list: SQL =
            """
            unnest(\(seats.map(\.id))::uuid[], \(seats.map(\.person))::uuid[], \(seats.map(\.slot))::text[],
                \(seats.map(\.number))::bigint[]) AS b (id, person, slot, number)
            """
        return [
            """
            INSERT INTO bench_appointment (id, division, station, person, purpose, kind, channel, slot, seat, starts_at,
                minutes, day, state, booked_by, created_at, changed_at)
            SELECT b.id, '341602', '341602-01', b.person, 'apply', 'counter', 'online', b.slot, b.number, \(now),
                15, current_date, 'confirmed', 'applicant-' || b.person, \(now), \(now) FROM \(list)
            """,
            """
            INSERT INTO bench_step (appointment, version, step, slot, at, by)
            SELECT b.id, 1, 'confirm', b.slot, \(now), 'applicant-' || b.person FROM \(list)
            """,
            """
            UPDATE bench_seat SET appointment = b.id FROM \(list)
            WHERE bench_seat.slot = b.slot AND bench_seat.number = b.number
            """,
        ]
    }

    // MARK: - Any of them

    private func part(
        _ name: String, _ work: String, _ processes: ProcessMeter, width: Int? = nil,
        longest: Double = .infinity,
        _ body: @escaping @Sendable (Int) async throws -> Int
    ) async throws -> CeilingPart {
        let before = try await processes.read()
        let deadline = ContinuousClock.now + .seconds(min(longest, self.options.seconds))
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<(width ?? self.options.connections) {
                group.addTask {
                    var done = 0
                    while ContinuousClock.now < deadline { done += try await body(client) }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        return CeilingPart(
            name: name, work: work, submissions: done, cost: ProcessCost(from: before, to: try await processes.read()))
    }
}
