import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Draws the people of a campaign from the roster and counts what it will take, at the server: a million people pass through
/// nobody's memory.
struct CampaignDraw {
    let sql: PostgresTransaction
    /// Six digits of the district.
    let division: String

    /// How long drawing a large roster may take; a session's own bound is for short statements.
    static let bound = Duration.seconds(1800)

    /// Everybody the rule speaks of, with why they are left out; null for those who are in.
    private func audience(_ rule: OutreachRule, at now: Date) -> SQL {
        let elsewhere: SQL =
            rule.livesElsewhere
            ? "AND (c.resident_division IS NULL OR NOT starts_with(c.resident_division, \(self.division)))" : ""
        let stations: SQL = rule.stations.map { "AND c.station = ANY(\($0))" } ?? ""
        let born: SQL = rule.bornUpTo.map { "AND c.born_year <= \($0)" } ?? ""
        return """
            SELECT c.person_id, CASE WHEN c.silenced_at IS NOT NULL THEN \(OutreachExclusion.silenced.rawValue)::text
                WHEN \(rule.notApplied) AND EXISTS (SELECT FROM notice n WHERE n.person_id = c.person_id)
                    THEN \(OutreachExclusion.applied.rawValue)::text
                WHEN \(rule.notApplied) AND EXISTS (SELECT FROM appointment a WHERE a.person_id = c.person_id
                    AND a.state = 'confirmed' AND a.starts_at > \(now)) THEN \(OutreachExclusion.booked.rawValue)::text
                WHEN \(rule.livesElsewhere) AND c.resident_division IS NULL
                    THEN \(OutreachExclusion.residenceUnknown.rawValue)::text
                WHEN EXISTS (SELECT FROM campaign_person o WHERE o.person_id = c.person_id AND o.state = 'open')
                    THEN \(OutreachExclusion.otherCampaign.rawValue)::text END AS reason
            FROM contact_point c WHERE c.division = \(self.division) \(elsewhere) \(stations) \(born)
            """
    }

    /// Whether the rule finds anybody.
    func findsSomebody(_ rule: OutreachRule, at now: Date) async throws -> Bool {
        try await self.sql.query(
            "SELECT EXISTS (SELECT FROM (\(self.audience(rule, at: now))) a WHERE a.reason IS NULL)"
        ).first?.decode(Bool.self) ?? false
    }

    /// Freezes the people and those left out.
    ///
    /// - Returns: how many are in.
    func draw(_ campaign: CampaignRecord, at now: Date) async throws -> Int {
        try await self.sql.allow(Self.bound)
        let drawn =
            try await self.sql.query(
                """
                WITH audience AS MATERIALIZED (\(self.audience(campaign.rule, at: now))),
                excluded AS (
                    INSERT INTO campaign_exclusion (campaign_id, person_id, reason)
                    SELECT \(campaign.id), person_id, reason FROM audience WHERE reason IS NOT NULL),
                drawn AS (
                    INSERT INTO campaign_person (campaign_id, person_id)
                    SELECT \(campaign.id), person_id FROM audience WHERE reason IS NULL RETURNING 1)
                SELECT count(*) FROM drawn
                """
            ).first?.decode(Int.self) ?? 0
        try await self.sql.execute("UPDATE campaign SET drawn = \(drawn) WHERE id = \(campaign.id)")
        return drawn
    }

    /// Signs of life of people who were drawn, that came while they were: neither could see the other then.
    func signs(_ campaign: CampaignRecord, at now: Date) async throws -> [CampaignProgress.Sign] {
        try await self.sql.query(
            """
            SELECT p.person_id, s.outcome, s.evidence, s.id FROM campaign_person p JOIN LATERAL (
                SELECT 'deceased' AS outcome, 'death' AS evidence, d.subject AS id FROM death d
                    WHERE d.person_id = p.person_id
                UNION ALL
                SELECT 'applied', 'submission', n.submission_id FROM notice n
                    WHERE n.person_id = p.person_id AND \(campaign.rule.notApplied)
                UNION ALL
                SELECT 'booked', 'appointment', a.id FROM appointment a WHERE a.person_id = p.person_id
                    AND a.state = 'confirmed' AND a.starts_at > \(now) AND \(campaign.rule.notApplied)
                LIMIT 1) s ON true
            WHERE p.campaign_id = \(campaign.id) AND p.state = 'open' AND p.added_why IS NULL
            """
        ).rows.map { row in
            let (person, outcome, evidence, id) = try row.decode(UUID.self, String.self, String.self, UUID.self)
            return CampaignProgress.Sign(
                person: person, outcome: try StoredText.value(outcome), evidence: try StoredText.value(evidence),
                evidenceID: id)
        }
    }

    /// By what somebody can be reached, beside `contact_point c`.
    static let reach: SQL = """
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE n.owner = 'own' AND n.is_mobile AND n.status = 'ok') AS mobiles,
                count(*) FILTER (WHERE n.owner = 'own' AND n.is_mobile AND n.status = 'ok'
                    AND NOT EXISTS (SELECT FROM suppression s WHERE s.digest = n.digest)) AS willing,
                count(*) FILTER (WHERE n.owner = 'own' AND n.status IN ('ok', 'blocked')) AS own,
                count(*) FILTER (WHERE n.owner = 'related' AND n.status IN ('ok', 'blocked')) AS related
            FROM contact_number n WHERE n.person_id = c.person_id) r ON true
        """

    /// People who can be reached alike, with how many units their names have.
    struct Group: Sendable {
        let reach: OutreachReach
        let nameUnits: Int
        let count: Int
    }

    func groups(_ campaign: UUID, at now: Date) async throws -> [Group] {
        try await self.sql.allow(Self.bound)
        let year = CalendarDay(now).year
        return try await self.sql.query(
            """
            SELECT \(year) - c.born_year, least(r.mobiles, 1), least(r.willing, 1), least(r.own, 1), least(r.related, 1),
                c.has_address, COALESCE(c.name_units, 3), count(*)
            FROM campaign_person p JOIN contact_point c USING (person_id) \(Self.reach)
            WHERE p.campaign_id = \(campaign) GROUP BY 1, 2, 3, 4, 5, 6, 7
            """
        ).rows.map { row in
            let (age, mobiles, willing, own, related, hasAddress, units, count) = try row.decode(
                Int?.self, Int.self, Int.self, Int.self, Int.self, Bool.self, Int.self, Int.self)
            return Group(
                reach: OutreachReach(
                    age: age, mobiles: mobiles, willingMobiles: willing, ownNumbers: own, relatedNumbers: related,
                    hasAddress: hasAddress), nameUnits: units, count: count)
        }
    }

    func excluded(_ campaign: UUID) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for row in try await self.sql.query(
            "SELECT reason, count(*) FROM campaign_exclusion WHERE campaign_id = \(campaign) GROUP BY reason"
        ).rows {
            let (reason, count) = try row.decode(String.self, Int.self)
            counts[reason] = count
        }
        return counts
    }

    func show(_ preview: CampaignAPI.Preview, of campaign: UUID) async throws {
        try await self.sql.execute(
            """
            UPDATE campaign SET preview = \(try CampaignRow.text(preview))::jsonb, state = \(CampaignState.drawn),
                version = version + 1
            WHERE id = \(campaign)
            """)
    }
}
