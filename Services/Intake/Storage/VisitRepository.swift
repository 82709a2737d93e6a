import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Kits for visits and collective sessions, and what was brought back.
struct VisitRepository: Sendable {
    let pool: PostgresPool

    struct Kit: Sendable, Equatable {
        let id: UUID
        let division: String
        let station: String
        let content: IntakeAPI.NewKit

        var resource: Resource { Resource(division: self.division, station: self.station) }
    }

    private static let columns: SQL = "id, division, station, channel, team, visit_on, people"

    private static func kit(_ row: PostgresRow) throws(PostgresError) -> Kit {
        let (id, division, station, channel, team, day, people) = try row.decode(
            UUID.self, String.self, String.self, IntakeAPI.Channel.self, String.self, CalendarDay.self, [UUID].self)
        return Kit(
            id: id, division: division, station: station,
            content: IntakeAPI.NewKit(channel: channel, team: team, visitOn: day, people: people))
    }

    func kit(_ id: UUID) async throws -> Kit? {
        try await self.pool.query("SELECT \(Self.columns) FROM kit WHERE id = \(id)").first.map { try Self.kit($0) }
    }

    /// The newest two hundred of a station, or of one team of it.
    func kits(station: String, team: String?) async throws -> [Kit] {
        var filter: SQL = "station = \(station)"
        if let team { filter += " AND team = \(team)" }
        return try await self.pool.query(
            "SELECT \(Self.columns) FROM kit WHERE \(filter) ORDER BY visit_on DESC, id LIMIT 200"
        ).rows.map { try Self.kit($0) }
    }

    /// - Returns: false when there is a kit of that id.
    func insert(_ kit: Kit, at: Date, by: String) async throws -> Bool {
        let written = try await self.pool.query(
            """
            INSERT INTO kit (id, division, station, channel, team, visit_on, people, made_at, made_by)
            VALUES (\(kit.id), \(kit.division), \(kit.station), \(kit.content.channel), \(kit.content.team),
                    \(kit.content.visitOn)::date, \(kit.content.people)::uuid[], \(at), \(by))
            ON CONFLICT DO NOTHING
            """)
        return written.affected == 1
    }

    struct Visit: Sendable {
        let station: String
        let digest: [UInt8]
        let person: UUID
        let submission: UUID
    }

    /// Those of the items that were taken before, by id.
    func visits(_ ids: [UUID]) async throws -> [UUID: Visit] {
        let rows = try await self.pool.query(
            "SELECT id, station, digest, person, submission FROM visit WHERE id = ANY(\(ids)::uuid[])"
        ).rows
        var visits: [UUID: Visit] = [:]
        for row in rows {
            let (id, station, digest, person, submission) = try row.decode(
                UUID.self, String.self, [UInt8].self, UUID.self, UUID.self)
            visits[id] = Visit(station: station, digest: digest, person: person, submission: submission)
        }
        return visits
    }

    /// The person an item was registered as before, if its registration was the same.
    func registered(_ id: UUID, digest: [UInt8]) async throws -> UUID? {
        try await self.pool.query(
            "SELECT person FROM visit_registration WHERE id = \(id) AND digest = \(digest)"
        ).first?.decode(UUID.self)
    }

    /// Notes that an item's registration was applied.
    func noteRegistration(_ id: UUID, digest: [UInt8], person: UUID) async throws {
        try await self.pool.execute(
            """
            INSERT INTO visit_registration AS v (id, digest, person) VALUES (\(id), \(digest), \(person))
            ON CONFLICT (id) DO UPDATE SET digest = EXCLUDED.digest, person = EXCLUDED.person
            """)
    }

    /// Notes that an item is wholly here. Two requests at once note the same.
    func note(_ id: UUID, _ visit: Visit, at: Date, by: String) async throws {
        try await self.pool.execute(
            """
            INSERT INTO visit (id, station, digest, person, submission, taken_at, taken_by)
            VALUES (\(id), \(visit.station), \(visit.digest), \(visit.person), \(visit.submission), \(at), \(by))
            ON CONFLICT DO NOTHING
            """)
    }
}
