import CardProgramme
import FoundationEssentials
import PostgreSQL
import SeatCount

/// The slots and their seats, as they follow from capacity.
struct SlotRepository: SeatRecord {
    let pool: PostgresPool

    /// A slot with what is free in it.
    struct Free: Sendable, Equatable {
        let slot: SlotID
        let startsAt: Date
        let minutes: Int
        let seats: Int
        let free: [SeatPool: Int]
    }

    /// Whether a station's day has been laid out.
    func isLaidOut(_ station: String, _ day: CalendarDay) async throws -> Bool {
        try await self.pool.query(
            "SELECT FROM station_day WHERE station = \(station) AND day = \(day) AND laid_out_at IS NOT NULL"
        ).first != nil
    }

    /// The days from one on that have been laid out.
    static func laidOut(
        at station: String, from day: CalendarDay, in sql: PostgresTransaction
    ) async throws
        -> [CalendarDay]
    {
        try await sql.query(
            """
            SELECT day FROM station_day WHERE station = \(station) AND day >= \(day) AND laid_out_at IS NOT NULL
            ORDER BY day
            """
        ).rows.map { try $0.decode(CalendarDay.self) }
    }

    /// Held shared by everything that changes a seat, and alone by whoever compares the seats with a count outside.
    ///
    /// First of all in a transaction, so that nobody waits for it with anything in hand.
    static let gate: SQL = "SELECT pg_advisory_xact_lock_shared(7203041)"
    static let closedGate: SQL = "SELECT pg_advisory_xact_lock(7203041)"

    static func enter(_ sql: PostgresTransaction) async throws {
        try await sql.execute(Self.gate)
    }

    /// One at a time changes what a station can do, or makes days of it.
    static func lock(_ station: String, in sql: PostgresTransaction) async throws {
        try await sql.batch([
            Self.gate, "SELECT pg_advisory_xact_lock(hashtextextended('capacity|' || \(station)::text, 0))",
        ])
    }

    /// Locks a station's day for laying it out.
    static func lock(_ station: String, _ day: CalendarDay, now: Date, in sql: PostgresTransaction) async throws {
        try await sql.execute(
            """
            INSERT INTO station_day AS d (station, day, laid_out_at) VALUES (\(station), \(day)::date, \(now))
            ON CONFLICT (station, day) DO UPDATE SET laid_out_at = EXCLUDED.laid_out_at
            """)
    }

    /// The seats of a station's day, slot by slot, locked until the transaction ends.
    static func seats(
        at station: String, on day: CalendarDay, in sql: PostgresTransaction
    ) async throws -> [SlotID: [SeatPlan.Seat]] {
        let rows = try await sql.query(
            """
            SELECT e.slot, e.number, e.pool, e.appointment, a.created_at, a.state
            FROM slot s JOIN seat e ON e.slot = s.id LEFT JOIN appointment a ON a.id = e.appointment
            WHERE s.station = \(station) AND s.day = \(day) ORDER BY e.slot, e.number FOR UPDATE OF e
            """
        ).rows
        var seats: [SlotID: [SeatPlan.Seat]] = [:]
        for row in rows {
            let (slot, number, pool, appointment, since, state) = try row.decode(
                SlotID.self, Int.self, SeatPool.self, UUID?.self, Date?.self, AppointmentState?.self)
            seats[slot, default: []].append(
                SeatPlan.Seat(
                    number: number, pool: pool, appointment: appointment, since: since,
                    isHere: state.map { $0 != .held && $0.after(.orphan) == nil } ?? false))
        }
        return seats
    }

    /// Writes what plans add, remove and change on one day, in one round trip. Whoever loses a seat has been dealt with
    /// before.
    static func carryOut(
        _ plans: [(plan: SeatPlan, shape: SlotShape)], on day: CalendarDay, in sql: PostgresTransaction
    ) async throws {
        guard let station = plans.first?.shape.id.station else { return }
        let shapes = plans.map(\.shape)
        func numbers(_ part: (SeatPlan) -> [Int]) -> (slots: [String], numbers: [Int]) {
            let all = plans.flatMap { entry in part(entry.plan).map { (entry.shape.id.description, $0) } }
            return (all.map(\.0), all.map(\.1))
        }
        let removed = numbers(\.removed)
        let repooled = numbers { $0.repooled.map(\.number) }
        let added = numbers { $0.added.map(\.number) }
        var statements: [SQL] = [
            """
            INSERT INTO slot (id, station, kind, day, starts_at, minutes)
            SELECT n.id, \(station), n.kind, \(day)::date, \(day.startOfDay)::timestamptz + make_interval(mins => n.start::int),
                n.minutes
            FROM unnest(\(shapes.map(\.id.description))::text[], \(shapes.map(\.id.kind.rawValue))::text[],
                \(shapes.map(\.id.start.minute))::bigint[], \(shapes.map(\.minutes))::bigint[]) AS n (id, kind, start, minutes)
            ON CONFLICT (id) DO UPDATE SET minutes = COALESCE(NULLIF(EXCLUDED.minutes, 0), slot.minutes)
            """
        ]
        if !removed.slots.isEmpty {
            statements.append(
                """
                DELETE FROM seat USING unnest(\(removed.slots)::text[], \(removed.numbers)::bigint[]) AS n (slot, number)
                WHERE seat.slot = n.slot AND seat.number = n.number
                """)
        }
        if !repooled.slots.isEmpty {
            let pools = plans.flatMap { $0.plan.repooled.map(\.pool.rawValue) }
            statements.append(
                """
                UPDATE seat SET pool = n.pool
                FROM unnest(\(repooled.slots)::text[], \(repooled.numbers)::bigint[], \(pools)::text[])
                    AS n (slot, number, pool)
                WHERE seat.slot = n.slot AND seat.number = n.number
                """)
        }
        if !added.slots.isEmpty {
            let pools = plans.flatMap { $0.plan.added.map(\.pool.rawValue) }
            statements.append(
                """
                INSERT INTO seat (slot, number, pool)
                SELECT n.slot, n.number, n.pool
                FROM unnest(\(added.slots)::text[], \(added.numbers)::bigint[], \(pools)::text[])
                    AS n (slot, number, pool)
                """)
        }
        try await sql.batch(statements)
    }

