import CardProgramme
import FoundationEssentials
import PostgreSQL

/// A hand-over as it is stored.
struct StoredHandover: Sendable {
    let id: UUID
    let station: String
    /// How many cards were handed over.
    let cards: Int
    let receivedAt: Date?
    /// Sealed: who signed at the station.
    let signedBy: [UInt8]?
    let dueOn: CalendarDay?
}

/// Hand-overs inside the caller's transaction.
struct HandoverWriter {
    let sql: PostgresTransaction

    /// Registers a hand-over, waiting for anybody who is making one with the same key.
    ///
    /// - Returns: False when the caller used the key before.
    func insert(
        _ id: UUID, station: String, cards: Int, by subject: String, key: String, at now: Date
    ) async throws -> Bool {
        try await self.sql.execute(
            """
            INSERT INTO handover (id, station, cards, handed_over_at, handed_over_by, idempotency_key)
            VALUES (\(id), \(station), \(cards), \(now), \(subject), \(key))
            ON CONFLICT (handed_over_by, idempotency_key) DO NOTHING
            """) == 1
    }

    /// What an earlier call of the same caller with the same key made.
    func made(by subject: String, key: String) async throws -> StoredHandover? {
        try await self.handover("handed_over_by = \(subject) AND idempotency_key = \(key)")
    }

    /// The hand-over, locked.
    func lock(_ id: UUID) async throws -> StoredHandover? {
        try await self.handover("id = \(id) FOR UPDATE")
    }

    /// The cards of a hand-over, in ascending order.
    func cards(of id: UUID) async throws -> [UUID] {
        try await self.sql.query("SELECT submission_id FROM card_order WHERE handover = \(id) ORDER BY submission_id")
            .rows
            .map { try $0.decode(UUID.self) }
    }

    /// Records that the station counted and signed, and by when the cards must be delivered (R48).
    ///
    /// The calendar's version is kept beside the day, so that a newer calendar can compute it again.
    ///
    /// - Returns: The moment of receipt as it is stored, which is what every later answer says.
    func receive(_ id: UUID, signedBy: [UInt8], due: DueDate, by subject: String, at now: Date) async throws -> Date {
        let result = try await self.sql.query(
            """
            UPDATE handover SET received_at = \(now), received_by = \(subject), signed_by = \(signedBy),
                due_on = \(due.day.description)::text::date, due_provisional = \(due.isProvisional),
                calendar_version = \(due.calendarVersion)
            WHERE id = \(id)
            RETURNING received_at
            """)
        guard let row = result.rows.first else { throw StoredText.Damaged(what: "a locked hand-over was not updated") }
        return try row.decode(Date.self)
    }

    private func handover(_ condition: SQL) async throws -> StoredHandover? {
        let select: SQL = "SELECT id, station, cards, received_at, signed_by, due_on::text FROM handover WHERE "
        return try await self.sql.query(select + condition).rows.first.map { row in
            let (id, station, cards, receivedAt, signedBy, dueOn) = try row.decode(
                UUID.self, String.self, Int.self, Date?.self, [UInt8]?.self, String?.self)
            return StoredHandover(
                id: id, station: station, cards: cards, receivedAt: receivedAt, signedBy: signedBy,
                dueOn: try dueOn.map(StoredText.day))
        }
    }
}

/// Reads hand-overs for the centre's and the stations' lists.
struct HandoverReader: Sendable {
    let pool: PostgresPool

    /// The station cards were handed over to; nil when there is no such hand-over.
    func station(of id: UUID) async throws -> String? {
        try await self.pool.query("SELECT station FROM handover WHERE id = \(id)").first?.decode(String.self)
    }

    /// One page, oldest first, each with its cards in ascending order, and how many match in all.
    ///
    /// - Parameter open: True for those no station has signed for yet, false for the others, nil for both.
    func page(
        station: String?, open: Bool?, limit: Int, offset: Int
    ) async throws -> ([(handover: StoredHandover, cards: [UUID])], total: Int) {
        var condition: SQL = " WHERE TRUE"
        if let station { condition = condition + " AND station = \(station)" }
        if let open { condition = condition + (open ? " AND received_at IS NULL" : " AND received_at IS NOT NULL") }
        let count: SQL = "SELECT count(*) FROM handover"
        let total = try await self.pool.query(count + condition).rows.first?.decode(Int.self) ?? 0
        let select: SQL = """
            SELECT id, station, cards, received_at, due_on::text,
                ARRAY(SELECT submission_id FROM card_order WHERE card_order.handover = handover.id ORDER BY submission_id)
            FROM handover
            """
        let page: SQL = " ORDER BY handed_over_at, id LIMIT \(limit) OFFSET \(offset)"
        let result = try await self.pool.query(select + condition + page)
        let handovers = try result.rows.map { row in
            let (id, station, cards, receivedAt, dueOn, submissions) = try row.decode(
                UUID.self, String.self, Int.self, Date?.self, String?.self, [UUID].self)
            return (
                handover: StoredHandover(
                    id: id, station: station, cards: cards, receivedAt: receivedAt, signedBy: nil,
                    dueOn: try dueOn.map(StoredText.day)),
                cards: submissions
            )
        }
        return (handovers, total)
    }
}
