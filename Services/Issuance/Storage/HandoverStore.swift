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
    /// Taken back by the centre before the station had signed.
    var isTakenBack = false
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
        try await self.sql.query(
            """
            SELECT submission_id FROM card_order WHERE handover = \(id)
            UNION SELECT submission_id FROM card_event WHERE handover = \(id) ORDER BY submission_id
            """
        ).rows.map { try $0.decode(UUID.self) }
    }

    /// Records that the centre took it back.
    func takeBack(_ id: UUID, by subject: String, at now: Date) async throws {
        try await self.sql.execute(
            "UPDATE handover SET taken_back_at = \(now), taken_back_by = \(subject) WHERE id = \(id)")
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
        let select: SQL = """
            SELECT id, station, cards, received_at, signed_by, due_on::text, taken_back_at IS NOT NULL FROM handover WHERE 
            """
        return try await self.sql.query(select + condition).rows.first.map { row in
            let (id, station, cards, receivedAt, signedBy, dueOn, takenBack) = try row.decode(
                UUID.self, String.self, Int.self, Date?.self, [UInt8]?.self, String?.self, Bool.self)
            return StoredHandover(
                id: id, station: station, cards: cards, receivedAt: receivedAt, signedBy: signedBy,
                dueOn: try dueOn.map(StoredText.day), isTakenBack: takenBack)
        }
    }
}

/// Reads hand-overs for the centre's and the stations' lists.
struct HandoverReader: Sendable {
    let pool: PostgresPool

    /// The issue register of a hand-over (R130): who gave, who took, when, how many; nil when there is none.
    func register(of id: UUID) async throws -> HandoverRegister? {
        try await self.pool.query(
            """
            SELECT station, cards, handed_over_at, handed_over_by, received_at, received_by, signed_by, due_on::text,
                taken_back_at,
                ARRAY(SELECT submission_id FROM card_order WHERE handover = \(id)
                      UNION SELECT submission_id FROM card_event WHERE handover = \(id) ORDER BY 1)
            FROM handover WHERE id = \(id)
            """
        ).rows.first.map { row in
            let columns = try row.decode(
                String.self, Int.self, Date.self, String.self, Date?.self, String?.self, [UInt8]?.self, String?.self,
                Date?.self, [UUID].self)
            return HandoverRegister(
                station: columns.0, cards: columns.1, handedOverAt: columns.2, handedOverBy: columns.3,
                receivedAt: columns.4, receivedBy: columns.5, signedBy: columns.6,
                dueOn: try columns.7.map(StoredText.day), takenBackAt: columns.8, submissions: columns.9)
        }
    }

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
        if let open {
            condition =
                condition
                + (open
                    ? " AND received_at IS NULL AND taken_back_at IS NULL"
                    : " AND (received_at IS NOT NULL OR taken_back_at IS NOT NULL)")
        }
        let count: SQL = "SELECT count(*) FROM handover"
        let total = try await self.pool.query(count + condition).rows.first?.decode(Int.self) ?? 0
        let select: SQL = """
            SELECT id, station, cards, received_at, due_on::text,
                ARRAY(SELECT submission_id FROM card_order WHERE card_order.handover = handover.id
                      UNION SELECT submission_id FROM card_event WHERE card_event.handover = handover.id ORDER BY 1)
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

/// A hand-over as its register tells it (R130).
struct HandoverRegister: Sendable {
    let station: String
    let cards: Int
    let handedOverAt: Date
    let handedOverBy: String
    let receivedAt: Date?
    let receivedBy: String?
    /// Sealed.
    let signedBy: [UInt8]?
    let dueOn: CalendarDay?
    let takenBackAt: Date?
    let submissions: [UUID]
}
