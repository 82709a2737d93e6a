import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension CallStore {
    /// An attempt as it is stored.
    struct StoredAttempt: Sendable {
        let id: UUID
        let number: Int
        let digest: [UInt8]?
        let at: Date
        let outcome: CallOutcome
        let promisedAt: Date?
        let booked: UUID?
        let note: [UInt8]?
        let by: String
    }

    /// What an attempt of this id says, of whichever call; nil when there is none.
    func attempt(_ id: UUID) async throws -> (task: UUID, outcome: CallOutcome, by: String)? {
        try await self.sql.query("SELECT task, outcome, by FROM call_attempt WHERE id = \(id)").first.map { row in
            let (task, outcome, by) = try row.decode(UUID.self, String.self, String.self)
            return (task, try StoredText.value(outcome), by)
        }
    }

    /// - Returns: False when another attempt has the id meanwhile.
    func add(_ attempt: StoredAttempt, to task: UUID) async throws -> Bool {
        try await self.sql.execute(
            """
            INSERT INTO call_attempt (id, task, number, digest, began_at, outcome, promised_at, booked, note, by)
            VALUES (\(attempt.id), \(task), \(attempt.number), \(attempt.digest), \(attempt.at),
                \(attempt.outcome.rawValue), \(attempt.promisedAt), \(attempt.booked), \(attempt.note), \(attempt.by))
            ON CONFLICT (id) DO NOTHING
            """) == 1
    }

    func numbers(of task: CallTask) async throws -> [StoredNumber] {
        try await self.sql.query(CallNumbers.statement(task: task.id, person: task.person)).rows.map(CallNumbers.number)
    }

    /// Nobody calls the number again: for this person, or for everybody who gave it.
    func retire(_ digest: [UInt8], _ retirement: CallOutcome.Retirement, of person: UUID, at now: Date) async throws {
        let whose: SQL = retirement.isForEverybody ? "" : " AND person_id = \(person)"
        try await self.sql.execute(
            """
            UPDATE contact_number SET status = \(retirement.rawValue), status_at = \(now)
            WHERE digest = \(digest) AND status IN ('ok', 'blocked', 'suspended')\(whose)
            """)
    }

    /// When the person's phones rang since `from`, for whatever call.
    func rang(_ person: UUID, since from: Date) async throws -> [Date] {
        let silent = CallOutcome.allCases.filter { $0.retirement != nil }.map(\.rawValue)
        return try await self.sql.query(
            """
            SELECT a.began_at FROM call_attempt a JOIN call_task t ON t.id = a.task
            WHERE t.person_id = \(person) AND a.began_at >= \(from) AND a.outcome <> ALL(\(silent))
            """
        ).rows.map { try $0.decode(Date.self) }
    }

    /// Whose an appointment is and where it stands, as far as it is known here.
    func appointment(_ id: UUID) async throws -> (person: UUID?, state: AppointmentState)? {
        try await self.sql.query("SELECT person_id, state FROM appointment WHERE id = \(id)").first.map { row in
            let (person, state) = try row.decode(UUID?.self, String.self)
            return (person, try StoredText.value(state))
        }
    }

    /// What a call is after an attempt.
    struct After: Sendable {
        var step: CallRules.Step
        var promisedAt: Date?
        var outcome: CallOutcome
        var inVain: Int
        var numberSet: [UInt8]?
        var band: CallBand?
        var booked: UUID?
    }

    /// Writes where the call stands after an attempt, and frees it.
    func advance(_ task: CallTask, _ after: After, by clerk: String, at now: Date) async throws -> CallTask? {
        let state: CallTask.State
        var due = task.dueAt
        switch after.step {
        case .done: state = .done
        case .unreached: state = .unreached
        case .again(let at):
            // What was taken back meanwhile stays so, unless they were promised a call.
            state = task.state == .void && after.promisedAt == nil ? .void : .open
            due = at
        }
        let closedAt: Date? = state == .open ? nil : now
        let closedBy: String? = state == .open ? nil : clerk
        return try await self.sql.query(
            """
            UPDATE call_task t SET state = \(state.rawValue), due_at = \(due), promised_at = \(after.promisedAt),
                outcome = \(after.outcome.rawValue), attempts = t.attempts + 1, unreached = \(after.inVain),
                number_set = \(after.numberSet), last_band = coalesce(\(after.band?.rawValue)::text, t.last_band),
                booked = coalesce(\(after.booked)::uuid, t.booked), claimed_by = NULL, claimed_until = NULL,
                closed_at = \(closedAt)::timestamptz, closed_by = \(closedBy)::text, version = t.version + 1
            WHERE t.id = \(task.id) RETURNING \(CallRow.columns)
            """
        ).first.map(CallRow.task)
    }

    /// The person's other calls wait as long: it is the same phone that rings.
    func postpone(others task: CallTask, until: Date, band: CallBand?) async throws {
        try await self.sql.execute(
            """
            UPDATE call_task SET due_at = greatest(due_at, \(until)),
                last_band = coalesce(\(band?.rawValue)::text, last_band)
            WHERE person_id = \(task.person) AND id <> \(task.id) AND state = 'open' AND promised_at IS NULL
            """)
    }

    /// What is known of a death.
    struct Death: Sendable {
        let person: UUID
        /// Of what was spoken when it was learnt.
        let purpose: MessagePurpose
        /// What the task for the centre is about: a call, or a case.
        let subject: UUID
        let subjectVersion: Int
        /// The call in which it was learnt; it ends by itself.
        var call: UUID?
    }

    /// Somebody said that the person has died: nothing more is said to them, and the centre looks at the file.
    func silence(_ death: Death, by clerk: String, at now: Date) async throws {
        try await self.sql.batch([
            """
            INSERT INTO death (person_id, subject, purpose, recorded_at)
            VALUES (\(death.person), \(death.subject), \(death.purpose), \(now)) ON CONFLICT (person_id) DO NOTHING
            """,
            """
            UPDATE contact_point SET silenced_at = \(now), silenced_why = \(CallOutcome.deceased.rawValue)
            WHERE person_id = \(death.person) AND silenced_at IS NULL
            """,
            """
            UPDATE message SET state = \(MessageState.cancelled.rawValue), rank = \(MessageState.cancelled.rank),
                final_at = \(now), failure = \(CallOutcome.deceased.rawValue)
            WHERE person_id = \(death.person) AND state = \(MessageState.planned.rawValue)
            """,
            """
            UPDATE call_task SET state = 'void', closed_at = \(now), closed_by = \(clerk), version = version + 1
            WHERE person_id = \(death.person) AND id IS DISTINCT FROM \(death.call)::uuid AND state = 'open'
                AND reason <> \(CallReason.death.rawValue)
            """,
        ])
        try await CallTaskWriter(sql: self.sql).open(
            [
                NewCallTask(
                    person: death.person, reason: .death, purpose: death.purpose, subject: death.subject,
                    subjectVersion: death.subjectVersion, dueAt: now,
                    notAfter: now.addingTimeInterval(Double(365 * 86_400)))
            ], at: now)
    }

    /// Deaths of these people that were on record before it was known how they are reached.
    func deathsNotHonoured(of people: [UUID]) async throws -> [Death] {
        try await self.sql.query(
            """
            SELECT d.person_id, d.subject, d.purpose FROM death d JOIN contact_point c USING (person_id)
            WHERE d.person_id = ANY(\(people)) AND c.silenced_at IS NULL ORDER BY d.person_id
            """
        ).rows.map { row in
            let (person, subject, purpose) = try row.decode(UUID.self, UUID.self, MessagePurpose.self)
            return Death(person: person, purpose: purpose, subject: subject, subjectVersion: 0)
        }
    }

    /// They answered themselves: what was said of them is not so.
    func unsilence(_ person: UUID) async throws {
        try await self.sql.execute("DELETE FROM death WHERE person_id = \(person)")
        try await self.sql.execute(
            """
            UPDATE contact_point SET silenced_at = NULL, silenced_why = NULL
            WHERE person_id = \(person) AND silenced_why = \(CallOutcome.deceased.rawValue)
            """)
    }
}
