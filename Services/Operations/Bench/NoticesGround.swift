import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import Storage

/// People and messages for a measurement, written straight into notification's database in the form notification gives
/// them: through intake and the broker a million would take minutes that say nothing about notices.
final class NoticesGround: Sendable {
    private let pool: PostgresPool
    private let keyRing: KeyRing
    private let division: String
    private let stations: [String]
    private let now: Date

    /// People sealed and written together, and how many such lists are under way: memory stays what two of them take.
    private static let together = 4_000
    private static let lanes = 2

    init(session: RunSession, programme: Programme, now: Date) throws {
        guard let pool = session.pools[.notification] else { throw OperationsError("The run has no databases.") }
        self.pool = pool
        self.keyRing = try KeyRing(file: "\(session.run.installation.keysDirectory)/notification.json")
        self.division = programme.divisionCode
        self.stations = programme.stations.map(\.code)
        self.now = now
    }

    /// Notification's own form of a contact (its `ContactDetails`); where the two differ, nothing of what follows is sent.
    private struct Details: Encodable {
        let name: String
        let phones: [String]
        let address: String
    }

    private struct Person: Sendable {
        let id: UUID
        let contact: [UInt8]
        let digest: [UInt8]
        let station: String
        let bornYear: Int
    }

    /// A different number for everybody, none with digits the message centre lets go wrong (9001 and above).
    static func phone(_ index: Int) -> String {
        func digits(_ value: Int) -> String { String(String(10_000 + value).dropFirst()) }
        return "199" + digits(index / 9_000 % 10_000) + digits(index % 9_000)
    }

    private static let names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"].map { "测试\($0)" }

    private func person(_ index: Int) throws -> Person {
        let id = UUIDv7.generate()
        let phone = Self.phone(index)
        let details = Details(
            name: Self.names[index % Self.names.count], phones: [phone], address: "测试路\(index % 900 + 1)号")
        return Person(
            id: id,
            contact: try self.keyRing.sealLocal(
                ContractCoding.encode(details), context: "contact|\(id.uuidString.lowercased())"),
            digest: self.keyRing.blindIndex("+86\(phone)", purpose: "phone"),
            station: self.stations[index % self.stations.count], bornYear: 1950 + index % 50)
    }

