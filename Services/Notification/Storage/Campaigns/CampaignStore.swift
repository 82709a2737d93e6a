import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension CampaignState: PostgresEncodable, PostgresDecodable {}

/// Reads `campaign k` into a ``CampaignRecord``.
enum CampaignRow {
    static let columns: SQL = """
        k.id, k.version, k.title, k.state, k.rule::text, k.ladder::text, k.messages_per_hour, k.calls_per_day, k.part_price,
        k.created_by, k.created_at, k.approved_by, k.preview::text, k.paused_at, k.closed_by, k.closed_at
        """

    static func record(_ row: PostgresRow) throws -> CampaignRecord {
        let (
            id, version, title, state, rule, ladder, messages, calls, price, createdBy, createdAt, approvedBy, preview,
            pausedAt, closedBy, closedAt
        ) = try row.decode(
            UUID.self, Int.self, String.self, CampaignState.self, String.self, String.self, Int.self, Int.self,
            Int?.self, String.self, Date.self, String?.self, String?.self, Date?.self, String?.self, Date?.self)
        return CampaignRecord(
            id: id, version: version, title: title, state: state, rule: try Self.value(rule),
            ladder: try Self.value(ladder), messagesPerHour: messages, callsPerDay: calls, partPrice: price,
            createdBy: createdBy, createdAt: createdAt, approvedBy: approvedBy,
            preview: try preview.map { try Self.value($0) }, pausedAt: pausedAt, closedBy: closedBy, closedAt: closedAt)
    }

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try ContractCoding.encode(value), as: UTF8.self)
    }

    private static func value<Value: Decodable>(_ text: String) throws -> Value {
        try ContractCoding.decode(Value.self, from: Array(text.utf8))
    }
}

/// Writes campaigns inside the caller's transaction.
struct CampaignStore {
    let sql: PostgresTransaction

    /// - Returns: false when there is one of that id already.
    func add(_ new: CampaignAPI.New, ladder: OutreachLadder, by principal: String, at now: Date) async throws -> Bool {
        try await self.sql.execute(
            """
            INSERT INTO campaign (id, title, state, rule, ladder, messages_per_hour, calls_per_day, part_price, created_by,
                created_at)
            VALUES (\(new.id), \(new.title), \(CampaignState.drawing), \(try CampaignRow.text(new.rule))::jsonb,
                \(try CampaignRow.text(ladder))::jsonb, \(new.messagesPerHour), \(new.callsPerDay), \(new.partPrice),
                \(principal), \(now))
            ON CONFLICT (id) DO NOTHING
            """) == 1
    }

    /// The campaign, locked until the transaction ends.
    func locked(_ id: UUID) async throws -> CampaignRecord? {
        try await self.sql.query("SELECT \(CampaignRow.columns) FROM campaign k WHERE k.id = \(id) FOR UPDATE OF k")
            .first.map(CampaignRow.record)
    }

    /// A campaign in a state that nobody else works on, locked until the transaction ends.
    func free(_ id: UUID, in state: CampaignState) async throws -> CampaignRecord? {
        try await self.sql.query(
            """
            SELECT \(CampaignRow.columns) FROM campaign k WHERE k.id = \(id) AND k.state = \(state)
            FOR UPDATE OF k SKIP LOCKED
            """
        ).first.map(CampaignRow.record)
    }

    func open(_ id: UUID) async throws -> Int {
        try await self.sql.query(
            "SELECT count(*) FROM campaign_person WHERE campaign_id = \(id) AND state = 'open'"
        ).first?.decode(Int.self) ?? 0
    }

