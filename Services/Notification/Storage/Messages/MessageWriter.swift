import CardProgramme
import FoundationEssentials
import PostgreSQL
import Storage

/// Something that is to be said to somebody, before anything is decided about how.
struct NewMessage: Sendable {
    let person: UUID
    let subject: UUID
    /// What is newer than this voids it.
    let subjectVersion: Int
    let planned: AppointmentNotices.Planned
    var reason: String?
    var lastDay: CalendarDay?
}

/// Plans and cancels messages inside the caller's transaction, whole lists at a time.
struct MessageWriter {
    let sql: PostgresTransaction

    /// Plans each once: the same subject, version, purpose and step again changes nothing.
    func plan(_ messages: [NewMessage], at now: Date) async throws {
        guard !messages.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, reason, tell_by, state, rank,
                not_before, not_after, due_at, planned_at, is_urgent)
            SELECT id, person_id, purpose, means, step, subject, version, reason, tell_by::date, 'planned', 0, not_before,
                not_after, not_before, \(now), is_urgent
            FROM unnest(\(messages.map { _ in UUIDv7.generate() })::uuid[], \(messages.map(\.person))::uuid[],
                \(messages.map(\.planned.purpose.rawValue))::text[], \(messages.map(\.planned.means.rawValue))::text[],
                \(messages.map(\.planned.step))::text[], \(messages.map(\.subject))::uuid[],
                \(messages.map(\.subjectVersion))::bigint[], \(messages.map(\.reason))::text[],
                \(messages.map { $0.lastDay?.description })::text[], \(messages.map(\.planned.notBefore))::timestamptz[],
                \(messages.map(\.planned.notAfter))::timestamptz[],
                \(messages.map(\.planned.purpose.isUrgent))::boolean[])
                AS n (id, person_id, purpose, means, step, subject, version, reason, tell_by, not_before, not_after,
                    is_urgent)
            ON CONFLICT (subject, subject_version, purpose, step, person_id) DO NOTHING
            """)
    }

    /// Takes back what is still to be said about subjects as they were before these versions.
    func cancel(_ subjects: [(id: UUID, version: Int)], at now: Date) async throws {
        guard !subjects.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            UPDATE message m SET state = \(MessageState.cancelled), rank = \(MessageState.cancelled.rank), final_at = \(now)
            FROM unnest(\(subjects.map(\.id))::uuid[], \(subjects.map(\.version))::bigint[]) AS n (subject, version)
            WHERE m.subject = n.subject AND m.state = 'planned' AND m.subject_version < n.version
            """)
    }
}
