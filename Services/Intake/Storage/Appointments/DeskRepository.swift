import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// A station's day at its desks: numbers, the queue, the account.
struct DeskRepository: Sendable {
    let pool: PostgresPool

    /// The next number of a station's day.
    static func nextNumber(_ station: String, _ day: CalendarDay, in sql: PostgresTransaction) async throws -> Int {
        try await sql.query(
            """
            INSERT INTO station_day AS d (station, day, next_number) VALUES (\(station), \(day)::date, 2)
            ON CONFLICT (station, day) DO UPDATE SET next_number = d.next_number + 1 RETURNING next_number - 1
            """
        ).first?.decode(Int.self) ?? 1
    }

    /// Writes somebody who simply came: with a seat where one is free, and without one otherwise (R150).
    ///
    /// - Returns: nil when the person has a live appointment already, or the id is known.
    static func walkIn(
        _ walkIn: AppointmentAPI.WalkIn, id: UUID, division: String, number: Int, at now: Date, by: String,
        in sql: PostgresTransaction
    ) async throws -> Appointment? {
        let pools = SeatPool.order(for: .walkIn, until: now, now: now).map(\.rawValue)
        let day = CalendarDay(now)
        let row = try await sql.query(
            """
            WITH picked AS (
                SELECT slot, number FROM seat
                WHERE appointment IS NULL AND free_at <= \(now) AND pool = ANY(\(pools)::text[]) AND slot IN (
                    SELECT id FROM slot WHERE station = \(walkIn.station) AND kind = 'counter' AND day = \(day)
                        AND starts_at <= \(now) AND \(now) < starts_at + make_interval(mins => minutes))
                ORDER BY array_position(\(pools)::text[], pool), number LIMIT 1 FOR UPDATE SKIP LOCKED
            ), a AS (
                INSERT INTO appointment (id, division, station, person, purpose, kind, channel, slot, seat, starts_at,
                    minutes, day, state, booked_by, created_at, changed_at, queue_number, arrived_at)
                SELECT \(id), \(division), \(walkIn.station), \(walkIn.person)::uuid, \(walkIn.purpose), 'counter',
                    'walkIn', picked.slot, picked.number, s.starts_at, s.minutes, \(day)::date, 'checkedIn', \(by),
                    \(now)::timestamptz, \(now)::timestamptz, \(number), \(now)::timestamptz
                FROM (SELECT 1) AS one LEFT JOIN picked ON true LEFT JOIN slot s ON s.id = picked.slot
                ON CONFLICT DO NOTHING RETURNING *
            ), taken AS (
                UPDATE seat SET appointment = a.id FROM a WHERE seat.slot = a.slot AND seat.number = a.seat
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, 'checkIn', a.slot, \(now), \(by) FROM a
            )
            SELECT \(AppointmentRepository.columns) FROM a
            """
        ).first
        return try row.map(AppointmentRepository.appointment)
    }

    /// Who waits at a station, in the order in which they are called: those who were called before; then booked people
    /// whose time has come and walk-ins, by the time that counts for each. Who is early waits for their time, who came
    /// back goes to the end.
    func queue(_ station: String, _ day: CalendarDay) async throws -> [AppointmentAPI.Queue.Item] {
        try await self.pool.query(
            """
            SELECT id, queue_number, state, version, purpose, starts_at, arrived_at FROM appointment a
            WHERE a.station = \(station) AND a.day = \(day) AND a.state = ANY(\(["checkedIn", "called"])::text[])
            ORDER BY (state = 'called') DESC,
                CASE WHEN channel = 'walkIn' OR arrived_at > starts_at + interval '15 minutes' OR EXISTS (
                        SELECT FROM appointment_step s WHERE s.appointment = a.id AND s.step = 'miss') THEN arrived_at
                     ELSE starts_at END, channel = 'walkIn', queue_number
            """
        ).rows.map { row in
            let (id, number, state, version, purpose, startsAt, arrivedAt) = try row.decode(
                UUID.self, Int.self, AppointmentState.self, Int.self, AppointmentPurpose.self, Date?.self, Date.self)
            return AppointmentAPI.Queue.Item(
                id: id, number: number, state: state, version: version, purpose: purpose, startsAt: startsAt,
                arrivedAt: arrivedAt)
        }
    }

