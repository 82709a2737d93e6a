import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Reads calls.
struct CallReader: Sendable {
    let pool: PostgresPool

    func task(_ id: UUID) async throws -> CallTask? {
        try await self.pool.query("SELECT \(CallRow.columns) FROM call_task t WHERE t.id = \(id)").first.map(
            CallRow.task)
    }

    /// How a person is reached, when they were born, and whether they may be.
    func contact(of person: UUID) async throws -> (contact: StoredContact, bornYear: Int?, isSilenced: Bool)? {
        try await self.pool.query(
            """
            SELECT division, station, contact, registered_at, born_year, silenced_at IS NOT NULL
            FROM contact_point WHERE person_id = \(person)
            """
        ).first.map { row in
            let (division, station, details, registeredAt, bornYear, isSilenced) = try row.decode(
                String.self, String.self, [UInt8].self, Date.self, Int?.self, Bool.self)
            let contact = StoredContact(
                personID: person, division: division, station: station, details: details, registeredAt: registeredAt)
            return (contact, bornYear, isSilenced)
        }
    }

    func numbers(of task: CallTask) async throws -> [StoredNumber] {
        try await self.pool.query(CallNumbers.statement(task: task.id, person: task.person)).rows
            .map(CallNumbers.number)
    }

    /// Others who gave these numbers, each with their contact.
    ///
    /// - Parameter station: Only whose file this station keeps; nil for the whole district.
    func sharing(
        _ digests: [[UInt8]], besides person: UUID, station: String?, limit: Int
    ) async throws -> [(digest: [UInt8], contact: StoredContact)] {
        let whose: SQL = station.map { " AND c.station = \($0)" } ?? ""
        return try await self.pool.query(
            """
            SELECT n.digest, c.person_id, c.division, c.station, c.contact, c.registered_at
            FROM contact_number n JOIN contact_point c ON c.person_id = n.person_id
            WHERE n.digest = ANY(\(digests)) AND n.person_id <> \(person)\(whose)
            ORDER BY n.digest, n.person_id LIMIT \(limit)
            """
        ).rows.map { row in
            let (digest, id, division, station, details, registeredAt) = try row.decode(
                [UInt8].self, UUID.self, String.self, String.self, [UInt8].self, Date.self)
            return (
                digest,
                StoredContact(
                    personID: id, division: division, station: station, details: details, registeredAt: registeredAt)
            )
        }
    }

    /// An attempt with its note still sealed, oldest first.
    func attempts(of task: UUID) async throws -> [CallStore.StoredAttempt] {
        try await self.pool.query(
            """
            SELECT id, number, digest, began_at, outcome, promised_at, booked, note, by FROM call_attempt
            WHERE task = \(task) ORDER BY number
            """
        ).rows.map { row in
            let (id, number, digest, at, outcome, promisedAt, booked, note, by) = try row.decode(
                UUID.self, Int.self, [UInt8]?.self, Date.self, String.self, Date?.self, UUID?.self, [UInt8]?.self,
                String.self)
            return CallStore.StoredAttempt(
                id: id, number: number, digest: digest, at: at, outcome: try StoredText.value(outcome),
                promisedAt: promisedAt, booked: booked, note: note, by: by)
        }
    }

    /// Appointments as far as they are known here; one that is not says so.
    func appointment(_ id: UUID, of person: UUID) async throws -> CallAPI.Appointment? {
        try await self.pool.query(
            "SELECT person_id, state, station, starts_at FROM appointment WHERE id = \(id)"
        ).first.map { row in
            let (whose, state, station, startsAt) = try row.decode(
                UUID?.self, String.self, String.self, Date?.self)
            let isTheirs = whose == person
            return CallAPI.Appointment(
                id: id, isKnown: true, isTheirs: isTheirs, state: isTheirs ? try StoredText.value(state) : nil,
                station: isTheirs ? station : nil, startsAt: isTheirs ? startsAt : nil)
        }
    }

    /// When the next call's time comes that nobody holds.
    func nextDue(_ scope: CallScope, after now: Date) async throws -> Date? {
        try await self.pool.query(
            """
            SELECT min(greatest(t.due_at, coalesce(t.claimed_until, t.due_at))) FROM call_task t
            WHERE t.state = 'open' AND t.not_after > \(now)
              AND greatest(t.due_at, coalesce(t.claimed_until, t.due_at)) > \(now)\(CallRow.scope(scope))
            """
        ).first?.decode(Date?.self)
    }
}
