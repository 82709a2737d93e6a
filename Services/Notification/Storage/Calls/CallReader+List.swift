import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

extension CallReader {
    /// A call of the list with its number still sealed.
    struct Listed: Sendable {
        let task: CallTask
        let contact: StoredContact
        let numbers: [StoredNumber]
    }

    /// What waits: those whose time has come in the order in which they are called, then the others by when it comes.
    func page(_ scope: CallScope, at now: Date, limit: Int, offset: Int) async throws -> [Listed] {
        let rows = try await self.pool.query(
            """
            SELECT \(CallRow.columns), c.division, c.station AS file_station, c.contact, c.registered_at
            FROM call_task t JOIN contact_point c ON c.person_id = t.person_id
            WHERE t.state = 'open' AND t.not_after > \(now)\(CallRow.scope(scope))
            ORDER BY t.due_at > \(now), CASE WHEN t.due_at > \(now) THEN t.due_at END, \(CallRow.order(at: now))
            LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        let numbers = try await self.numbers(of: rows.map { try CallRow.task($0) })
        return try rows.map { row in
            let task = try CallRow.task(row)
            let contact = StoredContact(
                personID: task.person, division: try row.decode(String.self, column: "division"),
                station: try row.decode(String.self, column: "file_station"),
                details: try row.decode([UInt8].self, column: "contact"),
                registeredAt: try row.decode(Date.self, column: "registered_at"))
            return Listed(task: task, contact: contact, numbers: numbers[task.id] ?? [])
        }
    }

    /// The numbers of several calls in one question, without who shares them.
    private func numbers(of tasks: [CallTask]) async throws -> [UUID: [StoredNumber]] {
        guard !tasks.isEmpty else { return [:] }
        let rows = try await self.pool.query(
            """
            SELECT l.task, n.place, n.owner = 'own', n.is_mobile, n.status,
                ARRAY(SELECT a.outcome FROM call_attempt a WHERE a.task = l.task AND a.digest = n.digest ORDER BY a.number)
            FROM unnest(\(tasks.map(\.id))::uuid[], \(tasks.map(\.person))::uuid[]) AS l (task, person)
            JOIN contact_number n ON n.person_id = l.person ORDER BY n.place
            """
        ).rows
        var numbers: [UUID: [StoredNumber]] = [:]
        for row in rows {
            let (task, place, isOwn, isMobile, status, outcomes) = try row.decode(
                UUID.self, Int.self, Bool.self, Bool.self, String.self, [String].self)
            numbers[task, default: []].append(
                StoredNumber(
                    id: "", digest: [], place: place, isOwn: isOwn, isMobile: isMobile, status: status, optedOut: [],
                    shared: 0, outcomes: try outcomes.map { try StoredText.value($0) }))
        }
        return numbers
    }

    func total(_ scope: CallScope, at now: Date) async throws -> Int {
        try await self.pool.query(
            "SELECT count(*) FROM call_task t WHERE t.state = 'open' AND t.not_after > \(now)\(CallRow.scope(scope))"
        ).first?.decode(Int.self) ?? 0
    }

    /// By reason, in the order of urgency.
    func counts(_ scope: CallScope, at now: Date) async throws -> [CallAPI.Count] {
        let late = now.addingTimeInterval(-CallRules.promiseGrace)
        let counts = try await self.pool.query(
            """
            SELECT t.reason, count(*), count(*) FILTER (WHERE t.due_at <= \(now)),
                min(t.due_at) FILTER (WHERE t.due_at <= \(now)), count(t.promised_at),
                count(*) FILTER (WHERE t.promised_at < \(late))
            FROM call_task t WHERE t.state = 'open' AND t.not_after > \(now)\(CallRow.scope(scope))
            GROUP BY t.reason
            """
        ).rows.map { row in
            let (text, open, due, oldest, promised, missed) = try row.decode(
                String.self, Int.self, Int.self, Date?.self, Int.self, Int.self)
            let reason: CallReason = try StoredText.value(text)
            return CallAPI.Count(
                reason: reason, words: CallAPI.Words(zh: reason.chinese, en: reason.english), open: open, due: due,
                oldestDueAt: oldest, promised: promised, missed: missed)
        }
        return counts.sorted { ($0.reason.urgency, $0.reason.rawValue) < ($1.reason.urgency, $1.reason.rawValue) }
    }

    /// How many become due on which day of Asia/Shanghai; what is overdue counts for today.
    func days(_ scope: CallScope, at now: Date) async throws -> [CallAPI.Day] {
        try await self.pool.query(
            """
            SELECT (greatest(t.due_at, \(now)) AT TIME ZONE 'Asia/Shanghai')::date::text AS day, count(*)
            FROM call_task t WHERE t.state = 'open' AND t.not_after > \(now)\(CallRow.scope(scope))
            GROUP BY day ORDER BY day
            """
        ).rows.map { row in
            let (day, calls) = try row.decode(String.self, Int.self)
            return CallAPI.Day(day: try StoredText.day(day), calls: calls)
        }
    }
}