    /// How often somebody came back for the same appointment.
    func returns(_ id: UUID) async throws -> Int {
        try await self.pool.query(
            "SELECT count(*) - 1 FROM appointment_step WHERE appointment = \(id) AND step = 'checkIn'"
        ).first?.decode(Int.self) ?? 0
    }

    /// When the last slot of a day ends; nil for a day without any.
    func lastSlotEnds(_ station: String, _ day: CalendarDay) async throws -> Date? {
        try await self.pool.query(
            """
            SELECT max(starts_at + make_interval(mins => minutes)) FROM slot WHERE station = \(station) AND day = \(day)
            """
        ).first?.decode(Date?.self) ?? nil
    }

    /// Marks a day as closed.
    ///
    /// - Returns: false when it was closed before.
    static func close(
        _ station: String, _ day: CalendarDay, now: Date, by: String, in sql: PostgresTransaction
    ) async throws -> Bool {
        try await sql.execute(
            """
            INSERT INTO station_day AS d (station, day, closed_at, closed_by)
            VALUES (\(station), \(day)::date, \(now), \(by))
            ON CONFLICT (station, day) DO UPDATE SET closed_at = EXCLUDED.closed_at, closed_by = EXCLUDED.closed_by
            WHERE d.closed_at IS NULL
            """) == 1
    }

    /// People of a day who have lost their seat and do not know.
    static func untold(_ station: String, _ day: CalendarDay, in sql: PostgresTransaction) async throws -> Int {
        try await sql.query(
            """
            SELECT count(*) FROM appointment WHERE station = \(station) AND day = \(day)
                AND orphaned_at IS NOT NULL AND told_at IS NULL AND state <> 'cancelledByPerson'
            """
        ).first?.decode(Int.self) ?? 0
    }

    static func beingServed(_ station: String, _ day: CalendarDay, in sql: PostgresTransaction) async throws -> Int {
        try await sql.query(
            """
            SELECT count(*) FROM appointment
            WHERE station = \(station) AND day = \(day) AND state = \(AppointmentState.serving)
            """
        ).first?.decode(Int.self) ?? 0
    }

    /// Everybody of a day for whom nothing more will happen on it, locked.
    static func leftOver(
        _ station: String, _ day: CalendarDay, in sql: PostgresTransaction
    ) async throws -> [Appointment] {
        try await sql.query(
            """
            SELECT \(AppointmentRepository.columns) FROM appointment a WHERE a.station = \(station) AND a.day = \(day)
                AND a.state = ANY(\(["confirmed", "checkedIn", "called"])::text[]) ORDER BY a.id FOR UPDATE
            """
        ).rows.map(AppointmentRepository.appointment)
    }

    static func account(
        _ station: String, _ day: CalendarDay, in sql: PostgresTransaction
    ) async throws -> AppointmentAPI.DayAccount {
        let results = try await sql.batch([
            """
            SELECT count(*) FROM seat e JOIN slot s ON s.id = e.slot
            WHERE s.station = \(station) AND s.day = \(day) AND s.kind = 'counter'
            """,
            """
            SELECT count(*) FILTER (WHERE channel <> 'walkIn'), count(*) FILTER (WHERE channel = 'walkIn'),
                   count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'done' AND must_come_again),
                   count(*) FILTER (WHERE state = 'missed')
            FROM appointment WHERE station = \(station) AND day = \(day)
                AND state <> ALL(\(["held", "lapsed", "cancelledByPerson", "cancelledByStation"])::text[])
            """,
        ])
        let seats = try results[0].first?.decode(Int.self) ?? 0
        guard
            let (booked, walkIns, done, again, missed) = try results[1].first?.decode(
                Int.self, Int.self, Int.self, Int.self, Int.self)
        else {
            return AppointmentAPI.DayAccount(
                station: station, day: day, seats: seats, booked: 0, walkIns: 0, done: 0, mustComeAgain: 0, missed: 0)
        }
        return AppointmentAPI.DayAccount(
            station: station, day: day, seats: seats, booked: booked, walkIns: walkIns, done: done,
            mustComeAgain: again, missed: missed)
    }
}
