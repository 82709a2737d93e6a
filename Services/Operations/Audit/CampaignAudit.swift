import CardProgramme
import FoundationEssentials
import PostgreSQL

/// One campaign of outreach as the database has it: whether everybody is accounted for (R25, R105).
struct CampaignAudit: Sendable, Hashable {
    let id: UUID
    let state: CampaignState
    /// Frozen at the beginning, and added since.
    let drawn: Int
    let added: Int
    /// Lines there are, those without an outcome, and those with one.
    let lines: Int
    let open: Int
    let ended: Int
    /// Lines whose outcome rests on evidence that is not there.
    let baseless: Int

    /// What must not be; nil where Σ outcomes + open = people, and each outcome has its evidence.
    var problem: String? {
        if self.lines != self.drawn + self.added {
            return "\(self.drawn) drawn and \(self.added) added, but \(self.lines) lines"
        }
        if self.open + self.ended != self.lines {
            return "\(self.open) open and \(self.ended) accounted for, but \(self.lines) lines"
        }
        if self.baseless > 0 { return "\(self.baseless) outcomes without their evidence" }
        if self.state == .closed, self.open > 0 { return "closed with \(self.open) people not accounted for" }
        return nil
    }

    static func read(_ pool: PostgresPool) async throws -> [CampaignAudit] {
        try await pool.query(
            """
            SELECT k.id, k.state, COALESCE(k.drawn, 0), k.added, count(p.person_id),
                count(*) FILTER (WHERE p.state = 'open'), count(p.outcome),
                count(*) FILTER (WHERE p.state = 'ended' AND NOT CASE p.evidence
                    WHEN 'reply' THEN EXISTS (SELECT FROM reply r WHERE r.id = p.evidence_id)
                    WHEN 'call' THEN EXISTS (SELECT FROM call_attempt a WHERE a.id = p.evidence_id)
                    WHEN 'appointment' THEN EXISTS (SELECT FROM appointment a WHERE a.id = p.evidence_id)
                    WHEN 'submission' THEN EXISTS (
                        SELECT FROM notice n WHERE n.submission_id = p.evidence_id AND n.person_id = p.person_id)
                    WHEN 'death' THEN EXISTS (
                        SELECT FROM contact_point c WHERE c.person_id = p.person_id AND c.silenced_at IS NOT NULL)
                    ELSE EXISTS (SELECT FROM campaign_note n WHERE n.id = p.evidence_id AND n.person_id = p.person_id)
                    END)
            FROM campaign k LEFT JOIN campaign_person p ON p.campaign_id = k.id
            WHERE k.state <> 'drawing'
            GROUP BY k.id ORDER BY k.created_at, k.id
            """
        ).rows.map { row in
            let (id, state, drawn, added, lines, open, ended, baseless) = try row.decode(
                UUID.self, String.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
            return CampaignAudit(
                id: id, state: CampaignState(rawValue: state) ?? .cancelled, drawn: drawn, added: added, lines: lines,
                open: open, ended: ended, baseless: baseless)
        }
    }
}
