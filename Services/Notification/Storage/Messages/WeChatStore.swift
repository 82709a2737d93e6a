import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import ShortMessages

/// Who wants to hear of what through WeChat too, and the copies of messages that go there.
///
/// Nothing here touches a message or a campaign: what WeChat took counts as having reached nobody.
struct WeChatStore {
    let sql: PostgresTransaction

    /// Taps of one person for one purpose that are kept; more than that are a mini-program's mistake.
    static let mostTaps = 20
    /// Programme time in which a copy goes out. After it, the message itself has long been said.
    static let patience: TimeInterval = 600
    /// Programme time until one that was not sent is tried again.
    static let pause: TimeInterval = 30

    // MARK: - Who wants what

    /// - Parameters:
    ///   - user: Who they are there, sealed. Another account than before: its taps are gone.
    ///   - isLasting: Until they say no, not for one message.
    func subscribe(
        _ person: UUID, digest: [UInt8], user: [UInt8], purposes: [MessagePurpose], isLasting: Bool, at now: Date
    ) async throws {
        try await self.sql.execute("DELETE FROM wechat_user WHERE person_id = \(person) AND digest <> \(digest)")
        try await self.sql.execute(
            """
            INSERT INTO wechat_user (person_id, digest, name, since) VALUES (\(person), \(digest), \(user), \(now))
            ON CONFLICT (person_id) DO NOTHING
            """)
        try await self.sql.execute(
            """
            INSERT INTO wechat_subscription AS s (person_id, purpose, remaining)
            SELECT \(person), purpose, CASE WHEN \(isLasting) THEN NULL ELSE 1 END
            FROM unnest(\(purposes.map(\.rawValue))::text[]) AS purpose
            ON CONFLICT (person_id, purpose) DO UPDATE
                SET remaining = CASE WHEN NOT \(isLasting) AND s.remaining IS NOT NULL
                    THEN LEAST(s.remaining + 1, \(Self.mostTaps)) END
            """)
    }

    func stop(_ person: UUID) async throws {
        try await self.sql.execute("DELETE FROM wechat_user WHERE person_id = \(person)")
    }

    func subscriptions(of person: UUID) async throws -> [NotificationAPI.WeChatSubscription] {
        try await self.sql.query(
            "SELECT purpose, remaining FROM wechat_subscription WHERE person_id = \(person) ORDER BY purpose"
        ).rows.map { row in
            let (purpose, remaining) = try row.decode(MessagePurpose.self, Int?.self)
            return NotificationAPI.WeChatSubscription(purpose: purpose, remaining: remaining)
        }
    }

    // MARK: - Copies

    /// Plans copies of messages that are being said or handed to staff, where their people want them. Takes a tap for each.
    func copy(_ messages: [UUID], at now: Date) async throws {
        guard !messages.isEmpty else { return }
        // Of two messages of one purpose at once, which people have not tapped twice for, one is copied.
        try await self.sql.execute(
            """
            WITH tapped AS (
                UPDATE wechat_subscription s SET remaining = s.remaining - 1
                FROM message m
                WHERE m.id = ANY(\(messages)::uuid[]) AND s.person_id = m.person_id AND s.purpose = m.purpose
                    AND (s.remaining IS NULL OR s.remaining > 0)
                    AND NOT EXISTS (SELECT FROM wechat_copy c WHERE c.message_id = m.id)
                RETURNING m.id, m.not_after)
            INSERT INTO wechat_copy (message_id, state, due_at, not_after)
            SELECT id, 'planned', \(now), LEAST(not_after, \(now.addingTimeInterval(Self.patience))) FROM tapped
            ON CONFLICT DO NOTHING
            """)
    }

    /// A copy whose time has come.
    struct Due: Sendable {
        let message: DueMessage
        /// Sealed; nil where they have stopped it since.
        let user: [UInt8]?
        let notAfter: Date
    }

    /// Takes copies, with their messages as they stand now; whoever takes them holds them until the transaction ends.
    func take(_ limit: Int, at now: Date) async throws -> [Due] {
        let rows = try await self.sql.query(
            """
            SELECT c.message_id, c.not_after, u.name
            FROM wechat_copy c JOIN message m ON m.id = c.message_id LEFT JOIN wechat_user u ON u.person_id = m.person_id
            WHERE c.state = 'planned' AND c.due_at <= \(now) ORDER BY c.due_at LIMIT \(limit) FOR UPDATE OF c SKIP LOCKED
            """
        ).rows.map { try $0.decode(UUID.self, Date.self, [UInt8]?.self) }
        guard !rows.isEmpty else { return [] }
        let messages = try await DueMessageReader(sql: self.sql).read(rows.map(\.0))
        return rows.compactMap { id, notAfter, user in
            messages[id].map { Due(message: $0, user: user, notAfter: notAfter) }
        }
    }

    /// Committed before they are handed over: after a crash nobody sends them again.
    func submit(_ messages: [UUID], at now: Date) async throws {
        guard !messages.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE wechat_copy SET state = 'submitting', submitted_at = \(now)
            WHERE message_id = ANY(\(messages)::uuid[]) AND state = 'planned'
            """)
    }

    /// Ends copies that are not sent: what they say is over or has changed, or nobody could be asked in time. Their taps are
    /// still there.
    func end(_ messages: [UUID], _ state: String, _ code: String) async throws {
        guard !messages.isEmpty else { return }
        try await self.sql.execute(
            """
            WITH ended AS (
                UPDATE wechat_copy SET state = \(state), code = \(code)
                WHERE message_id = ANY(\(messages)::uuid[]) AND state = 'planned' RETURNING message_id)
            UPDATE wechat_subscription s SET remaining = LEAST(s.remaining + 1, \(Self.mostTaps))
            FROM ended e JOIN message m ON m.id = e.message_id
            WHERE s.person_id = m.person_id AND s.purpose = m.purpose AND s.remaining IS NOT NULL
            """)
    }

    /// What came of one that was handed over.
    func record(_ message: UUID, _ outcome: WeChatOutcome, at now: Date) async throws {
        if case .notSent(let code) = outcome {
            try await self.sql.execute(
                """
                UPDATE wechat_copy SET state = 'planned', due_at = \(now.addingTimeInterval(Self.pause)), code = \(code)
                WHERE message_id = \(message) AND state = 'submitting'
                """)
            return
        }
        try await self.sql.execute(
            """
            UPDATE wechat_copy SET state = \(outcome.label), code = \(outcome.code)
            WHERE message_id = \(message) AND state = 'submitting'
            """)
        switch outcome {
        // WeChat knows better what their taps allow.
        case .refused:
            try await self.sql.execute(
                """
                DELETE FROM wechat_subscription s USING message m
                WHERE m.id = \(message) AND s.person_id = m.person_id AND s.purpose = m.purpose
                """)
        case .nobody:
            try await self.sql.execute(
                "DELETE FROM wechat_user u USING message m WHERE m.id = \(message) AND u.person_id = m.person_id")
        // Not sent, and our own mistake: their tap is still good.
        case .rejected:
            try await self.sql.execute(
                """
                UPDATE wechat_subscription s SET remaining = LEAST(s.remaining + 1, \(Self.mostTaps)) FROM message m
                WHERE m.id = \(message) AND s.person_id = m.person_id AND s.purpose = m.purpose AND s.remaining IS NOT NULL
                """)
        case .accepted, .notSent, .unknown: break
        }
    }

    /// What was being handed over when a process ended: nobody knows.
    func closeInterrupted(before: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE wechat_copy SET state = 'unknown', code = 'interrupted'
            WHERE state = 'submitting' AND submitted_at < \(before)
            """)
    }
}
