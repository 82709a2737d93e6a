import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Writes notices inside the caller's transaction, whole lists at a time.
struct NoticeWriter {
    let sql: PostgresTransaction

    /// Records requested notices, one row per notice however often it is requested.
    ///
    /// - Returns: those that had not been recorded.
    func record(_ notices: [Notice], at now: Date) async throws -> Set<UUID> {
        let rows = try await self.sql.query(
            """
            INSERT INTO notice (id, person_id, submission_id, purpose, reason, state, requested_at, recorded_at, tell_by)
            SELECT id, person_id, submission_id, purpose, reason, state, requested_at, \(now), tell_by::date
            FROM unnest(
                \(notices.map(\.id))::uuid[], \(notices.map(\.personID))::uuid[], \(notices.map(\.submissionID))::uuid[],
                \(notices.map(\.purpose.rawValue))::text[], \(notices.map { $0.reason?.rawValue })::text[],
                \(notices.map(\.state.rawValue))::text[], \(notices.map(\.requestedAt))::timestamptz[],
                \(notices.map { $0.tellBy?.description })::text[])
                AS new (id, person_id, submission_id, purpose, reason, state, requested_at, tell_by)
            ORDER BY id
            ON CONFLICT (id) DO NOTHING RETURNING id
            """
        ).rows
        return Set(try rows.map { try $0.decode(UUID.self) })
    }
}

/// Which notices a caller asks for.
struct NoticeFilter: Sendable {
    var submission: UUID?
    var purpose: NoticePurpose?
    /// Only notices to people whose file this station keeps; nil for the whole district.
    var station: String?
    /// Only notices to this person.
    var person: UUID?

    var condition: SQL {
        var condition: SQL = " WHERE TRUE"
        if let submission { condition += " AND submission_id = \(submission)" }
        if let purpose { condition += " AND purpose = \(purpose.rawValue)" }
        if let person { condition += " AND person_id = \(person)" }
        if let station {
            condition += " AND person_id IN (SELECT person_id FROM contact_point WHERE station = \(station))"
        }
        return condition
    }
}

/// Reads notices.
struct NoticeReader: Sendable {
    let pool: PostgresPool

    /// Throws unless the database answers and has this service's tables.
    static func probe(_ pool: PostgresPool) async throws {
        try await pool.execute("SELECT FROM notice LIMIT 0")
    }

    func count(_ filter: NoticeFilter) async throws -> Int {
        let count: SQL = "SELECT count(*) FROM notice"
        return try await self.pool.query(count + filter.condition).rows.first?.decode(Int.self) ?? 0
    }

    /// One page, oldest first.
    func page(_ filter: NoticeFilter, limit: Int, offset: Int) async throws -> [Notice] {
        let select: SQL =
            "SELECT id, person_id, submission_id, purpose, reason, state, requested_at, tell_by::text FROM notice"
        let page: SQL = " ORDER BY requested_at, id LIMIT \(limit) OFFSET \(offset)"
        return try await self.pool.query(select + filter.condition + page).rows.map { row in
            let (id, person, submission, purpose, reason, state, requestedAt, tellBy) = try row.decode(
                UUID.self, UUID.self, UUID.self, String.self, String?.self, String.self, Date.self, String?.self)
            return Notice(
                id: id, personID: person, submissionID: submission, purpose: try StoredText.value(purpose),
                reason: try reason.map { try StoredText.value($0) }, state: try StoredText.value(state),
                requestedAt: requestedAt, tellBy: try tellBy.map(StoredText.day))
        }
    }

    /// Per purpose: how many notices are recorded, since when the oldest is, and how many are past the day to tell.
    func figures(today: CalendarDay) async throws -> [NoticePurpose: NoticeFigures] {
        let result = try await self.pool.query(
            """
            SELECT purpose, count(*), min(requested_at), count(*) FILTER (WHERE tell_by < \(today.description)::text::date)
            FROM notice GROUP BY purpose
            """)
        var figures: [NoticePurpose: NoticeFigures] = [:]
        for row in result.rows {
            let (purpose, count, oldest, overdue) = try row.decode(String.self, Int.self, Date.self, Int.self)
            figures[try StoredText.value(purpose)] = NoticeFigures(count: count, oldest: oldest, overdue: overdue)
        }
        return figures
    }
}

/// Figures of one purpose.
struct NoticeFigures: Sendable {
    let count: Int
    let oldest: Date
    let overdue: Int
}