    /// Writes where an act led.
    func become(
        _ state: CampaignState, after act: CampaignAct, _ campaign: CampaignRecord, by principal: String, at now: Date
    ) async throws {
        let approvedBy: String? = act == .approve ? principal : nil
        let closedBy: String? = act == .close || act == .cancel ? principal : nil
        try await self.sql.execute(
            """
            UPDATE campaign SET state = \(state), version = version + 1,
                approved_by = COALESCE(\(approvedBy)::text, approved_by),
                approved_at = CASE WHEN \(act == .approve) THEN \(now)::timestamptz ELSE approved_at END,
                paused_at = CASE WHEN \(act == .pause) THEN \(now)::timestamptz END,
                closed_by = COALESCE(\(closedBy)::text, closed_by),
                closed_at = CASE WHEN \(closedBy != nil) THEN \(now)::timestamptz ELSE closed_at END
            WHERE id = \(campaign.id)
            """)
        // Everybody's line is touched: of a million that takes longer than a session's own bound allows.
        try await self.sql.allow(CampaignDraw.bound)
        switch act {
        case .start:
            try await self.sql.execute(
                "UPDATE campaign_person SET due_at = \(now) WHERE campaign_id = \(campaign.id) AND state = 'open'")
        case .resume:
            // What waits is as young as it was when the campaign was stopped; nothing is said twice, since every message is
            // the row it was.
            let rest = now.timeIntervalSince(campaign.pausedAt ?? now)
            try await self.sql.execute(
                """
                UPDATE message SET not_after = not_after + make_interval(secs => \(rest)), due_at = GREATEST(not_before, \(now))
                WHERE subject = \(campaign.id) AND state = 'planned'
                """)
            try await self.sql.execute(
                """
                UPDATE call_task SET not_after = not_after + make_interval(secs => \(rest))
                WHERE subject = \(campaign.id) AND state = 'open'
                """)
        case .cancel:
            try await self.sql.execute("DELETE FROM campaign_person WHERE campaign_id = \(campaign.id)")
            try await self.sql.execute("UPDATE campaign SET drawn = 0, added = 0 WHERE id = \(campaign.id)")
        case .approve, .pause, .close: break
        }
    }

    /// Whether somebody is known here and not recorded as deceased.
    func canBeReached(_ person: UUID) async throws -> Bool {
        try await self.sql.query("SELECT FROM contact_point WHERE person_id = \(person) AND silenced_at IS NULL").first
            != nil
    }

    /// Adds somebody the rule did not find.
    ///
    /// - Returns: false when they are in it already.
    func add(
        _ person: UUID, to campaign: CampaignRecord, why: String, by principal: String, at now: Date
    ) async throws -> Bool {
        let isNew =
            try await self.sql.execute(
                """
                INSERT INTO campaign_person (campaign_id, person_id, due_at, added_why, added_by)
                VALUES (\(campaign.id), \(person), \(now), \(why), \(principal)) ON CONFLICT DO NOTHING
                """) == 1
        guard isNew else { return false }
        try await self.sql.execute(
            "DELETE FROM campaign_exclusion WHERE campaign_id = \(campaign.id) AND person_id = \(person)")
        try await self.sql.execute("UPDATE campaign SET added = added + 1 WHERE id = \(campaign.id)")
        return true
    }

    /// One person's line, locked until the transaction ends.
    func line(_ person: UUID, of campaign: UUID) async throws -> (isOpen: Bool, isAtEnd: Bool, signedBy: String?)? {
        try await self.sql.query(
            """
            SELECT state = 'open', stage = 'end', signed_by FROM campaign_person
            WHERE campaign_id = \(campaign) AND person_id = \(person) FOR UPDATE
            """
        ).first.map { try $0.decode(Bool.self, Bool.self, String?.self) }
    }

    /// The first of two signatures.
    func sign(_ person: UUID, of campaign: UUID, by principal: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE campaign_person SET signed_by = \(principal), signed_at = \(now)
            WHERE campaign_id = \(campaign) AND person_id = \(person) AND state = 'open'
            """)
    }

    /// Keeps what somebody wrote down as evidence.
    func note(_ id: UUID, _ note: [UInt8], _ person: UUID, of campaign: UUID, by: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            INSERT INTO campaign_note (id, campaign_id, person_id, note, by, at)
            VALUES (\(id), \(campaign), \(person), \(note), \(by), \(now))
            """)
    }
}
