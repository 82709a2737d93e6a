import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The waiting list (候补): who wants a seat when one becomes free.
struct WaitingRepository: Sendable {
    let pool: PostgresPool

    struct Entry: Sendable, Equatable {
        let id: UUID
        let division: String
        let content: AppointmentAPI.WaitingEntry
        let state: AppointmentAPI.WaitingEntry.State
        let offers: Int
        let offeredOn: CalendarDay?
        let offer: UUID?
        let byPhone: Bool
    }

    private static let columns: SQL = """
        w.id, w.division, w.station, w.person, w.purpose, w.kind, w.from_day, w.through_day, w.state, w.offers,
        w.offered_on, w.offer, w.by_phone
        """

    private static func entry(_ row: PostgresRow) throws(PostgresError) -> Entry {
        let (id, division, station, person, purpose, kind, from, through, state, offers, on, offer, byPhone) =
            try row.decode(
                UUID.self, String.self, String.self, UUID.self, AppointmentPurpose.self, AppointmentKind.self,
                CalendarDay.self, CalendarDay.self, AppointmentAPI.WaitingEntry.State.self, Int.self,
                CalendarDay?.self, UUID?.self, Bool.self)
        return Entry(
            id: id, division: division,
            content: AppointmentAPI.WaitingEntry(
                person: person, purpose: purpose, kind: kind, station: station, from: from, through: through),
            state: state, offers: offers, offeredOn: on, offer: offer, byPhone: byPhone)
    }

    func find(_ id: UUID) async throws -> Entry? {
        try await self.pool.query("SELECT \(Self.columns) FROM waiting_entry w WHERE w.id = \(id)").first
            .map(Self.entry)
    }

    func list(at station: String?, limit: Int) async throws -> [Entry] {
        let here: SQL = station.map { "AND w.station = \($0)" } ?? ""
        return try await self.pool.query(
            """
            SELECT \(Self.columns) FROM waiting_entry w WHERE w.state IN ('waiting', 'offered') \(here)
            ORDER BY w.entered_at, w.id LIMIT \(limit)
            """
        ).rows.map(Self.entry)
    }

    /// - Returns: false when the person waits already.
    func insert(_ entry: Entry, at now: Date, by: String) async throws -> Bool {
        let content = entry.content
        return try await self.pool.execute(
            """
            INSERT INTO waiting_entry (id, division, station, person, purpose, kind, from_day, through_day, by_phone,
                entered_at, entered_by)
            VALUES (\(entry.id), \(entry.division), \(content.station), \(content.person), \(content.purpose),
                \(content.kind), \(content.from)::date, \(content.through)::date, \(entry.byPhone), \(now), \(by))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func withdraw(_ id: UUID) async throws {
        try await self.pool.execute(
            "UPDATE waiting_entry SET state = 'withdrawn' WHERE id = \(id) AND state IN ('waiting', 'offered')")
    }

    /// Follows what has become of the offers: taken, run out, or no longer needed.
    func follow(today: CalendarDay) async throws {
        try await self.pool.execute(
            """
            UPDATE waiting_entry w SET state = CASE
                WHEN a.state IN ('lapsed', 'cancelledByPerson', 'cancelledByStation')
                    THEN CASE WHEN w.offers >= \(WaitingOffer.most) THEN 'exhausted' ELSE 'waiting' END
                ELSE 'booked' END
            FROM appointment a WHERE w.state = 'offered' AND a.id = w.offer AND a.state <> 'held'
            """)
        try await self.pool.execute(
            """
            UPDATE waiting_entry w SET state = CASE
                WHEN EXISTS (SELECT FROM appointment a WHERE a.person = w.person AND a.purpose = w.purpose
                             AND a.state IN ('confirmed', 'checkedIn', 'called', 'serving')) THEN 'booked'
                ELSE 'exhausted' END
            WHERE w.state = 'waiting' AND (w.through_day < \(today) OR EXISTS (
                SELECT FROM appointment a WHERE a.person = w.person AND a.purpose = w.purpose
                    AND a.state IN ('confirmed', 'checkedIn', 'called', 'serving')))
            """)
    }

    /// The next entries for which there is a seat, who has waited longest first, each with its earliest slot.
    func next(today: CalendarDay, last: CalendarDay, limit: Int) async throws -> [(entry: Entry, slot: SlotID)] {
        let first = today.adding(days: WaitingOffer.leastDaysAhead)
        return try await self.pool.query(
            """
            SELECT \(Self.columns), free.id AS slot FROM waiting_entry w CROSS JOIN LATERAL (
                SELECT s.id FROM slot s WHERE s.station = w.station AND s.kind = w.kind
                    AND s.day BETWEEN GREATEST(w.from_day, \(first)::date) AND LEAST(w.through_day, \(last)::date)
                    AND EXISTS (SELECT FROM seat e WHERE e.slot = s.id AND e.appointment IS NULL
                                AND e.pool IN ('online', 'hotline'))
                ORDER BY s.starts_at LIMIT 1
            ) free
            WHERE w.state = 'waiting' AND w.offers < \(WaitingOffer.most)
                AND (w.offered_on IS NULL OR w.offered_on < \(today)::date)
            ORDER BY w.entered_at, w.id LIMIT \(limit)
            """
        ).rows.map { row in (try Self.entry(row), try row.decode(SlotID.self, column: "slot")) }
    }

    /// Notes an offer, if the entry still waits.
    static func offer(
        _ appointment: UUID, to entry: UUID, on day: CalendarDay, in sql: PostgresTransaction
    ) async throws -> Bool {
        try await sql.execute(
            """
            UPDATE waiting_entry SET state = 'offered', offers = offers + 1, offered_on = \(day)::date,
                offer = \(appointment)
            WHERE id = \(entry) AND state = 'waiting'
            """) == 1
    }
}
