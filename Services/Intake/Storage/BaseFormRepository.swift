import Access
import Contracts
import FoundationEssentials
import PostgreSQL

/// Base file forms sent from home (R74, R132), sealed until a station takes them over.
struct BaseFormRepository: Sendable {
    let pool: PostgresPool
    let keyRing: KeyRing

    struct Sent: Sendable {
        let id: UUID
        let division: String
        let station: String
        let form: IntakeAPI.BaseForm
        let revision: Int
        let sentAt: Date
        let person: UUID?

        var resource: Resource { Resource(division: self.division, station: self.station, person: self.id) }
    }

    func find(_ id: UUID) async throws -> Sent? {
        let row = try await self.pool.query(
            "SELECT id, division, station, form, revision, sent_at, person FROM base_form WHERE id = \(id)"
        ).first
        guard let row else { return nil }
        let (id, division, station, box, revision, sentAt, person) = try row.decode(
            UUID.self, String.self, String.self, [UInt8].self, Int.self, Date.self, UUID?.self)
        let form = try ContractCoding.decode(
            IntakeAPI.BaseForm.self, from: try self.keyRing.openLocal(box, context: Self.context(id)))
        return Sent(
            id: id, division: division, station: station, form: form, revision: revision, sentAt: sentAt,
            person: person)
    }

    /// Stores or replaces a form, unless a station has taken it over.
    ///
    /// - Returns: false when it has.
    func store(_ form: IntakeAPI.BaseForm, id: UUID, division: String, at: Date) async throws -> Bool {
        let box = try self.keyRing.sealLocal(try ContractCoding.encode(form), context: Self.context(id))
        let written = try await self.pool.query(
            """
            INSERT INTO base_form (id, division, station, form, sent_at)
            VALUES (\(id), \(division), \(form.station), \(box), \(at))
            ON CONFLICT (id) DO UPDATE SET station = EXCLUDED.station, form = EXCLUDED.form,
                sent_at = EXCLUDED.sent_at, revision = base_form.revision + 1
            WHERE base_form.person IS NULL
            """)
        return written.affected == 1
    }

    /// - Returns: false when somebody took it over, or it was sent anew, since it was read.
    func take(_ sent: Sent, person: UUID, at: Date, by: String) async throws -> Bool {
        let written = try await self.pool.query(
            """
            UPDATE base_form SET person = \(person), taken_at = \(at), taken_by = \(by), revision = revision + 1
            WHERE id = \(sent.id) AND revision = \(sent.revision) AND person IS NULL
            """)
        return written.affected == 1
    }

    /// What waits, longest first.
    ///
    /// - Parameter station: nil for all stations of the district.
    func list(
        station: String?, limit: Int, offset: Int
    ) async throws -> (page: [(id: UUID, station: String, sentAt: Date)], total: Int) {
        var filter: SQL = "person IS NULL"
        if let station { filter += " AND station = \(station)" }
        let rows = try await self.pool.query(
            """
            SELECT id, station, sent_at FROM base_form WHERE \(filter)
            ORDER BY sent_at, id LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        let total = try await self.pool.query("SELECT count(*) FROM base_form WHERE \(filter)").first
        let page = try rows.map { row in
            let (id, station, sentAt) = try row.decode(UUID.self, String.self, Date.self)
            return (id: id, station: station, sentAt: sentAt)
        }
        return (page, try total?.decode(Int.self) ?? 0)
    }

    private static func context(_ id: UUID) -> String { "base_form|\(id.uuidString)" }
}
