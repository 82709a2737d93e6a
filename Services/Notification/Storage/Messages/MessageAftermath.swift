import CardProgramme
import FoundationEssentials
import PostgreSQL
import ShortMessages

/// What follows from news of messages: numbers that are of no use are retired, and who could not be told is called.
struct MessageAftermath {
    let sql: PostgresTransaction

    func record(_ news: [MessageProgress.News], at now: Date) async throws {
        let climbed = try await MessageProgress(sql: self.sql).record(news, at: now)
        try await CampaignProgress(sql: self.sql).messagesEnded(
            climbed.filter { $0.state.isFinal || $0.state == .noReceipt }.map(\.id), at: now)
        let lost = climbed.filter { $0.state == .failed || $0.state == .rejected || $0.state == .noReceipt }.map(\.id)
        guard !lost.isEmpty else { return }
        // A switched-off phone is a phone; a number that does not exist is none.
        _ = try await self.sql.execute(
            """
            UPDATE contact_number n SET status = CASE m.failure WHEN 'invalidNumber' THEN 'invalid'
                    WHEN 'suspended' THEN 'suspended' ELSE 'blocked' END, status_at = \(now)
            FROM message m
            WHERE m.id = ANY(\(lost)::uuid[]) AND m.failure IN ('invalidNumber', 'suspended', 'blocked')
                AND n.digest = m.digest AND n.status = 'ok'
            """)
        let rows = try await self.sql.query(
            """
            SELECT person_id, purpose, subject, subject_version, not_after FROM message
            WHERE id = ANY(\(lost)::uuid[]) AND purpose = ANY(\(Self.essential)::text[])
            """
        ).rows
        let tasks = try rows.map { row in
            let (person, purpose, subject, version, notAfter) = try row.decode(
                UUID.self, MessagePurpose.self, UUID.self, Int.self, Date.self)
            return NewCallTask(
                person: person, reason: .cannotBeTold, purpose: purpose, subject: subject, subjectVersion: version,
                dueAt: now, notAfter: max(notAfter, now.addingTimeInterval(7 * 86_400)))
        }
        try await CallTaskWriter(sql: self.sql).open(tasks, at: now)
    }

    private static let essential = MessagePurpose.allCases.filter(\.isEssential).map(\.rawValue)
}
