import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Puts letters together and keeps what became of them, inside the caller's transaction.
struct LetterStore {
    let sql: PostgresTransaction

    /// A letter as it is stored.
    struct Stored: Sendable {
        let number: String
        let campaign: UUID
        let person: UUID
        let state: CampaignAPI.LetterState
        let tracking: String?
        let postedAt: Date?
        let result: CampaignAPI.LetterResult?

        var shown: CampaignAPI.Letter {
            CampaignAPI.Letter(
                number: self.number, person: self.person, state: self.state, trackingNumber: self.tracking,
                postedAt: self.postedAt, result: self.result)
        }
    }

    static let columns: SQL = "l.number, l.campaign_id, l.person_id, l.state, l.tracking, l.posted_at, l.result"

    static func letter(_ row: PostgresRow) throws -> Stored {
        let (number, campaign, person, state, tracking, postedAt, result) = try row.decode(
            String.self, UUID.self, UUID.self, String.self, String?.self, Date?.self, String?.self)
        return Stored(
            number: number, campaign: campaign, person: person, state: try StoredText.value(state), tracking: tracking,
            postedAt: postedAt, result: try result.map { try StoredText.value($0) })
    }

    /// Puts the letters that are due into a batch, those of one station beside each other; the same id again changes nothing.
    func put(
        _ new: CampaignAPI.NewLetterBatch, most: Int, words: Int, by principal: String, at now: Date
    ) async throws {
        let isNew =
            try await self.sql.execute(
                """
                INSERT INTO letter_batch (id, campaign_id, words, made_by, made_at)
                VALUES (\(new.id), \(new.campaign), \(words), \(principal), \(now)) ON CONFLICT (id) DO NOTHING
                """) == 1
        guard isNew else { return }
        try await self.sql.execute(
            """
            WITH taken AS MATERIALIZED (
                SELECT id, person_id, number FROM letter WHERE campaign_id = \(new.campaign) AND state = 'planned'
                ORDER BY planned_at, number LIMIT \(most) FOR UPDATE SKIP LOCKED),
            placed AS (
                SELECT t.id, row_number() OVER (ORDER BY c.station, t.number) AS place
                FROM taken t JOIN contact_point c USING (person_id))
            UPDATE letter l SET state = 'printed', batch = \(new.id), place = p.place FROM placed p WHERE l.id = p.id
            """)
    }

    func batch(_ id: UUID) async throws -> CampaignAPI.LetterBatch? {
        let heads = try await self.sql.query(
            "SELECT campaign_id, words, made_by, made_at FROM letter_batch WHERE id = \(id)"
        ).rows
        guard
            let (campaign, words, madeBy, madeAt) = try heads.first?.decode(
                UUID.self, Int.self, String.self, Date.self)
        else { return nil }
        let letters = try await self.sql.query(
            "SELECT \(Self.columns) FROM letter l WHERE l.batch = \(id) ORDER BY l.place"
        ).rows.map(Self.letter)
        return CampaignAPI.LetterBatch(
            id: id, campaign: campaign, words: words, madeBy: madeBy, madeAt: madeAt, letters: letters.map(\.shown))
    }

    /// Contacts of the people a batch writes to, sealed; who is accounted for meanwhile is left out.
    func contacts(_ id: UUID) async throws -> [(number: String, person: UUID, details: [UInt8])] {
        try await self.sql.query(
            """
            SELECT l.number, l.person_id, c.contact FROM letter l JOIN contact_point c USING (person_id)
            WHERE l.batch = \(id) AND l.state IN ('printed', 'posted') ORDER BY l.place
            """
        ).rows.map { try $0.decode(String.self, UUID.self, [UInt8].self) }
    }

    /// Ends letters that cannot be printed.
    ///
    /// - Returns: whom they were for.
    func give(up numbers: [String], by principal: String, at now: Date) async throws -> [UUID] {
        guard !numbers.isEmpty else { return [] }
        return try await self.sql.query(
            """
            UPDATE letter SET state = 'ended', result = \(CampaignAPI.LetterResult.unprintable.rawValue), ended_at = \(now),
                by = \(principal)
            WHERE number = ANY(\(numbers)) AND state = 'printed' RETURNING person_id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// The letter, locked until the transaction ends.
    func locked(_ number: String) async throws -> Stored? {
        try await self.sql.query("SELECT \(Self.columns) FROM letter l WHERE l.number = \(number) FOR UPDATE").first
            .map(Self.letter)
    }

    /// - Returns: false when another letter has that tracking number.
    func post(_ number: String, tracking: String, by principal: String, at now: Date) async throws -> Bool {
        try await self.sql.execute(
            """
            UPDATE letter SET state = 'posted', tracking = \(tracking), posted_at = \(now), by = \(principal)
            WHERE number = \(number) AND NOT EXISTS (SELECT FROM letter o WHERE o.tracking = \(tracking) AND o.number <> \(number))
            """) == 1
    }

    func end(_ number: String, _ result: CampaignAPI.LetterResult, by principal: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE letter SET state = 'ended', result = \(result.rawValue), ended_at = \(now), by = \(principal)
            WHERE number = \(number)
            """)
    }

    /// Nobody writes to an address again from which a letter came back, until a new registration brings one.
    func retireAddress(of person: UUID) async throws {
        try await self.sql.execute("UPDATE contact_point SET has_address = false WHERE person_id = \(person)")
    }
}

/// What villages and stations are asked about people nobody reaches.
struct InquiryStore {
    let sql: PostgresTransaction

    /// - Parameter station: nil for all.
    func open(station: String?, limit: Int) async throws -> [CampaignAPI.Inquiry] {
        let one: SQL = station.map { " AND station = \($0)" } ?? ""
        return try await self.sql.query(
            """
            SELECT id, campaign_id, person_id, station, division, opened_at, due_at FROM inquiry
            WHERE state = 'open'\(one) ORDER BY opened_at, id LIMIT \(limit)
            """
        ).rows.map { row in
            let (id, campaign, person, station, division, openedAt, dueAt) = try row.decode(
                UUID.self, UUID.self, UUID.self, String.self, String?.self, Date.self, Date.self)
            return CampaignAPI.Inquiry(
                id: id, campaign: campaign, person: person, station: station, division: division, openedAt: openedAt,
                dueAt: dueAt)
        }
    }

    /// A person's file has gone to another station: what is asked about them goes with it.
    func follow(_ people: [UUID]) async throws {
        try await self.sql.execute(
            """
            UPDATE inquiry i SET station = c.station FROM contact_point c
            WHERE c.person_id = ANY(\(people)) AND i.person_id = c.person_id AND i.state = 'open' AND i.station <> c.station
            """)
    }

    /// The inquiry, locked until the transaction ends.
    func locked(_ id: UUID) async throws -> (campaign: UUID, person: UUID, station: String, isOpen: Bool)? {
        try await self.sql.query(
            "SELECT campaign_id, person_id, station, state = 'open' FROM inquiry WHERE id = \(id) FOR UPDATE"
        ).first.map { try $0.decode(UUID.self, UUID.self, String.self, Bool.self) }
    }

    func answer(_ id: UUID, _ outcome: OutreachOutcome?, by principal: String, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE inquiry SET state = 'answered', outcome = \(outcome?.rawValue), answered_at = \(now), by = \(principal)
            WHERE id = \(id)
            """)
    }
}
