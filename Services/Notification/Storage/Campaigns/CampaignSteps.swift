import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import Storage

/// Takes the lines of a campaign whose time has come and writes where they go, whole lists at a time. The caller holds the
/// campaign's row, so that the places of hours and days are given out by one at a time.
struct CampaignSteps {
    let sql: PostgresTransaction
    let campaign: CampaignRecord

    /// What the message of a step is called among the messages of its person.
    static func step(_ index: Int) -> String { "step-\(index)" }

    /// What is under way is looked up line by line, by its whole unique key (hence each `LIMIT 1`), and only for lines that
    /// wait: joined as sets, PostgreSQL reads all messages of the campaign for each list, which for a million people is a
    /// day's work.
    func take(_ limit: Int, at now: Date) async throws -> [CampaignStanding] {
        let year = CalendarDay(now).year
        return try await self.sql.query(
            """
            WITH due AS MATERIALIZED (
                SELECT p.person_id, p.step, p.stage, p.call_at FROM campaign_person p
                WHERE p.campaign_id = \(self.campaign.id) AND p.state = 'open' AND p.due_at <= \(now)
                ORDER BY p.due_at, p.person_id LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            SELECT p.person_id, p.step, p.stage, p.call_at, c.station, c.resident_division, \(year) - c.born_year,
                r.mobiles, r.willing, r.own, r.related, c.has_address,
                m.state, m.final_at, t.state, t.not_after, COALESCE(t.claimed_until > \(now), false), l.state, l.posted_at,
                i.state = 'open', i.due_at
            FROM due p JOIN contact_point c USING (person_id) \(CampaignDraw.reach)
            LEFT JOIN LATERAL (SELECT state, final_at FROM message WHERE p.stage = 'waiting' AND subject = \(self.campaign.id)
                AND subject_version = 1 AND purpose = 'outreach' AND step = 'step-' || p.step AND person_id = p.person_id
                LIMIT 1) m ON true
            LEFT JOIN LATERAL (SELECT state, not_after, claimed_until FROM call_task WHERE p.stage = 'waiting'
                AND subject = \(self.campaign.id) AND subject_version = p.step AND purpose = 'outreach'
                AND reason = 'outreach' AND person_id = p.person_id LIMIT 1) t ON true
            LEFT JOIN LATERAL (SELECT state, posted_at FROM letter WHERE p.stage = 'waiting'
                AND campaign_id = \(self.campaign.id) AND person_id = p.person_id AND step = p.step LIMIT 1) l ON true
            LEFT JOIN LATERAL (SELECT state, due_at FROM inquiry WHERE p.stage = 'waiting'
                AND campaign_id = \(self.campaign.id) AND person_id = p.person_id AND step = p.step LIMIT 1) i ON true
            """
        ).rows.map(Self.standing)
    }

    private static func standing(_ row: PostgresRow) throws -> CampaignStanding {
        let (
            person, step, stage, callAt, station, division, age, mobiles, willing, own, related, hasAddress, message,
            finalAt, call, notAfter, isHeld, letter, postedAt, inquiry, dueAt
        ) = try row.decode(
            UUID.self, Int.self, String.self, Date?.self, String.self, String?.self, Int?.self, Int.self, Int.self,
            Int.self, Int.self, Bool.self, MessageState?.self, Date?.self, String?.self, Date?.self, Bool.self,
            String?.self, Date?.self, Bool?.self, Date?.self)
        var standing = CampaignStanding(
            person: person, step: step, stage: try StoredText.value(stage), callAt: callAt, station: station,
            residentDivision: division,
            reach: OutreachReach(
                age: age, mobiles: mobiles, willingMobiles: willing, ownNumbers: own, relatedNumbers: related,
                hasAddress: hasAddress))
        if let message {
            standing.underWay = .message(message, finalAt: finalAt)
        } else if let call, let notAfter {
            standing.underWay = .call(try StoredText.value(call), notAfter: notAfter, isHeld: isHeld)
        } else if let letter {
            standing.underWay = .letter(try StoredText.value(letter), postedAt: postedAt)
        } else if let inquiry, let dueAt {
            standing.underWay = .inquiry(isOpen: inquiry, dueAt: dueAt)
        }
        return standing
    }

    /// Where lines stand from now on.
    struct Place: Sendable {
        let person: UUID
        let step: Int
        let stage: CampaignStanding.Stage
        let dueAt: Date?
        var callAt: Date?
    }

