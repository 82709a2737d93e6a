import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Messages a provider has, or may have, and nobody knows the end of.
struct OpenMessages {
    let sql: PostgresTransaction

    /// One of them, with how its number is found again.
    struct Message: Sendable {
        let id: UUID
        let person: UUID
        let provider: String
        let reference: String?
        let submittedAt: Date
        /// How often it has been asked about, this time included.
        let asked: Int
        let digest: [UInt8]
        /// Sealed, and where the number stands in it; nil where the person has another number now.
        let contact: [UInt8]?
        let place: Int?
    }

    /// Programme time from one question to the next, the last one again and again.
    private static let pauses = [30, 120, 600, 1_800, 7_200, 21_600]

    /// Takes those whose time has come, and says when theirs comes next: whoever takes one asks, and a process that dies
    /// meanwhile only leaves a question out.
    ///
    /// - Parameter queried: Who can be asked; the messages of others are taken once.
    func take(_ limit: Int, queried: [String], at now: Date) async throws -> [Message] {
        try await self.sql.query(
            """
            WITH due AS (
                SELECT id FROM message WHERE state IN ('unknown', 'accepted', 'buffered') AND ask_at <= \(now)
                ORDER BY ask_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            UPDATE message m SET asked = m.asked + 1,
                ask_at = CASE WHEN m.provider = ANY(\(queried)::text[]) THEN \(now)::timestamptz
                    + (\(Self.pauses)::bigint[])[LEAST(m.asked + 1, \(Self.pauses.count))] * interval '1 second' END
            FROM due WHERE m.id = due.id
            RETURNING m.id, m.person_id, m.provider, m.reference, m.submitted_at, m.asked, m.digest,
                (SELECT c.contact FROM contact_point c WHERE c.person_id = m.person_id),
                (SELECT n.place FROM contact_number n WHERE n.person_id = m.person_id AND n.digest = m.digest)
            """
        ).rows.map { row in
            let (id, person, provider, reference, submittedAt, asked, digest, contact, place) = try row.decode(
                UUID.self, UUID.self, String.self, String?.self, Date.self, Int.self, [UInt8].self, [UInt8]?.self,
                Int?.self)
            return Message(
                id: id, person: person, provider: provider, reference: reference, submittedAt: submittedAt,
                asked: asked, digest: digest, contact: contact, place: place)
        }
    }
}
