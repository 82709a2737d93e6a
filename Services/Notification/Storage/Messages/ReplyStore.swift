import FoundationEssentials
import PostgreSQL

/// Keeps what people write back, and what it changes.
struct ReplyStore {
    let sql: PostgresTransaction

    /// A reply as it is kept; number and text are sealed.
    struct NewReply: Sendable {
        let id: UUID
        let provider: String
        let reference: String
        let digest: [UInt8]
        let content: [UInt8]
        let meaning: String
    }

    /// - Returns: false for one that is known already.
    func keep(_ reply: NewReply, at now: Date) async throws -> Bool {
        try await self.sql.query(
            """
            INSERT INTO reply (id, provider, reference, digest, content, meaning, outcome, received_at)
            VALUES (\(reply.id), \(reply.provider), \(reply.reference), \(reply.digest), \(reply.content),
                \(reply.meaning), 'taken', \(now))
            ON CONFLICT (provider, reference) DO NOTHING RETURNING id
            """
        ).rows.first != nil
    }

    func note(_ outcome: String, of reply: UUID) async throws {
        _ = try await self.sql.execute("UPDATE reply SET outcome = \(outcome) WHERE id = \(reply)")
    }

    /// - Parameter scope: `outreach` or `all`.
    func suppress(_ digest: [UInt8], _ scope: String, at now: Date) async throws {
        _ = try await self.sql.execute(
            """
            INSERT INTO suppression (digest, scope, since, by, reason)
            VALUES (\(digest), \(scope), \(now), 'reply', 'reply') ON CONFLICT (digest, scope) DO NOTHING
            """)
    }

    func restore(_ digest: [UInt8]) async throws {
        _ = try await self.sql.execute("DELETE FROM suppression WHERE digest = \(digest)")
    }

    /// Who has the number on file, owners first.
    func people(with digest: [UInt8]) async throws -> [UUID] {
        try await self.sql.query(
            "SELECT person_id FROM contact_number WHERE digest = \(digest) ORDER BY owner = 'own' DESC, person_id"
        ).rows.map { try $0.decode(UUID.self) }
    }

    struct Subject: Sendable {
        let id: UUID
        let version: Int
        let person: UUID
    }

    /// The one appointment that a reply can be about; nil when there is none, or more than one.
    func appointment(of people: [UUID], from now: Date, until: Date) async throws -> Subject? {
        let rows = try await self.sql.query(
            """
            SELECT id, version, person_id FROM appointment WHERE person_id = ANY(\(people)::uuid[])
                AND state IN ('confirmed', 'orphaned')
                AND COALESCE(starts_at, before_starts_at) BETWEEN \(now) AND \(until)
            ORDER BY starts_at LIMIT 2
            """
        ).rows
        guard rows.count == 1 else { return nil }
        let (id, version, person) = try rows[0].decode(UUID.self, Int.self, UUID.self)
        return Subject(id: id, version: version, person: person)
    }

    func noteComing(_ appointment: UUID, at now: Date) async throws {
        _ = try await self.sql.execute(
            "UPDATE appointment SET coming_at = \(now) WHERE id = \(appointment) AND coming_at IS NULL")
    }
}
