import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Reads messages, replies and what people do not want.
struct MessageReader: Sendable {
    let pool: PostgresPool

    /// Which messages a caller asks for.
    struct Filter: Sendable {
        var person: UUID?
        var subject: UUID?
        /// Only messages to people whose file this station keeps; nil for the whole district.
        var station: String?
    }

    /// The latest first.
    func page(_ filter: Filter, limit: Int) async throws -> [NotificationAPI.Message] {
        var condition: SQL = "TRUE"
        if let person = filter.person { condition += " AND m.person_id = \(person)" }
        if let subject = filter.subject { condition += " AND m.subject = \(subject)" }
        if let station = filter.station {
            condition +=
                " AND EXISTS (SELECT FROM contact_point c WHERE c.person_id = m.person_id AND c.station = \(station))"
        }
        return try await self.pool.query(
            """
            SELECT m.id, m.person_id, m.purpose, m.means, m.step, m.subject, m.state, m.not_before, m.not_after,
                m.submitted_at, m.provider, m.parts, m.failure, m.carried_by,
                (SELECT w.state FROM wechat_copy w WHERE w.message_id = m.id)
            FROM message m WHERE \(condition) ORDER BY m.not_before DESC, m.id LIMIT \(limit)
            """
        ).rows.map { row in
            let (
                id, person, purpose, means, step, subject, state, notBefore, notAfter, submittedAt, provider, parts,
                why, carriedBy, wechat
            ) = try row.decode(
                UUID.self, UUID.self, MessagePurpose.self, String.self, String.self, UUID.self, MessageState.self,
                Date.self, Date.self, Date?.self, String?.self, Int?.self, String?.self, UUID?.self, String?.self)
            return NotificationAPI.Message(
                id: id, personID: person, purpose: purpose, means: means, step: step, subject: subject, state: state,
                notBefore: notBefore, notAfter: notAfter, submittedAt: submittedAt, provider: provider, parts: parts,
                why: why, carriedBy: carriedBy, wechat: wechat)
        }
    }

    struct StoredReply: Sendable {
        let id: UUID
        let receivedAt: Date
        let content: [UInt8]
        let meaning: String
        let outcome: String
        let people: [UUID]
    }

    /// The latest first.
    func replies(limit: Int) async throws -> [StoredReply] {
        try await self.pool.query(
            """
            SELECT r.id, r.received_at, r.content, r.meaning, r.outcome,
                ARRAY(SELECT n.person_id FROM contact_number n WHERE n.digest = r.digest ORDER BY n.person_id)
            FROM reply r ORDER BY r.received_at DESC, r.id DESC LIMIT \(limit)
            """
        ).rows.map { row in
            let (id, at, content, meaning, outcome, people) = try row.decode(
                UUID.self, Date.self, [UInt8].self, String.self, String.self, [UUID].self)
            return StoredReply(
                id: id, receivedAt: at, content: content, meaning: meaning, outcome: outcome, people: people)
        }
    }

    /// - Returns: what the owner of the number refuses afterwards.
    func setOptOut(
        _ digest: [UInt8], _ scope: NotificationAPI.OptOut.Scope, refuses: Bool, reason: String, by: String,
        at now: Date
    ) async throws -> [NotificationAPI.OptOut.Scope] {
        if refuses {
            try await self.pool.execute(
                """
                INSERT INTO suppression (digest, scope, since, by, reason)
                VALUES (\(digest), \(scope.rawValue), \(now), \(by), \(reason)) ON CONFLICT (digest, scope) DO NOTHING
                """)
        } else {
            try await self.pool.execute(
                "DELETE FROM suppression WHERE digest = \(digest) AND scope = \(scope.rawValue)")
        }
        return try await self.pool.query("SELECT scope FROM suppression WHERE digest = \(digest) ORDER BY scope").rows
            .map { try StoredText.value(try $0.decode(String.self)) }
    }

    /// What is on its way, for the gauges; each from an index of its own, however many messages there are.
    func figures(at now: Date) async throws -> Figures {
        let due = try await self.pool.query(
            """
            SELECT count(*), min(due_at) FROM message WHERE state = 'planned' AND is_urgent AND due_at <= \(now)
            UNION ALL
            SELECT count(*), min(due_at) FROM message WHERE state = 'planned' AND NOT is_urgent AND due_at <= \(now)
            """
        ).rows.map { try $0.decode(Int.self, Date?.self) }
        let open = try await self.pool.query(
            """
            SELECT state, count(*) FROM message WHERE state IN ('submitting', 'unknown', 'accepted', 'buffered')
            GROUP BY state
            """
        ).rows.map { try $0.decode(MessageState.self, Int.self) }
        return Figures(
            due: due.reduce(0) { $0 + $1.0 }, oldestDueAt: due.compactMap(\.1).min(),
            open: Dictionary(uniqueKeysWithValues: open))
    }

    struct Figures: Sendable {
        /// Whose time has come and about which nothing is decided yet.
        let due: Int
        let oldestDueAt: Date?
        /// With a provider, by state.
        let open: [MessageState: Int]
    }
}
