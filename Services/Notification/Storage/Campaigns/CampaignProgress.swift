import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// What happens to people of campaigns while campaigns run: a sign of life ends their line at once, in the transaction that
/// learns of it (R25, R105).
///
/// Rows are taken in one order where it can be, messages before calls before lines, so that two who end the same line wait for
/// each other; where it cannot, PostgreSQL ends one of the two and it is tried again.
struct CampaignProgress {
    let sql: PostgresTransaction

    /// A sign of life, or of death.
    struct Sign: Sendable {
        let person: UUID
        let outcome: OutreachOutcome
        let evidence: OutreachEvidence
        let evidenceID: UUID
        var by = "notification"
    }

    /// Ends the open lines of these people in every campaign, and takes back what the ladder still had in store for them.
    ///
    /// - Parameters:
    ///   - campaign: Only this one; nil for all.
    ///   - call: The call in which it was learnt; it ends by itself.
    /// - Returns: how many lines ended.
    @discardableResult
    func end(_ signs: [Sign], in campaign: UUID? = nil, during call: UUID? = nil, at now: Date) async throws -> Int {
        guard !signs.isEmpty else { return 0 }
        // The first sign of a person counts.
        var first: [UUID: Sign] = [:]
        for sign in signs where first[sign.person] == nil { first[sign.person] = sign }
        let people = first.keys.sorted { $0.uuidString < $1.uuidString }
        let one: SQL = campaign.map { " AND campaign_id = \($0)" } ?? ""
        let lines = try await self.sql.query(
            "SELECT campaign_id, person_id FROM campaign_person WHERE person_id = ANY(\(people)) AND state = 'open'\(one)"
        ).rows.map { try $0.decode(UUID.self, UUID.self) }
        guard !lines.isEmpty else { return 0 }
        try await self.takeBack(lines.map(\.0), lines.map(\.1), except: call, at: now)
        let ending = people.compactMap { first[$0] }
        let count = try await self.sql.query(
            """
            UPDATE campaign_person p SET state = 'ended', outcome = n.outcome, evidence = n.evidence,
                evidence_id = n.evidence_id, ended_at = \(now), ended_by = n.by, due_at = NULL
            FROM unnest(\(ending.map(\.person))::uuid[], \(ending.map(\.outcome.rawValue))::text[],
                \(ending.map(\.evidence.rawValue))::text[], \(ending.map(\.evidenceID))::uuid[], \(ending.map(\.by))::text[])
                AS n (person_id, outcome, evidence, evidence_id, by)
            WHERE p.person_id = n.person_id AND p.state = 'open' AND (\(campaign)::uuid IS NULL OR p.campaign_id = \(campaign))
            RETURNING p.person_id
            """
        ).rows.count
        // A step that began meanwhile was not to be seen before; whoever began it has let go of the line by now.
        try await self.takeBack(lines.map(\.0), lines.map(\.1), except: call, at: now)
        return count
    }

