import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Writes what becomes of messages. A state only climbs; whatever says less than is known is kept as an event alone.
struct MessageProgress {
    let sql: PostgresTransaction

    /// After that time without a receipt the provider is asked, where it can be, or found slow.
    static let quiet: TimeInterval = 300

    /// A message that is about to be handed to a provider. Committed before it is, so that a crash leaves a trace.
    struct Submission: Sendable {
        let id: UUID
        let digest: [UInt8]
        let provider: String
        let template: Int
        let parts: Int
        /// Another message says this one too.
        let carriedBy: UUID?
    }

    func submit(_ list: [Submission], at now: Date) async throws {
        guard !list.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            UPDATE message m SET state = 'submitting', rank = 1, digest = n.digest, provider = n.provider,
                template_version = n.template, parts = n.parts, carried_by = n.carried_by, submitted_at = \(now),
                ask_at = CASE WHEN n.carried_by IS NULL THEN \(now.addingTimeInterval(Self.quiet))::timestamptz END,
                asked = 0
            FROM unnest(\(list.map(\.id))::uuid[], \(list.map(\.digest))::bytea[], \(list.map(\.provider))::text[],
                \(list.map(\.template))::bigint[], \(list.map(\.parts))::bigint[], \(list.map(\.carriedBy))::uuid[])
                AS n (id, digest, provider, template, parts, carried_by)
            WHERE m.id = n.id AND m.state = 'planned'
            """)
    }

    func postpone(_ list: [(id: UUID, until: Date)]) async throws {
        guard !list.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            UPDATE message m SET due_at = n.until FROM unnest(\(list.map(\.id))::uuid[], \(list.map(\.until))::timestamptz[])
                AS n (id, until) WHERE m.id = n.id AND m.state = 'planned'
            """)
    }

    /// One provider has not taken it, surely, and another is about to be given it. Committed before it is.
    ///
    /// - Parameter refusal: Who and why, as a code.
    /// - Returns: false where it is not being submitted any more: it must not be handed over then.
    func move(_ id: UUID, to provider: String, parts: Int, after refusal: String, at now: Date) async throws -> Bool {
        let moved = try await self.sql.query(
            """
            UPDATE message SET provider = \(provider), parts = \(parts)
            WHERE (id = \(id) OR carried_by = \(id)) AND state = 'submitting' RETURNING id
            """
        ).rows
        try await self.note(id, refusal, at: now)
        return !moved.isEmpty
    }

    /// Not sent after all: it waits again.
    ///
    /// - Parameters:
    ///   - refusal: Who did not take it and why, as a code.
    ///   - refusedBy: Who never will.
    func replan(_ id: UUID, until: Date, after refusal: String, refusedBy: Set<String>, at now: Date) async throws {
        _ = try await self.sql.execute(
            """
            UPDATE message SET state = 'planned', rank = 0, due_at = \(until), digest = NULL, provider = NULL,
                submitted_at = NULL, carried_by = NULL, ask_at = NULL, refused_by = \(refusedBy.sorted())::text[]
            WHERE (id = \(id) OR carried_by = \(id)) AND state = 'submitting'
            """)
        try await self.note(id, refusal, at: now)
    }

    private func note(_ id: UUID, _ refusal: String, at now: Date) async throws {
        _ = try await self.sql.execute(
            """
            INSERT INTO message_event (message_id, kind, code, occurred_at, received_at)
            VALUES (\(id), 'submit:refused', \(refusal), \(now), \(now)) ON CONFLICT DO NOTHING
            """)
    }

    /// What has begun and waits is looked at again: there may be somebody to send it through now.
    func wake(at now: Date) async throws {
        _ = try await self.sql.execute(
            "UPDATE message SET due_at = \(now) WHERE state = 'planned' AND not_before <= \(now) AND due_at > \(now)")
    }

    /// Something is known of messages, and of those they carry.
    struct News: Sendable {
        let id: UUID
        let state: MessageState
        /// What was seen: `submit`, `receipt`, `query`, `end`.
        let kind: String
        let code: String
        let occurredAt: Date
        var reference: String?
        var failure: String?
    }

    /// - Returns: the messages that climbed because of it, with those they carry.
    @discardableResult
    func record(_ news: [News], at now: Date) async throws -> [(id: UUID, state: MessageState)] {
        guard !news.isEmpty else { return [] }
        _ = try await self.sql.execute(
            """
            INSERT INTO message_event (message_id, kind, code, occurred_at, received_at)
            SELECT n.id, n.kind, n.code, n.occurred_at, \(now)
            FROM unnest(\(news.map(\.id))::uuid[], \(news.map { "\($0.kind):\($0.state.rawValue)" })::text[],
                \(news.map(\.code))::text[], \(news.map(\.occurredAt))::timestamptz[]) AS n (id, kind, code, occurred_at)
            ON CONFLICT DO NOTHING
            """)
        var climbed: [(id: UUID, state: MessageState)] = []
        // One rung after the other, since an UPDATE … FROM takes any one of several rows.
        for state in Set(news.map(\.state)).sorted(by: { $0.rank < $1.rank }) {
            let part = news.filter { $0.state == state }
            let rows = try await self.sql.query(
                """
                UPDATE message m SET state = \(state), rank = \(state.rank), reference = COALESCE(m.reference, n.reference),
                    failure = COALESCE(n.failure, m.failure),
                    ask_at = CASE WHEN \(state == .unknown) AND m.carried_by IS NULL THEN \(now)::timestamptz
                        ELSE m.ask_at END,
                    final_at = CASE WHEN \(state.isFinal) THEN \(now)::timestamptz ELSE m.final_at END
                FROM unnest(\(part.map(\.id))::uuid[], \(part.map(\.reference))::text[], \(part.map(\.failure))::text[])
                    AS n (id, reference, failure)
                WHERE (m.id = n.id OR m.carried_by = n.id) AND m.rank < \(state.rank)
                RETURNING m.id
                """
            ).rows
            climbed += try rows.map { (id: try $0.decode(UUID.self), state: state) }
        }
        return climbed
    }

    // MARK: - Receipts

    /// What a receipt names a message by: our id, or the provider's own.
    struct Reported: Sendable, Hashable {
        let id: UUID?
        let provider: String
        let reference: String?
    }

    /// A message that was handed over.
    struct Sent: Sendable {
        let id: UUID
        let submittedAt: Date?
        let state: MessageState
    }

    /// The messages receipts are about. One nobody here has sent is left out.
    ///
    /// - Parameter others: Messages that are written to besides. All are taken in one order, so that two instances that write
    ///   to the same ones wait for each other.
    func sent(_ receipts: [Reported], and others: [UUID]) async throws -> [Reported: Sent] {
        var sent: [Reported: Sent] = [:]
        let named = receipts.filter { $0.id != nil }
        if !named.isEmpty || others.count > 1 {
            let rows = try await self.sql.query(
                """
                SELECT id, submitted_at, state FROM message WHERE id = ANY(\(named.compactMap(\.id) + others)::uuid[])
                ORDER BY id FOR UPDATE
                """
            ).rows.map { try $0.decode(UUID.self, Date?.self, MessageState.self) }
            let known = Dictionary(
                uniqueKeysWithValues: rows.map { ($0.0, Sent(id: $0.0, submittedAt: $0.1, state: $0.2)) })
            for one in named { sent[one] = one.id.flatMap { known[$0] } }
        }
        let referred = Array(Set(receipts.filter { $0.id == nil && $0.reference != nil }))
        if !referred.isEmpty {
            let rows = try await self.sql.query(
                """
                SELECT n.number, m.id, m.submitted_at, m.state
                FROM unnest(\(referred.map(\.provider))::text[], \(referred.compactMap(\.reference))::text[])
                    WITH ORDINALITY AS n (provider, reference, number)
                JOIN message m ON m.provider = n.provider AND m.reference = n.reference AND m.carried_by IS NULL
                """
            ).rows.map { try $0.decode(Int.self, UUID.self, Date?.self, MessageState.self) }
            for (number, id, submittedAt, state) in rows {
                sent[referred[number - 1]] = Sent(id: id, submittedAt: submittedAt, state: state)
            }
        }
        return sent
    }

    /// A receipt for what nobody here has sent: kept and counted, never refused, or it would come for ever.
    func noteStray(_ receipt: Reported, code: String, at now: Date) async throws {
        _ = try await self.sql.execute(
            """
            INSERT INTO stray_receipt AS s (provider, reference, kind, received_at)
            VALUES (\(receipt.provider), \(receipt.id?.uuidString ?? receipt.reference ?? ""), \(code), \(now))
            ON CONFLICT (provider, reference, kind) DO UPDATE SET times = s.times + 1
            """)
    }

    /// Programme time in which a provider is asked about a message of unknown fate before it is given up with its subject.
    static let grace: TimeInterval = 300

    /// Messages that have been in a state for longer than it lasts, held until the transaction ends.
    ///
    /// Of one that may never have been sent, nobody waits to hear longer than what it says is of use, once it was asked about.
    func overdue(_ state: MessageState, since: Date, limit: Int, at now: Date) async throws -> [UUID] {
        // The state stands in the text: the indexes hold the rows of a few states only.
        let named: SQL = "state = \(literal: state.rawValue) AND carried_by IS NULL"
        var condition: SQL = "submitted_at < \(since)"
        if state == .unknown {
            condition = """
                (submitted_at < \(since) OR (not_after <= \(now.addingTimeInterval(-Self.grace)) AND asked > 0))
                """
        }
        return try await self.sql.query(
            """
            SELECT id FROM message WHERE \(named) AND \(condition)
            ORDER BY submitted_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// Ends messages that were never handed to anybody.
    func end(_ list: [(id: UUID, state: MessageState, why: String)], at now: Date) async throws {
        guard !list.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            UPDATE message m SET state = n.state, rank = 6, failure = n.why, final_at = \(now)
            FROM unnest(\(list.map(\.id))::uuid[], \(list.map(\.state.rawValue))::text[], \(list.map(\.why))::text[])
                AS n (id, state, why)
            WHERE m.id = n.id AND m.state = 'planned'
            """)
        try await CampaignProgress(sql: self.sql).messagesEnded(list.map(\.id), at: now)
    }
}
