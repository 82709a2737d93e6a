import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Keeps which cards wait for their holders, inside the caller's transaction.
struct ArrivalStore {
    let sql: PostgresTransaction

    struct Arrival: Sendable {
        let submission: UUID
        let person: UUID
        let arrivedAt: Date
        let lookAt: Date
    }

    /// A card that arrives again, or another one of the same submission, is waited for anew.
    func add(_ arrivals: [Arrival]) async throws {
        guard !arrivals.isEmpty else { return }
        // One row a submission: the newest.
        let newest = Dictionary(arrivals.map { ($0.submission, $0) }) { $0.arrivedAt < $1.arrivedAt ? $1 : $0 }
            .values.sorted { $0.submission.uuidString < $1.submission.uuidString }
        try await self.sql.execute(
            """
            INSERT INTO arrival AS known (submission_id, person_id, arrived_at, look_at)
            SELECT submission_id, person_id, arrived_at, look_at
            FROM unnest(\(newest.map(\.submission))::uuid[], \(newest.map(\.person))::uuid[],
                \(newest.map(\.arrivedAt))::timestamptz[], \(newest.map(\.lookAt))::timestamptz[])
                AS n (submission_id, person_id, arrived_at, look_at)
            ON CONFLICT (submission_id) DO UPDATE SET arrived_at = excluded.arrived_at, look_at = excluded.look_at,
                verdict = NULL, decided_at = NULL
            WHERE known.arrived_at < excluded.arrived_at
            """)
    }

    /// One whose time has come, with what was tried and whether anything shows that they know.
    struct Due: Sendable {
        let submission: UUID
        let person: UUID
        let arrivedAt: Date
        let isTold: Bool
        let messages: Int
        let calls: Int
    }

    /// Takes those whose time has come; whoever takes them holds them until the transaction ends.
    func take(_ limit: Int, at now: Date) async throws -> [Due] {
        let knowing = CallOutcome.allCases.filter { $0.knowing != nil }.map(\.rawValue)
        return try await self.sql.query(
            """
            WITH due AS MATERIALIZED (
                SELECT submission_id, person_id, arrived_at FROM arrival WHERE verdict IS NULL AND look_at <= \(now)
                ORDER BY look_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            SELECT d.submission_id, d.person_id, d.arrived_at,
                EXISTS (SELECT FROM message m WHERE m.subject = d.submission_id AND m.person_id = d.person_id
                    AND m.purpose = \(MessagePurpose.cardArrived) AND m.state = \(MessageState.delivered))
                OR EXISTS (SELECT FROM call_attempt a JOIN call_task t ON t.id = a.task
                    WHERE t.person_id = d.person_id AND a.began_at >= d.arrived_at AND a.outcome = ANY(\(knowing)))
                OR EXISTS (SELECT FROM appointment p WHERE p.person_id = d.person_id AND p.changed_at >= d.arrived_at
                    -- What the station did, or nobody came to, shows nothing.
                    AND p.state NOT IN ('orphaned', 'missed', 'cancelledByStation', 'lapsed', 'held'))
                OR EXISTS (SELECT FROM contact_number n JOIN reply r ON r.digest = n.digest
                    WHERE n.person_id = d.person_id AND r.received_at >= d.arrived_at
                        AND (SELECT count(*) FROM contact_number o WHERE o.digest = n.digest) = 1)
                OR EXISTS (SELECT FROM contact_point c WHERE c.person_id = d.person_id AND c.silenced_at IS NOT NULL),
                (SELECT count(*) FROM message m WHERE m.subject = d.submission_id AND m.person_id = d.person_id
                    AND m.purpose = \(MessagePurpose.cardArrived) AND m.submitted_at IS NOT NULL),
                (SELECT count(*) FROM call_attempt a JOIN call_task t ON t.id = a.task
                    WHERE t.person_id = d.person_id AND a.began_at >= d.arrived_at)
            FROM due d
            """
        ).rows.map { row in
            let (submission, person, arrivedAt, isTold, messages, calls) = try row.decode(
                UUID.self, UUID.self, Date.self, Bool.self, Int.self, Int.self)
            return Due(
                submission: submission, person: person, arrivedAt: arrivedAt, isTold: isTold, messages: messages,
                calls: calls)
        }
    }

    func decide(_ due: [Due], at now: Date) async throws {
        try await self.sql.execute(
            """
            UPDATE arrival a SET verdict = CASE WHEN n.told THEN 'told' ELSE 'unreachable' END, decided_at = \(now)
            FROM unnest(\(due.map(\.submission))::uuid[], \(due.map(\.isTold))::boolean[]) AS n (submission_id, told)
            WHERE a.submission_id = n.submission_id
            """)
    }
}