    /// Somebody who was recorded as deceased has been reached: whatever campaign says otherwise is set right.
    func refuteDeath(_ sign: Sign, at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE campaign_person SET outcome = \(sign.outcome.rawValue), evidence = \(sign.evidence.rawValue),
                evidence_id = \(sign.evidenceID), ended_at = \(now), ended_by = \(sign.by)
            WHERE person_id = \(sign.person) AND outcome = \(OutreachOutcome.deceased.rawValue)
            """)
    }

    private func takeBack(_ campaigns: [UUID], _ people: [UUID], except call: UUID?, at now: Date) async throws {
        try await self.sql.batch([
            """
            UPDATE message m SET state = \(MessageState.cancelled.rawValue), rank = \(MessageState.cancelled.rank),
                final_at = \(now), failure = 'signOfLife'
            FROM unnest(\(campaigns)::uuid[], \(people)::uuid[]) AS n (campaign, person)
            WHERE m.subject = n.campaign AND m.person_id = n.person AND m.state = \(MessageState.planned.rawValue)
            """,
            """
            UPDATE call_task t SET state = 'void', closed_at = \(now), closed_by = 'notification', version = t.version + 1
            FROM unnest(\(campaigns)::uuid[], \(people)::uuid[]) AS n (campaign, person)
            WHERE t.subject = n.campaign AND t.person_id = n.person AND t.state = 'open' AND t.id IS DISTINCT FROM \(call)::uuid
            """,
            """
            UPDATE letter l SET state = 'void', ended_at = \(now)
            FROM unnest(\(campaigns)::uuid[], \(people)::uuid[]) AS n (campaign, person)
            WHERE l.campaign_id = n.campaign AND l.person_id = n.person AND l.state IN ('planned', 'printed')
            """,
            """
            UPDATE inquiry i SET state = 'void', answered_at = \(now), by = 'notification'
            FROM unnest(\(campaigns)::uuid[], \(people)::uuid[]) AS n (campaign, person)
            WHERE i.campaign_id = n.campaign AND i.person_id = n.person AND i.state = 'open'
            """,
            """
            UPDATE campaign_step s SET result = 'ended', ended_at = \(now)
            FROM unnest(\(campaigns)::uuid[], \(people)::uuid[]) AS n (campaign, person)
            WHERE s.campaign_id = n.campaign AND s.person_id = n.person AND s.result IS NULL
            """,
        ])
    }

    /// Something these lines waited for has ended: they are looked at now.
    func wake(_ lines: [(campaign: UUID, person: UUID)], at now: Date) async throws {
        guard !lines.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE campaign_person p SET due_at = \(now)
            FROM unnest(\(lines.map(\.campaign))::uuid[], \(lines.map(\.person))::uuid[]) AS n (campaign_id, person_id)
            WHERE p.campaign_id = n.campaign_id AND p.person_id = n.person_id AND p.state = 'open' AND p.stage = 'waiting'
            """)
    }

    /// Messages of campaigns among these have come to an end.
    func messagesEnded(_ messages: [UUID], at now: Date) async throws {
        guard !messages.isEmpty else { return }
        try await self.sql.execute(
            """
            UPDATE campaign_person p SET due_at = \(now)
            FROM message m
            WHERE m.id = ANY(\(messages)) AND m.purpose = \(MessagePurpose.outreach) AND p.campaign_id = m.subject
                AND p.person_id = m.person_id AND p.state = 'open' AND p.stage = 'waiting'
            """)
    }

    /// What was taken for a sign of life was none: the line goes on where it was.
    ///
    /// - Parameter evidence: Id of the evidence that fell.
    func reopen(_ person: UUID, endedBy evidence: UUID, at now: Date) async throws {
        // Nobody closes the campaign between this look at it and the end.
        _ = try await self.sql.query(
            """
            SELECT FROM campaign k WHERE k.id IN (
                SELECT campaign_id FROM campaign_person WHERE person_id = \(person) AND evidence_id = \(evidence))
            FOR SHARE
            """)
        // What else has shown meanwhile that they know, or died, while the line was over.
        let later = try await self.sql.query(
            """
            SELECT s.outcome, s.evidence, s.id FROM campaign_person p JOIN LATERAL (
                SELECT 'deceased' AS outcome, 'death' AS evidence, d.subject AS id FROM death d
                    WHERE d.person_id = p.person_id
                UNION ALL
                SELECT 'applied', 'submission', n.submission_id FROM notice n
                    WHERE n.person_id = p.person_id AND n.recorded_at >= p.ended_at
                UNION ALL
                SELECT 'booked', 'appointment', a.id FROM appointment a WHERE a.person_id = p.person_id
                    AND a.state = 'confirmed' AND a.recorded_at >= p.ended_at
                LIMIT 1) s ON true
            WHERE p.person_id = \(person) AND p.evidence_id = \(evidence) AND p.state = 'ended' LIMIT 1
            """
        ).rows.first.map { try $0.decode(String.self, String.self, UUID.self) }
        try await self.sql.execute(
            """
            UPDATE campaign_person p SET state = 'open', outcome = NULL, evidence = NULL, evidence_id = NULL, ended_at = NULL,
                ended_by = NULL, stage = CASE WHEN p.stage = 'end' THEN 'end' ELSE 'ready' END,
                step = CASE WHEN p.stage = 'waiting' THEN p.step + 1 ELSE p.step END,
                due_at = CASE WHEN p.stage = 'end' THEN NULL ELSE \(now)::timestamptz END
            FROM campaign k
            WHERE p.person_id = \(person) AND p.evidence_id = \(evidence) AND p.state = 'ended' AND k.id = p.campaign_id
                AND k.state IN ('drawn', 'approved', 'running', 'paused')
            """)
        guard let (outcome, kind, id) = later else { return }
        try await self.end(
            [
                Sign(
                    person: person, outcome: try StoredText.value(outcome), evidence: try StoredText.value(kind),
                    evidenceID: id)
            ], at: now)
    }
}
