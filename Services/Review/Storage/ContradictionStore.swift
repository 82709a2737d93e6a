import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension ReviewAPI.Settlement.Outcome: PostgresEncodable, PostgresDecodable {}
extension Decision.Outcome: PostgresEncodable, PostgresDecodable {}

/// Rows of lists that say something else than what is recorded.
struct ContradictionStore {
    let sql: PostgresTransaction

    /// A row as it is kept.
    struct Row {
        var id: UUID
        var found: ReviewCase
        var item: CaseAPI.SuperiorDecisions.Item
        var recorded: RecordedDecision
        var sealed: SealedRemarks
    }

    /// Keeps rows; one that is kept already stays as it is.
    ///
    /// - Returns: For each row whether somebody has settled it, in their order.
    func keep(_ rows: [Row], by subject: String, at now: Date) async throws -> [Bool] {
        guard !rows.isEmpty else { return [] }
        let columns: SQL = """
            unnest(
                \(rows.map(\.id))::uuid[], \(rows.map(\.found.submissionID))::uuid[],
                \(rows.map(\.found.division))::text[], \(rows.map(\.found.station))::text[],
                \(rows.map(\.item.level.rawValue))::text[], \(rows.map(\.item.decision.round))::bigint[],
                \(rows.map(\.recorded.outcome.rawValue))::text[], \(rows.map { $0.recorded.reason?.rawValue })::text[],
                \(rows.map(\.item.decision.outcome.rawValue))::text[],
                \(rows.map { $0.item.decision.reason?.rawValue })::text[], \(rows.map(\.sealed.ground))::bytea[],
                \(rows.map(\.sealed.note))::text[], \(rows.map(\.item.decidedAt))::timestamptz[])
                WITH ORDINALITY AS m(id, submission_id, division, station, level, round, recorded, recorded_reason,
                                     outcome, reason, ground, note, decided_at, place)
            """
        try await self.sql.execute(
            """
            INSERT INTO review_contradiction
                (id, submission_id, division, station, level, round, recorded, recorded_reason, outcome, reason, ground,
                 note, decided_at, reported_at, reported_by)
            SELECT id, submission_id, division, station, level, round, recorded, recorded_reason, outcome, reason, ground,
                note, decided_at, \(now), \(subject)::text
            FROM \(columns) ORDER BY place
            ON CONFLICT DO NOTHING
            """)
        let settled = try await self.sql.query(
            """
            SELECT c.settled_as IS NOT NULL FROM \(columns)
            JOIN review_contradiction c ON c.submission_id = m.submission_id AND c.level = m.level
                AND c.round = m.round AND c.outcome = m.outcome AND c.reason IS NOT DISTINCT FROM m.reason
                AND c.decided_at = m.decided_at
            ORDER BY m.place
            """)
        return try settled.rows.map { try $0.decode(Bool.self) }
    }

    /// Those nobody has settled, oldest first; and how many there are.
    func list(
        limit: Int, offset: Int, for principal: Principal
    ) async throws -> (page: [ReviewAPI.Contradiction], total: Int) {
        let which: SQL = "x.settled_as IS NULL AND \(Self.within(principal))"
        let answers = try await self.sql.batch([
            """
            SELECT \(Self.columns) FROM review_contradiction x JOIN review_case c USING (submission_id) WHERE \(which)
            ORDER BY x.reported_at, x.id LIMIT \(limit) OFFSET \(offset)
            """,
            "SELECT count(*) FROM review_contradiction x WHERE \(which)",
        ])
        let page = try answers.first?.rows.map { try Self.contradiction($0) } ?? []
        return (page, try answers.last?.first?.decode(Int.self) ?? page.count)
    }

    /// A row with what it says in full, kept from anybody else until the transaction ends.
    func lock(_ id: UUID) async throws -> (row: ReviewAPI.Contradiction, ground: [UInt8]?, note: String?)? {
        let found = try await self.sql.query(
            """
            SELECT \(Self.columns), x.ground, x.note FROM review_contradiction x JOIN review_case c USING (submission_id)
            WHERE x.id = \(id) FOR UPDATE OF x
            """)
        guard let row = found.first else { return nil }
        return (
            try Self.contradiction(row), try row.decode([UInt8]?.self, column: "ground"),
            try row.decode(String?.self, column: "note")
        )
    }

    func settle(
        _ id: UUID, as outcome: ReviewAPI.Settlement.Outcome, by subject: String, at now: Date
    ) async throws {
        try await self.sql.execute(
            """
            UPDATE review_contradiction SET settled_as = \(outcome), settled_at = \(now), settled_by = \(subject)
            WHERE id = \(id) AND settled_as IS NULL
            """)
    }

    private static let columns: SQL = """
        x.id, x.submission_id, x.station, x.level, x.round, x.recorded, x.recorded_reason, x.outcome, x.reason,
        x.decided_at, x.reported_at, c.stage, x.settled_as
        """

    private static func contradiction(_ row: PostgresRow) throws -> ReviewAPI.Contradiction {
        let (
            id, submission, station, level, round, recorded, recordedReason, outcome, reason, decidedAt, reportedAt,
            stage, settledAs
        ) = try row.decode(
            UUID.self, UUID.self, String.self, Level.self, Int.self, Decision.Outcome.self, ReturnReason?.self,
            Decision.Outcome.self, ReturnReason?.self, Date.self, Date.self, SubmissionStage.self,
            ReviewAPI.Settlement.Outcome?.self)
        return ReviewAPI.Contradiction(
            id: id, submissionID: submission, station: station, level: level, round: round, recorded: recorded,
            recordedReason: recordedReason, outcome: outcome, reason: reason, decidedAt: decidedAt,
            reportedAt: reportedAt, stage: stage, settledAs: settledAs)
    }

    /// As ``CaseStore/within(_:)``, of this table's division.
    private static func within(_ principal: Principal) -> SQL {
        "x.submission_id IN (SELECT submission_id FROM review_case WHERE \(CaseStore.within(principal)))"
    }
}