    func place(_ places: [Place]) async throws {
        guard !places.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE campaign_person p SET step = n.step, stage = n.stage, due_at = n.due_at, call_at = n.call_at
            FROM unnest(\(places.map(\.person))::uuid[], \(places.map(\.step))::bigint[],
                \(places.map(\.stage.rawValue))::text[], \(places.map(\.dueAt))::timestamptz[],
                \(places.map(\.callAt))::timestamptz[]) AS n (person_id, step, stage, due_at, call_at)
            WHERE p.campaign_id = \(self.campaign.id) AND p.person_id = n.person_id AND p.state = 'open'
            """)
    }

    /// A step that begins, ends, or is left out.
    struct Log: Sendable {
        let person: UUID
        let step: Int
        let means: OutreachMeans
        let result: String?
    }

    func log(_ entries: [Log], at now: Date) async throws {
        guard !entries.isEmpty else { return }
        try await self.sql.execute(
            """
            INSERT INTO campaign_step AS known (campaign_id, person_id, step, means, began_at, result, ended_at)
            SELECT \(self.campaign.id), n.person_id, n.step, n.means, \(now), n.result,
                CASE WHEN n.result IS NOT NULL THEN \(now)::timestamptz END
            FROM unnest(\(entries.map(\.person))::uuid[], \(entries.map(\.step))::bigint[],
                \(entries.map(\.means.rawValue))::text[], \(entries.map(\.result))::text[]) AS n (person_id, step, means, result)
            ON CONFLICT (campaign_id, person_id, step) DO UPDATE SET result = excluded.result, ended_at = excluded.ended_at
            """)
    }

    /// Ends calls nobody made in time, before their lines go on.
    func expireCalls(of people: [UUID], at now: Date) async throws {
        guard !people.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE call_task SET state = 'expired', closed_at = \(now), closed_by = 'notification', version = version + 1
            WHERE subject = \(self.campaign.id) AND person_id = ANY(\(people)) AND state = 'open'
            """)
    }

    func openCalls(
        _ calls: [(person: UUID, step: Int, whose: String, notAfter: Date)], at now: Date
    ) async throws {
        guard !calls.isEmpty else { return }
        try await self.sql.execute(
            """
            INSERT INTO call_task (id, person_id, station, reason, purpose, subject, subject_version, urgency, state, opened_at,
                due_at, not_after, whose)
            SELECT n.id, n.person_id, c.station, 'outreach', 'outreach', \(self.campaign.id), n.step,
                \(CallReason.outreach.urgency), 'open', \(now), \(now), n.not_after, n.whose
            FROM unnest(\(calls.map { _ in UUIDv7.generate() })::uuid[], \(calls.map(\.person))::uuid[],
                \(calls.map(\.step))::bigint[], \(calls.map(\.whose))::text[], \(calls.map(\.notAfter))::timestamptz[])
                AS n (id, person_id, step, whose, not_after)
            JOIN contact_point c USING (person_id)
            ON CONFLICT (subject, subject_version, purpose, reason, person_id) DO NOTHING
            """)
    }

    func planLetters(_ people: [(person: UUID, step: Int)], at now: Date) async throws {
        guard !people.isEmpty else { return }
        let year = CalendarDay(now).year
        try await self.sql.execute(
            """
            INSERT INTO letter (id, number, campaign_id, person_id, step, planned_at)
            SELECT n.id, 'YD' || \(year)::text || lpad(nextval('letter_number')::text, 7, '0'), \(self.campaign.id), n.person_id,
                n.step, \(now)
            FROM unnest(\(people.map { _ in UUIDv7.generate() })::uuid[], \(people.map(\.person))::uuid[],
                \(people.map(\.step))::bigint[]) AS n (id, person_id, step)
            ON CONFLICT (campaign_id, person_id, step) DO NOTHING
            """)
    }

    func openInquiries(_ people: [(standing: CampaignStanding, step: Int, dueAt: Date)], at now: Date) async throws {
        guard !people.isEmpty else { return }
        try await self.sql.execute(
            """
            INSERT INTO inquiry (id, campaign_id, person_id, step, station, division, opened_at, due_at)
            SELECT n.id, \(self.campaign.id), n.person_id, n.step, n.station, n.division, \(now), n.due_at
            FROM unnest(\(people.map { _ in UUIDv7.generate() })::uuid[], \(people.map(\.standing.person))::uuid[],
                \(people.map(\.step))::bigint[], \(people.map(\.standing.station))::text[],
                \(people.map(\.standing.residentDivision))::text[], \(people.map(\.dueAt))::timestamptz[])
                AS n (id, person_id, step, station, division, due_at)
            ON CONFLICT (campaign_id, person_id, step) DO NOTHING
            """)
    }

    // MARK: - Places of hours and days

    func taken(_ means: String, from: Date) async throws -> [Date: Int] {
        var taken: [Date: Int] = [:]
        for row in try await self.sql.query(
            """
            SELECT slot, taken FROM campaign_slot
            WHERE campaign_id = \(self.campaign.id) AND means = \(means) AND slot >= \(from)
            """
        ).rows {
            let (slot, count) = try row.decode(Date.self, Int.self)
            taken[slot] = count
        }
        return taken
    }

    func keep(_ taken: [Date: Int], _ means: String) async throws {
        guard !taken.isEmpty else { return }
        let slots = taken.keys.sorted()
        try await self.sql.execute(
            """
            INSERT INTO campaign_slot (campaign_id, means, slot, taken)
            SELECT \(self.campaign.id), \(means), slot, taken
            FROM unnest(\(slots)::timestamptz[], \(slots.map { taken[$0] ?? 0 })::bigint[]) AS n (slot, taken)
            ON CONFLICT (campaign_id, means, slot) DO UPDATE SET taken = excluded.taken
            """)
    }
}