    // MARK: - What is free

    /// What is free at a station on some days, by time.
    func free(
        at station: String, from day: CalendarDay, through last: CalendarDay, now: Date
    ) async throws -> [Free] {
        try await self.free("s.station = \(station) AND s.day BETWEEN \(day) AND \(last)", now: now)
    }

    func free(_ slots: [SlotID], now: Date) async throws -> [Free] {
        try await self.free("s.id = ANY(\(slots.map(\.description))::text[])", now: now)
    }

    private func free(_ filter: SQL, now: Date) async throws -> [Free] {
        let rows = try await self.pool.query(
            """
            SELECT s.id, s.starts_at, s.minutes, e.pool, count(*),
                   count(*) FILTER (WHERE e.appointment IS NULL AND e.free_at <= \(now))
            FROM slot s JOIN seat e ON e.slot = s.id WHERE \(filter)
            GROUP BY s.id, e.pool ORDER BY s.starts_at, s.id
            """
        ).rows
        var list: [Free] = []
        for row in rows {
            let (slot, startsAt, minutes, pool, seats, free) = try row.decode(
                SlotID.self, Date.self, Int.self, SeatPool.self, Int.self, Int.self)
            if let last = list.last, last.slot == slot {
                list[list.count - 1] = Free(
                    slot: slot, startsAt: startsAt, minutes: minutes, seats: last.seats + seats,
                    free: last.free.merging([pool: free], uniquingKeysWith: +))
            } else {
                list.append(
                    Free(slot: slot, startsAt: startsAt, minutes: minutes, seats: seats, free: [pool: free]))
            }
        }
        return list
    }

    // MARK: - Compared with a count outside

    /// Every slot from a day on.
    func ids(from day: CalendarDay) async throws -> [SlotID] {
        try await self.pool.query("SELECT id FROM slot WHERE day >= \(day) ORDER BY day, id").rows
            .map { try $0.decode(SlotID.self) }
    }

    /// Looks at slots while nobody can take, give back or change a seat, and lets `body` do something with what it sees.
    func compare<Value: Sendable>(
        _ slots: [SlotID], now: Date, _ body: @escaping @Sendable ([SlotID: SeatState]) async throws -> Value
    ) async throws -> Value {
        try await self.pool.withTransaction { sql in
            try await sql.execute(Self.closedGate)
            // Summed up there, because nobody can book before it is read.
            let rows = try await sql.query(
                """
                SELECT e.slot, e.pool, count(*) FILTER (WHERE e.appointment IS NULL AND e.free_at <= \(now)),
                    COALESCE(array_agg(e.appointment) FILTER (WHERE e.appointment IS NOT NULL), '{}'),
                    COALESCE(array_agg(e.number::bigint)
                        FILTER (WHERE e.appointment IS NULL AND e.free_at > \(now)), '{}'),
                    COALESCE(array_agg(e.free_at) FILTER (WHERE e.appointment IS NULL AND e.free_at > \(now)), '{}')
                FROM seat e WHERE e.slot = ANY(\(slots.map(\.description))::text[]) GROUP BY e.slot, e.pool
                """
            ).rows
            let known = Dictionary(slots.map { ($0.description, $0) }) { first, _ in first }
            var states = Dictionary(slots.map { ($0, SeatState()) }) { first, _ in first }
            for row in rows {
                let (text, pool, free, taken, numbers, freeAt) = try row.decode(
                    String.self, SeatPool.self, Int.self, [UUID].self, [Int].self, [Date].self)
                guard let slot = known[text] else { continue }
                var state = states[slot] ?? SeatState()
                if free > 0 { state.free[pool] = free }
                for appointment in taken { state.taken[appointment] = pool }
                for (number, at) in zip(numbers, freeAt) { state.returning.append((number, pool, at)) }
                states[slot] = state
            }
            return try await body(states)
        }
    }

    /// The present count's number, and the life of the server that holds it.
    func epoch() async throws -> (epoch: Int, runID: String) {
        try await self.pool.query("SELECT epoch, run_id FROM slot_epoch").first?.decode(Int.self, String.self) ?? (
            0, ""
        )
    }

    /// Begins a count anew: from here on nothing is written that an older one let pass.
    ///
    /// - Parameter isHeld: whether that server holds a number, asked once nobody else can begin one; then it is kept.
    func beginEpoch(
        runID: String, unless isHeld: @escaping @Sendable (Int) async throws -> Bool
    ) async throws -> Int {
        try await self.pool.withTransaction { sql in
            try await sql.execute(Self.closedGate)
            let row = try await sql.query("SELECT epoch, run_id FROM slot_epoch").first
            let (present, holder) = try row?.decode(Int.self, String.self) ?? (0, "")
            if holder == runID, try await isHeld(present) { return present }
            return try await sql.query(
                "UPDATE slot_epoch SET epoch = epoch + 1, run_id = \(runID), changed_at = now() RETURNING epoch"
            ).first?.decode(Int.self) ?? 0
        }
    }
}
