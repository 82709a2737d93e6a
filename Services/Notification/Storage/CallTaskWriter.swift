import CardProgramme
import FoundationEssentials
import PostgreSQL
import Storage

/// Something a person has to be told or asked by somebody of the office.
struct NewCallTask: Sendable {
    typealias Reason = CallReason

    let person: UUID
    let reason: Reason
    let purpose: MessagePurpose
    let subject: UUID
    let subjectVersion: Int
    let dueAt: Date
    let notAfter: Date
}

/// Opens and voids calls inside the caller's transaction.
struct CallTaskWriter {
    let sql: PostgresTransaction

    /// Opens what is not open yet; the same again changes nothing. People nobody knows a station of are left out.
    func open(_ tasks: [NewCallTask], at now: Date) async throws {
        guard !tasks.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            INSERT INTO call_task (id, person_id, station, reason, purpose, subject, subject_version, urgency, state, opened_at,
                due_at, not_after)
            SELECT n.id, n.person_id, c.station, n.reason, n.purpose, n.subject, n.subject_version, n.urgency, 'open', \(now),
                n.due_at, n.not_after
            FROM unnest(\(tasks.map { _ in UUIDv7.generate() })::uuid[], \(tasks.map(\.person))::uuid[],
                \(tasks.map(\.reason.rawValue))::text[], \(tasks.map(\.purpose.rawValue))::text[],
                \(tasks.map(\.subject))::uuid[], \(tasks.map(\.subjectVersion))::bigint[],
                \(tasks.map(\.reason.urgency))::bigint[], \(tasks.map(\.dueAt))::timestamptz[],
                \(tasks.map(\.notAfter))::timestamptz[])
                AS n (id, person_id, reason, purpose, subject, subject_version, urgency, due_at, not_after)
            JOIN contact_point c ON c.person_id = n.person_id
            ON CONFLICT (subject, subject_version, purpose, reason, person_id) DO NOTHING
            """)
    }

    /// Takes back the calls about subjects at versions before these: what they were about is no longer so.
    func void(_ subjects: [(id: UUID, version: Int)], at now: Date) async throws {
        guard !subjects.isEmpty else { return }
        _ = try await self.sql.execute(
            """
            UPDATE call_task t SET state = 'void', closed_at = \(now), closed_by = 'notification', version = t.version + 1
            FROM unnest(\(subjects.map(\.id))::uuid[], \(subjects.map(\.version))::bigint[]) AS n (subject, version)
            WHERE t.subject = n.subject AND t.state = 'open' AND t.subject_version < n.version
            """)
    }
}