    /// Writes everybody.
    func fill(_ count: Int) async throws -> NoticesResult.Phase {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            func add() {
                guard next < count else { return }
                let part = next..<min(count, next + Self.together)
                next = part.upperBound
                group.addTask { try await self.write(try part.map(self.person)) }
            }
            for _ in 0..<Self.lanes { add() }
            while try await group.next() != nil { add() }
        }
        let phase = NoticesResult.Phase(done: count, seconds: (ContinuousClock.now - start).asSeconds)
        // What an installation that has had its people for weeks has done long ago.
        try await self.pool.execute("VACUUM ANALYZE contact_point")
        try await self.pool.execute("VACUUM ANALYZE contact_number")
        return phase
    }

    private func write(_ people: [Person]) async throws {
        let contacts: SQL =
            """
            INSERT INTO contact_point (person_id, division, station, contact, registered_at, recorded_at, born_year,
                resident_division, has_address, name_units)
            SELECT n.id, \(self.division), n.station, n.contact, \(self.now), \(self.now), n.born, '330106', true, 3
            FROM unnest(\(people.map(\.id))::uuid[], \(people.map(\.station))::text[], \(people.map(\.contact))::bytea[],
                \(people.map(\.bornYear))::bigint[]) AS n (id, station, contact, born)
            """
        let numbers: SQL =
            """
            INSERT INTO contact_number (person_id, digest, place, owner, is_mobile)
            SELECT n.id, n.digest, 0, 'own', true
            FROM unnest(\(people.map(\.id))::uuid[], \(people.map(\.digest))::bytea[]) AS n (id, digest)
            """
        try await self.pool.withTransaction { sql in try await sql.batch([contacts, numbers]) }
    }

    /// Plans reminders of appointments tomorrow, as many as people are left from `offset` on in the order of their ids.
    ///
    /// - Parameters:
    ///   - step: What they are found by again.
    ///   - every: Seconds between the instants they are due at; 0: all at once.
    func remind(_ count: Int, from offset: Int, step: String, at due: Date, every: Double) async throws {
        try await self.pool.execute(
            """
            WITH who AS MATERIALIZED (
                SELECT person_id, station, gen_random_uuid() AS appointment,
                    \(due)::timestamptz + (row_number() OVER (ORDER BY person_id) - 1) * make_interval(secs => \(every)) AS due
                FROM (SELECT person_id, station FROM contact_point ORDER BY person_id LIMIT \(count) OFFSET \(offset)) p),
            made AS (
                INSERT INTO appointment (id, person_id, version, state, purpose, kind, station, starts_at, minutes, changed_at,
                    recorded_at)
                SELECT appointment, person_id, 1, 'confirmed', 'apply', 'counter', station,
                    \(self.now.addingTimeInterval(86_400)), 15, \(self.now), \(self.now)
                FROM who)
            INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank, not_before,
                not_after, due_at, planned_at, is_urgent)
            SELECT gen_random_uuid(), person_id, 'appointmentReminder', 'message', \(step), appointment, 1, 'planned', 0, due,
                \(self.now.addingTimeInterval(43_200)), due, \(self.now), false
            FROM who
            """)
    }

    /// Messages a provider has taken and nobody has heard of since.
    ///
    /// - Returns: their ids.
    func accept(_ count: Int, from offset: Int, step: String, at now: Date) async throws -> [UUID] {
        try await self.pool.query(
            """
            INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank, not_before,
                not_after, due_at, planned_at, is_urgent, digest, provider, template_version, parts, submitted_at, ask_at)
            SELECT gen_random_uuid(), person_id, 'appointmentReminder', 'message', \(step), gen_random_uuid(), 1, 'accepted', 3,
                \(now), \(now.addingTimeInterval(43_200)), \(now), \(now), false, digest, 'kannel', 0, 1, \(now),
                \(now.addingTimeInterval(300))
            FROM (SELECT person_id, digest FROM contact_number ORDER BY person_id LIMIT \(count) OFFSET \(offset)) p
            RETURNING id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// How many receipts of delivery are on record.
    func delivered() async throws -> Int {
        try await self.pool.query("SELECT count(*) FROM message_event WHERE kind = 'receipt:delivered'").rows[0]
            .decode(Int.self)
    }

    /// How many messages of a step are in each state.
    func states(_ step: String) async throws -> [String: Int] {
        var states: [String: Int] = [:]
        for row in try await self.pool.query(
            "SELECT state, count(*) FROM message WHERE step = \(step) GROUP BY state"
        ).rows {
            let (state, count) = try row.decode(String.self, Int.self)
            states[state] = count
        }
        return states
    }

    /// How many messages wait for their time.
    func waiting() async throws -> Int {
        try await self.pool.query("SELECT count(*) FROM message WHERE state = 'planned'").rows[0].decode(Int.self)
    }

    /// When messages of a step were due, decided about, and answered by the provider, in seconds from the first was due.
    func instants(_ step: String) async throws -> [(due: Double, decided: Double, answered: Double)] {
        try await self.pool.query(
            """
            SELECT extract(epoch FROM m.not_before - min(m.not_before) OVER ())::float8,
                extract(epoch FROM m.submitted_at - min(m.not_before) OVER ())::float8,
                extract(epoch FROM e.occurred_at - min(m.not_before) OVER ())::float8
            FROM message m JOIN message_event e ON e.message_id = m.id AND e.kind = 'submit:accepted'
            WHERE m.step = \(step)
            """
        ).rows.map { try $0.decode(Double.self, Double.self, Double.self) }
    }
}
