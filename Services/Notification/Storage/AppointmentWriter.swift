import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Writes where appointments stand, whole lists at a time.
struct AppointmentWriter {
    let sql: PostgresTransaction

    /// An older version than the stored one changes nothing: a parked message that is replayed late must not bring a
    /// cancelled appointment back.
    ///
    /// - Parameter changes: one per appointment, in ascending order of appointment.
    /// - Returns: those that were newer, with when they began before.
    func follow(
        _ changes: [AppointmentChanged], at now: Date
    ) async throws -> [(change: AppointmentChanged, before: Date?)] {
        let rows = try await self.sql.query(
            """
            INSERT INTO appointment AS known (id, person_id, version, state, purpose, kind, station, starts_at, minutes,
                changed_at, recorded_at)
            SELECT id, person_id, version, state, purpose, kind, station, starts_at, minutes, changed_at, \(now)
            FROM unnest(
                \(changes.map(\.appointmentID))::uuid[], \(changes.map(\.personID))::uuid[],
                \(changes.map(\.version))::bigint[], \(changes.map(\.state.rawValue))::text[],
                \(changes.map(\.purpose.rawValue))::text[], \(changes.map(\.kind.rawValue))::text[],
                \(changes.map(\.station))::text[], \(changes.map(\.startsAt))::timestamptz[],
                \(changes.map(\.minutes))::bigint[], \(changes.map(\.changedAt))::timestamptz[])
                AS new (id, person_id, version, state, purpose, kind, station, starts_at, minutes, changed_at)
            ORDER BY id
            ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, version = excluded.version,
                state = excluded.state, purpose = excluded.purpose, kind = excluded.kind, station = excluded.station,
                starts_at = excluded.starts_at, minutes = excluded.minutes, changed_at = excluded.changed_at,
                recorded_at = excluded.recorded_at,
                before_starts_at = COALESCE(known.starts_at, known.before_starts_at),
                -- Who said that they come said it of that time.
                coming_at = CASE WHEN known.starts_at = excluded.starts_at THEN known.coming_at END
            WHERE known.version < excluded.version
            RETURNING id, before_starts_at
            """
        ).rows
        let byID = Dictionary(changes.map { ($0.appointmentID, $0) }) { first, _ in first }
        return try rows.compactMap { row in
            let (id, before) = try row.decode(UUID.self, Date?.self)
            return byID[id].map { ($0, before) }
        }
    }
}
