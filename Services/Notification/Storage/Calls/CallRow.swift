import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Reads `call_task t` into a ``CallTask``.
enum CallRow {
    static let columns: SQL = """
        t.id, t.person_id, t.station, t.reason, t.purpose, t.subject, t.state, t.opened_at, t.due_at, t.not_after,
        t.promised_at, t.attempts, t.unreached, t.number_set, t.claimed_by, t.claimed_until, t.version, t.outcome,
        t.booked, t.note
        """

    /// The order in which calls are made: what ``QueuedCall/precedes(_:at:)`` says, in SQL.
    static func order(at now: Date) -> SQL {
        """
        CASE WHEN t.promised_at <= \(now) THEN least(t.urgency, \(CallReason.callBack.urgency)) ELSE t.urgency END,
        coalesce(t.promised_at, t.opened_at), t.id
        """
    }

    /// What a caller works on: a station its own people, except what is the centre's.
    static func scope(_ scope: CallScope) -> SQL {
        var condition: SQL = ""
        if let station = scope.station { condition += " AND t.station = \(station)" }
        if !scope.isCentre { condition += " AND t.reason <> \(CallReason.death.rawValue)" }
        return condition
    }

    static func task(_ row: PostgresRow) throws -> CallTask {
        let (id, person, station, reason, purpose, subject, state, openedAt, dueAt, notAfter) = try row.decode(
            UUID.self, UUID.self, String.self, String.self, String.self, UUID.self, String.self, Date.self, Date.self,
            Date.self)
        return CallTask(
            id: id, person: person, station: station, reason: try StoredText.value(reason),
            purpose: try StoredText.value(purpose), subject: subject, state: try StoredText.value(state),
            openedAt: openedAt, dueAt: dueAt, notAfter: notAfter,
            promisedAt: try row.decode(Date?.self, column: "promised_at"),
            attempts: try row.decode(Int.self, column: "attempts"),
            inVain: try row.decode(Int.self, column: "unreached"),
            numberSet: try row.decode([UInt8]?.self, column: "number_set"),
            claimedBy: try row.decode(String?.self, column: "claimed_by"),
            claimedUntil: try row.decode(Date?.self, column: "claimed_until"),
            version: try row.decode(Int.self, column: "version"),
            outcome: try row.decode(String?.self, column: "outcome").map { try StoredText.value($0) },
            booked: try row.decode(UUID?.self, column: "booked"), note: try row.decode([UInt8]?.self, column: "note"))
    }
}

/// Which calls somebody works on.
struct CallScope: Sendable {
    /// Nil for the whole district.
    let station: String?
    /// Whether what is the centre's is theirs too.
    let isCentre: Bool
}
