import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Reads card orders for lists and single looks; changes nothing.
struct CardOrderReader: Sendable {
    let pool: PostgresPool

    /// Throws unless the database answers and has this service's tables.
    static func probe(_ pool: PostgresPool) async throws {
        try await pool.execute("SELECT FROM card_order LIMIT 0")
    }

    /// One page in the order of production (R20), and how many match in all.
    func page(
        stage: SubmissionStage?, station: String?, limit: Int, offset: Int
    ) async throws -> ([StoredOrder], total: Int) {
        var condition: SQL = " WHERE TRUE"
        if let stage { condition = condition + " AND stage = \(stage.rawValue)" }
        if let station { condition = condition + " AND station = \(station)" }
        let count: SQL = "SELECT count(*) FROM card_order"
        let total = try await self.pool.query(count + condition).rows.first?.decode(Int.self) ?? 0
        let page: SQL = " ORDER BY lane_rank, batch, filed_at, submission_id LIMIT \(limit) OFFSET \(offset)"
        return (try await self.orders(condition + page), total)
    }

    /// Cards still at a station although its three months are over, oldest first (N25).
    func due(
        station: String?, on today: CalendarDay, limit: Int, offset: Int
    ) async throws -> ([StoredOrder], total: Int) {
        var condition: SQL = " WHERE stage = 'atStation' AND return_on <= \(today.description)::text::date"
        if let station { condition = condition + " AND station = \(station)" }
        let count: SQL = "SELECT count(*) FROM card_order"
        let total = try await self.pool.query(count + condition).rows.first?.decode(Int.self) ?? 0
        let page: SQL = " ORDER BY return_on, submission_id LIMIT \(limit) OFFSET \(offset)"
        return (try await self.orders(condition + page), total)
    }

    /// The cards at the centre, and whether they are paused, by station and in ascending order (R90).
    func sorting() async throws -> [(station: String, submission: UUID, isPaused: Bool)] {
        try await self.pool.query(
            """
            SELECT station, submission_id, paused FROM card_order WHERE stage = 'atCentre'
            ORDER BY station, submission_id
            """
        ).rows.map { row in
            let (station, submission, paused) = try row.decode(String.self, UUID.self, Bool.self)
            return (station, submission, paused)
        }
    }

    /// How many cards may not be moved.
    func paused() async throws -> Int {
        try await self.pool.query("SELECT count(*) FROM card_order WHERE paused").rows.first?.decode(Int.self) ?? 0
    }

    /// Whose cards these are.
    func people(of submissions: [UUID]) async throws -> [UUID] {
        try await self.pool.query(
            "SELECT person_id FROM card_order WHERE submission_id = ANY(\(submissions)::uuid[])"
        ).rows.map { try $0.decode(UUID.self) }
    }

    func order(_ submission: UUID) async throws -> StoredOrder? {
        try await self.orders(" WHERE submission_id = \(submission)").first
    }

    /// How delivering went: in time, late, and still open after the last day (R48).
    func deliveries(today: CalendarDay) async throws -> DeliveryFigures {
        let result = try await self.pool.query(
            """
            SELECT count(*) FILTER (WHERE delivered_on <= due_on), count(*) FILTER (WHERE delivered_on > due_on),
                count(*) FILTER (WHERE stage = 'atStation' AND due_on < \(today.description)::text::date)
            FROM (SELECT stage, due_on, delivered_on FROM card_order WHERE due_on IS NOT NULL
                UNION ALL SELECT '', due_on, delivered_on FROM past_card WHERE due_on IS NOT NULL) AS card
            """)
        guard let row = result.rows.first else { return DeliveryFigures(kept: 0, missed: 0, openOverdue: 0) }
        let (kept, missed, open) = try row.decode(Int.self, Int.self, Int.self)
        return DeliveryFigures(kept: kept, missed: missed, openOverdue: open)
    }

    /// How many cards are in each stage, and since when the longest-waiting one is; stages without cards are left out.
    func stages() async throws -> [SubmissionStage: StageFigures] {
        let result = try await self.pool.query(
            "SELECT stage, count(*), min(stage_since) FROM card_order GROUP BY stage")
        var figures: [SubmissionStage: StageFigures] = [:]
        for row in result.rows {
            let (stage, count, oldest) = try row.decode(String.self, Int.self, Date.self)
            figures[try StoredText.value(stage)] = StageFigures(count: count, oldest: oldest)
        }
        return figures
    }

    private func orders(_ rest: SQL) async throws -> [StoredOrder] {
        let select: SQL = """
            SELECT submission_id, person_id, stage, station, batch, lane, card_kind, holder, position, tracking_number, handover,
                due_on::text, delivered_on::text, copy, paused, return_on::text, unreachable_at
            FROM card_order
            """
        return try await self.pool.query(select + rest).rows.map { row in
            let columns = try row.decode(
                UUID.self, UUID.self, String.self, String.self, Int.self, String.self, String.self, [UInt8].self,
                Int?.self,
                String?.self, UUID?.self, String?.self, String?.self, Int.self, Bool.self, String?.self,
                Date?.self)
            return StoredOrder(
                submissionID: columns.0, personID: columns.1, stage: try StoredText.value(columns.2),
                station: columns.3,
                batch: columns.4, lane: try StoredText.value(columns.5), cardKind: try StoredText.value(columns.6),
                holder: columns.7, position: columns.8, trackingNumber: columns.9, handover: columns.10,
                dueOn: try columns.11.map(StoredText.day), deliveredOn: try columns.12.map(StoredText.day),
                copy: columns.13, isPaused: columns.14, returnOn: try columns.15.map(StoredText.day),
                unreachableAt: columns.16)
        }
    }
}

/// A card order as it is stored, its holder still sealed.
struct StoredOrder: Sendable {
    let submissionID: UUID
    let personID: UUID
    let stage: SubmissionStage
    let station: String
    let batch: Int
    let lane: Lane
    let cardKind: CardKind
    /// Opened by ``HolderSeal``.
    let holder: [UInt8]
    let position: Int?
    let trackingNumber: String?
    let handover: UUID?
    let dueOn: CalendarDay?
    let deliveredOn: CalendarDay?
    let copy: Int
    let isPaused: Bool
    let returnOn: CalendarDay?
    /// Since when it is known that nobody can tell the holder (N25).
    let unreachableAt: Date?
}

/// Figures of one stage.
struct StageFigures: Sendable {
    let count: Int
    let oldest: Date
}

/// How delivering within the limit of R48 went.
struct DeliveryFigures: Sendable, Equatable {
    let kept: Int
    let missed: Int
    let openOverdue: Int
}
