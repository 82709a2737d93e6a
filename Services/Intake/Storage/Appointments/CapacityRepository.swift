import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// What the offices publish about their capacity: versions, closures, collective sessions.
struct CapacityRepository: Sendable {
    let pool: PostgresPool

    /// All that decides about a station's day.
    struct Basis: Sendable {
        let capacity: StationCapacity?
        let exceptions: [CapacityException]
        let sessions: [CollectiveSession]
    }

    /// For one at a time (``SlotRepository/lock(_:in:)``), so that the numbers have no gap and no double.
    ///
    /// - Returns: the version's number, and whether it is new; the same content again is the version it was.
    func publish(
        _ capacity: StationCapacity, at station: String, from day: CalendarDay, now: Date, by: String,
        in sql: PostgresTransaction
    ) async throws -> (version: Int, isNew: Bool) {
        let content = try Self.json(capacity)
        let last = try await sql.query(
            """
            SELECT version, valid_from, content = \(content)::jsonb FROM station_capacity
            WHERE station = \(station) ORDER BY version DESC LIMIT 1
            """
        ).first.map { try $0.decode(Int.self, CalendarDay.self, Bool.self) }
        if let last, last.1 == day, last.2 { return (last.0, false) }
        let version = (last?.0 ?? 0) + 1
        try await sql.execute(
            """
            INSERT INTO station_capacity (station, version, valid_from, content, published_at, published_by)
            VALUES (\(station), \(version), \(day)::date, \(content)::jsonb, \(now), \(by))
            """)
        return (version, true)
    }

    func versions(at station: String) async throws -> [AppointmentAPI.CapacityList.Version] {
        try await self.pool.query(
            """
            SELECT version, valid_from, content::text FROM station_capacity
            WHERE station = \(station) ORDER BY version DESC
            """
        ).rows.map { row in
            let (version, from, content) = try row.decode(Int.self, CalendarDay.self, String.self)
            return AppointmentAPI.CapacityList.Version(
                version: version, from: from, capacity: try Self.value(StationCapacity.self, content))
        }
    }

    /// - Returns: false when the id names another exception already.
    func add(
        _ exception: CapacityException, id: UUID, at station: String, now: Date, by: String, in sql: PostgresTransaction
    ) async throws -> Bool {
        try await Self.insert("capacity_exception", id, exception, exception.day, station, now, by, sql)
    }

    /// - Returns: false when the id names another session already.
    func add(
        _ session: CollectiveSession, id: UUID, at station: String, now: Date, by: String, in sql: PostgresTransaction
    ) async throws -> Bool {
        try await Self.insert("collective_session", id, session, session.day, station, now, by, sql)
    }

    func exceptions(at station: String, from day: CalendarDay) async throws -> [CapacityException] {
        try await self.pool.query(
            """
            SELECT content::text FROM capacity_exception
            WHERE station = \(station) AND day >= \(day) ORDER BY day, made_at
            """
        ).rows.map { try Self.value(CapacityException.self, try $0.decode(String.self)) }
    }

    func sessions(at station: String, from day: CalendarDay) async throws -> [CollectiveSession] {
        try await self.pool.query(
            """
            SELECT content::text FROM collective_session
            WHERE station = \(station) AND day >= \(day) ORDER BY day, made_at
            """
        ).rows.map { try Self.value(CollectiveSession.self, try $0.decode(String.self)) }
    }

    /// What decides about a day: of all versions in force on it the one with the latest first day, and of those the newest.
    static func basis(at station: String, on day: CalendarDay, in sql: PostgresTransaction) async throws -> Basis {
        let results = try await sql.batch([
            """
            SELECT content::text FROM station_capacity WHERE station = \(station) AND valid_from <= \(day)
            ORDER BY valid_from DESC, version DESC LIMIT 1
            """,
            "SELECT content::text FROM capacity_exception WHERE station = \(station) AND day = \(day) ORDER BY made_at, id",
            "SELECT content::text FROM collective_session WHERE station = \(station) AND day = \(day) ORDER BY made_at, id",
        ])
        return Basis(
            capacity: try results[0].first.map { try Self.value(StationCapacity.self, try $0.decode(String.self)) },
            exceptions: try results[1].rows.map { try Self.value(CapacityException.self, try $0.decode(String.self)) },
            sessions: try results[2].rows.map { try Self.value(CollectiveSession.self, try $0.decode(String.self)) })
    }

    private static func insert(
        _ table: String, _ id: UUID, _ content: some Encodable, _ day: CalendarDay, _ station: String, _ now: Date,
        _ by: String, _ sql: PostgresTransaction
    ) async throws -> Bool {
        let text = try Self.json(content)
        let row = try await sql.query(
            """
            INSERT INTO \(identifier: table) AS t (id, station, day, content, made_at, made_by)
            VALUES (\(id), \(station), \(day)::date, \(text)::jsonb, \(now), \(by))
            ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id
            RETURNING t.station = \(station) AND t.content = \(text)::jsonb
            """
        ).first
        return try row?.decode(Bool.self) ?? false
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try ContractCoding.encode(value), as: UTF8.self)
    }

    private static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try ContractCoding.decode(type, from: Array(text.utf8))
    }
}
