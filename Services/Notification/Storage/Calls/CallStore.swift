import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Claims, opens and closes calls inside the caller's transaction.
struct CallStore {
    let sql: PostgresTransaction

    /// Closes calls whose time is over and that nobody is making; what another clerk has in hand is left alone.
    func expire(_ scope: CallScope, at now: Date) async throws {
        try await self.sql.execute(
            """
            WITH over AS MATERIALIZED (
                SELECT t.id FROM call_task t
                WHERE t.state = 'open' AND t.not_after <= \(now)
                  AND (t.claimed_until IS NULL OR t.claimed_until <= \(now))\(CallRow.scope(scope))
                FOR UPDATE OF t SKIP LOCKED)
            UPDATE call_task t SET state = 'expired', closed_at = \(now), closed_by = 'notification',
                version = t.version + 1
            FROM over WHERE t.id = over.id
            """)
    }

    /// How many calls a clerk holds. Their other claims wait until this transaction has ended, so that nobody gets one too many
    /// by asking twice at once.
    func held(by clerk: String, at now: Date) async throws -> Int {
        try await self.sql.batch([
            "SELECT FROM (SELECT pg_advisory_xact_lock(hashtextextended(\(clerk), 0))) l",
            """
            SELECT count(*) FROM call_task
            WHERE state = 'open' AND claimed_by = \(clerk) AND claimed_until > \(now)
            """,
        ])[1].first?.decode(Int.self) ?? 0
    }

    /// Claims the first call whose time has come. Two clerks never get the same one, nor the same person at once.
    ///
    /// - Parameter band: The present part of the day: who did not answer in it last time is not called in it again.
    func claimNext(_ scope: CallScope, by clerk: String, band: CallBand, at now: Date) async throws -> CallTask? {
        try await self.sql.query(
            """
            WITH next AS MATERIALIZED (
                SELECT t.id FROM call_task t
                WHERE t.state = 'open' AND t.due_at <= \(now) AND t.not_after > \(now)
                  AND (t.claimed_until IS NULL OR t.claimed_until <= \(now))
                  AND (t.promised_at IS NOT NULL OR t.last_band IS NULL OR t.last_band <> \(band.rawValue))
                  AND (t.reason = \(CallReason.death.rawValue) OR NOT EXISTS (
                      SELECT FROM contact_point c WHERE c.person_id = t.person_id AND c.silenced_at IS NOT NULL))
                  AND NOT EXISTS (
                      SELECT FROM call_task o WHERE o.person_id = t.person_id AND o.id <> t.id AND o.state = 'open'
                        AND o.claimed_until > \(now) AND o.claimed_by <> \(clerk))\(CallRow.scope(scope))
                ORDER BY \(CallRow.order(at: now))
                LIMIT 1 FOR UPDATE OF t SKIP LOCKED)
            UPDATE call_task t SET claimed_by = \(clerk), claimed_until = \(now.addingTimeInterval(CallRules.lease)),
                version = t.version + 1
            FROM next WHERE t.id = next.id
            RETURNING \(CallRow.columns)
            """
        ).first.map(CallRow.task)
    }

    /// Other attempts to call this person are written after this transaction, so that none waits for another's row.
    func lock(person: UUID) async throws {
        _ = try await self.sql.query(
            "SELECT FROM (SELECT pg_advisory_xact_lock(hashtextextended(\(person.uuidString), 1))) l")
    }

    /// The same of several, whatever order they are in.
    func lock(people: [UUID]) async throws {
        _ = try await self.sql.query(
            """
            SELECT FROM (SELECT pg_advisory_xact_lock(hashtextextended(p.id, 1))
                FROM (SELECT DISTINCT id FROM unnest(\(people.map(\.uuidString))::text[]) AS id ORDER BY id) p) l
            """)
    }

    /// The call, locked until the transaction ends.
    func locked(_ id: UUID) async throws -> CallTask? {
        try await self.sql.query(
            "SELECT \(CallRow.columns) FROM call_task t WHERE t.id = \(id) FOR UPDATE OF t"
        ).first.map(CallRow.task)
    }

    /// Gives a claim back.
    func release(_ id: UUID) async throws -> CallTask? {
        try await self.sql.query(
            """
            UPDATE call_task t SET claimed_by = NULL, claimed_until = NULL, version = t.version + 1 WHERE t.id = \(id)
            RETURNING \(CallRow.columns)
            """
        ).first.map(CallRow.task)
    }

    /// A call opened by hand.
    struct ByHand: Sendable {
        let id: UUID
        let person: UUID
        let station: String
        let purpose: MessagePurpose
        let promisedAt: Date?
        let note: [UInt8]?
    }

    /// Opens one because the person asked for it; the same again changes nothing.
    func open(_ call: ByHand, at now: Date) async throws {
        let due = call.promisedAt ?? now
        let end = due.addingTimeInterval(Double(CallRules.furthestPromise) * 86_400)
        try await self.sql.execute(
            """
            INSERT INTO call_task (id, person_id, station, reason, purpose, subject, subject_version, urgency, state, opened_at,
                due_at, not_after, promised_at, note)
            VALUES (\(call.id), \(call.person), \(call.station), \(CallReason.callBack.rawValue), \(call.purpose.rawValue),
                \(call.id), 0, \(CallReason.callBack.urgency), 'open', \(now), \(due), \(end), \(call.promisedAt),
                \(call.note))
            ON CONFLICT (id) DO NOTHING
            """)
    }

    /// A person's file has gone to another station: their calls go with it.
    func follow(_ people: [UUID]) async throws {
        try await self.sql.execute(
            """
            UPDATE call_task t SET station = c.station, version = t.version + 1
            FROM contact_point c
            WHERE c.person_id = ANY(\(people)) AND t.person_id = c.person_id AND t.state = 'open'
              AND t.station <> c.station
            """)
    }
}
