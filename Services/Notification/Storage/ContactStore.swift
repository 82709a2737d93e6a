import FoundationEssentials
import PostgreSQL

/// A contact point as it is stored, its details still sealed.
struct StoredContact: Sendable {
    let personID: UUID
    let division: String
    let station: String
    let details: [UInt8]
    let registeredAt: Date
}

/// Writes contact points inside the caller's transaction, whole lists at a time.
struct ContactWriter {
    let sql: PostgresTransaction

    /// Replaces what was known about these people.
    ///
    /// A registration older than the stored one changes nothing: a parked message that is replayed late must not bring an
    /// old phone number back.
    ///
    /// - Parameter contacts: One per person, in ascending order of person.
    func replace(_ contacts: [StoredContact], at now: Date) async throws {
        _ = try await self.sql.execute(
            """
            INSERT INTO contact_point AS known (person_id, division, station, contact, registered_at, recorded_at)
            SELECT person_id, division, station, contact, registered_at, \(now)
            FROM unnest(
                \(contacts.map(\.personID))::uuid[], \(contacts.map(\.division))::text[], \(contacts.map(\.station))::text[],
                \(contacts.map(\.details))::bytea[], \(contacts.map(\.registeredAt))::timestamptz[])
                AS new (person_id, division, station, contact, registered_at)
            ORDER BY person_id
            ON CONFLICT (person_id) DO UPDATE SET division = excluded.division, station = excluded.station,
                contact = excluded.contact, registered_at = excluded.registered_at, recorded_at = excluded.recorded_at
            WHERE known.registered_at <= excluded.registered_at
            """)
    }
}

/// Reads contact points.
struct ContactReader: Sendable {
    let pool: PostgresPool

    func contact(of person: UUID) async throws -> StoredContact? {
        let result = try await self.pool.query(
            "SELECT division, station, contact, registered_at FROM contact_point WHERE person_id = \(person)")
        return try result.rows.first.map { row in
            let (division, station, details, registeredAt) = try row.decode(
                String.self, String.self, [UInt8].self, Date.self)
            return StoredContact(
                personID: person, division: division, station: station, details: details, registeredAt: registeredAt)
        }
    }

    /// How many people can be reached.
    func count() async throws -> Int {
        try await self.pool.query("SELECT count(*) FROM contact_point").rows.first?.decode(Int.self) ?? 0
    }
}
