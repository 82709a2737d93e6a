import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Reads campaigns and the lines of their people.
struct CampaignReader: Sendable {
    let pool: PostgresPool

    func campaign(_ id: UUID) async throws -> CampaignRecord? {
        try await self.pool.query("SELECT \(CampaignRow.columns) FROM campaign k WHERE k.id = \(id)").first
            .map(CampaignRow.record)
    }

    func campaigns(limit: Int) async throws -> [CampaignRecord] {
        try await self.pool.query(
            "SELECT \(CampaignRow.columns) FROM campaign k ORDER BY k.created_at DESC, k.id LIMIT \(limit)"
        ).rows.map(CampaignRow.record)
    }

    /// Campaigns of which something is to be done.
    func alive() async throws -> [(id: UUID, state: CampaignState)] {
        try await self.pool.query(
            "SELECT id, state FROM campaign WHERE state IN ('drawing', 'running') ORDER BY created_at"
        ).rows.map { try $0.decode(UUID.self, CampaignState.self) }
    }

    /// Since when the longest waiting work of campaigns is due: people being drawn, lines to be led on, letters to be printed.
    func oldestDue() async throws -> [(what: String, since: Date?)] {
        let row = try await self.pool.query(
            """
            SELECT (SELECT min(created_at) FROM campaign WHERE state = 'drawing'),
                (SELECT min(due) FROM campaign k CROSS JOIN LATERAL (
                    SELECT p.due_at AS due FROM campaign_person p
                    WHERE p.campaign_id = k.id AND p.state = 'open' AND p.due_at IS NOT NULL ORDER BY p.due_at LIMIT 1) l
                 WHERE k.state = 'running'),
                (SELECT min(planned_at) FROM letter WHERE state = 'planned')
            """
        ).rows[0]
        let (drawing, line, letter) = try row.decode(Date?.self, Date?.self, Date?.self)
        return [("draw", drawing), ("line", line), ("letter", letter)]
    }

    func figures(_ id: UUID) async throws -> CampaignAPI.Figures? {
        let heads = try await self.pool.query("SELECT drawn, added FROM campaign WHERE id = \(id)").rows
        guard let (drawn, added) = try heads.first?.decode(Int?.self, Int.self), let drawn else { return nil }
        var open: [String: Int] = [:]
        var outcomes: [String: Int] = [:]
        for row in try await self.pool.query(
            """
            SELECT CASE WHEN state = 'ended' THEN NULL WHEN stage = 'end' THEN 'end' ELSE (step + 1)::text END, outcome,
                count(*)
            FROM campaign_person WHERE campaign_id = \(id) GROUP BY 1, 2
            """
        ).rows {
            let (step, outcome, count) = try row.decode(String?.self, String?.self, Int.self)
            if let step { open[step, default: 0] += count }
            if let outcome { outcomes[outcome, default: 0] += count }
        }
        return CampaignAPI.Figures(
            drawn: drawn, added: added, open: open.values.reduce(0, +), openByStep: open, outcomes: outcomes)
    }

    /// Which lines a page is of.
    enum Which: String, Sendable {
        case all, open, ended, end
    }

    func lines(
        _ campaign: CampaignRecord, _ which: Which, after: UUID?, limit: Int
    ) async throws -> CampaignAPI.Lines {
        let filter: SQL =
            switch which {
            case .all: ""
            case .open: " AND state = 'open'"
            case .ended: " AND state = 'ended'"
            case .end: " AND state = 'open' AND stage = 'end'"
            }
        let from: SQL = after.map { " AND person_id > \($0)" } ?? ""
        let rows = try await self.pool.query(
            """
            SELECT person_id, step, due_at, outcome, evidence, evidence_id, ended_at, added_why, signed_by
            FROM campaign_person WHERE campaign_id = \(campaign.id)\(filter)\(from) ORDER BY person_id LIMIT \(limit + 1)
            """
        ).rows
        let lines = try rows.prefix(limit).map { row in
            let (person, step, dueAt, outcome, evidence, evidenceID, endedAt, why, signedBy) = try row.decode(
                UUID.self, Int.self, Date?.self, String?.self, String?.self, UUID?.self, Date?.self, String?.self,
                String?.self)
            let isThere = campaign.ladder.steps.indices.contains(step)
            return CampaignAPI.Line(
                person: person, step: isThere ? step + 1 : nil,
                means: isThere ? campaign.ladder.steps[step].means : nil,
                dueAt: endedAt == nil ? dueAt : nil, outcome: try outcome.map { try StoredText.value($0) },
                evidence: try evidence.map { try StoredText.value($0) }, evidenceID: evidenceID, endedAt: endedAt,
                addedWhy: why, signedBy: signedBy)
        }
        return CampaignAPI.Lines(people: lines, next: rows.count > limit ? lines.last?.person : nil)
    }
}
