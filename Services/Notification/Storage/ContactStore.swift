import FoundationEssentials
import PostgreSQL

/// A contact point as it is stored, its details still sealed.
struct StoredContact: Sendable {
    let personID: UUID
    let division: String
    let station: String
    let details: [UInt8]
    let registeredAt: Date
    var bornYear: Int?
    /// Six digits.
    var residentDivision: String?
    var hasAddress = false
    /// How long the name is, in UTF-16 units.
    var nameUnits: Int?
}

/// A number by its digest: enough to see who shares one, and what is known of it.
struct ContactNumber: Sendable {
    let personID: UUID
    let digest: [UInt8]
    /// Where it stands among ``ContactDetails/numbers``.
    let place: Int
    let isOwn: Bool
    let isMobile: Bool
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
    /// - Returns: the people of whom this is news.
    func replace(_ contacts: [StoredContact], at now: Date) async throws -> Set<UUID> {
        let rows = try await self.sql.query(
            """
            INSERT INTO contact_point AS known (person_id, division, station, contact, registered_at, recorded_at, born_year,
                resident_division, has_address, name_units)
            SELECT person_id, division, station, contact, registered_at, \(now), born_year, resident_division, has_address,
                name_units
            FROM unnest(
                \(contacts.map(\.personID))::uuid[], \(contacts.map(\.division))::text[], \(contacts.map(\.station))::text[],
                \(contacts.map(\.details))::bytea[], \(contacts.map(\.registeredAt))::timestamptz[],
                \(contacts.map(\.bornYear))::bigint[], \(contacts.map(\.residentDivision))::text[],
                \(contacts.map(\.hasAddress))::boolean[], \(contacts.map(\.nameUnits))::bigint[])
                AS new (person_id, division, station, contact, registered_at, born_year, resident_division, has_address,
                    name_units)
            ORDER BY person_id
            ON CONFLICT (person_id) DO UPDATE SET division = excluded.division, station = excluded.station,
                contact = excluded.contact, registered_at = excluded.registered_at, recorded_at = excluded.recorded_at,
                born_year = COALESCE(excluded.born_year, known.born_year),
                resident_division = COALESCE(excluded.resident_division, known.resident_division),
                has_address = excluded.has_address, name_units = excluded.name_units
            WHERE known.registered_at <= excluded.registered_at
            RETURNING person_id
            """
        ).rows
        return Set(try rows.map { try $0.decode(UUID.self) })
    }

    /// Replaces the numbers of these people. What is known of a number that stays is kept.
    func replaceNumbers(_ numbers: [ContactNumber], of people: Set<UUID>) async throws {
        let owners = people.sorted { $0.uuidString < $1.uuidString }
        _ = try await self.sql.execute(
            """
            DELETE FROM contact_number n WHERE n.person_id = ANY(\(owners)::uuid[])
                AND NOT EXISTS (SELECT FROM unnest(\(numbers.map(\.personID))::uuid[], \(numbers.map(\.digest))::bytea[])
                    AS k (person_id, digest) WHERE k.person_id = n.person_id AND k.digest = n.digest)
            """)
        _ = try await self.sql.execute(
            """
            INSERT INTO contact_number (person_id, digest, place, owner, is_mobile)
            SELECT DISTINCT ON (person_id, digest) person_id, digest, place, owner, is_mobile
            FROM unnest(\(numbers.map(\.personID))::uuid[], \(numbers.map(\.digest))::bytea[],
                \(numbers.map(\.place))::bigint[], \(numbers.map { $0.isOwn ? "own" : "related" })::text[],
                \(numbers.map(\.isMobile))::boolean[]) AS n (person_id, digest, place, owner, is_mobile)
            ORDER BY person_id, digest, place
            ON CONFLICT (person_id, digest) DO UPDATE
                SET place = excluded.place, owner = excluded.owner, is_mobile = excluded.is_mobile
            """)
        // What waited for somebody to be known, or for a number, is looked at again.
        _ = try await self.sql.execute(
            """
            UPDATE message SET due_at = not_before
            WHERE person_id = ANY(\(owners)::uuid[]) AND state = 'planned' AND due_at > not_before
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
