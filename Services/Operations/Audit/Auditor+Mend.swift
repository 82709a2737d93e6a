import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL

/// What a person lets the auditor put right.
extension Auditor {
    struct Mended: Sendable {
        /// Messages put back into their producer's outbox, with their old id and number.
        var again = 0
        /// Messages their producer no longer keeps.
        var gone = 0
        /// Messages of a restored producer that got a number of their own.
        var renumbered = 0
    }

    /// Puts what was lost on the way back into its producer's outbox, and lets a producer whose database was restored
    /// from an older backup count on from where its receivers are.
    func mend(_ findings: [AuditFinding]) async throws -> Mended {
        var mended = Mended()
        for finding in findings {
            switch finding {
            case .unapplied(let key, let numbers):
                guard let (pool, _, destination) = self.ends(of: key) else { continue }
                let again = try await self.emitAgain(key.subject, numbers, to: destination, pool)
                mended.again += again
                mended.gone += numbers.count - again
            case .neverEmitted(let key, let applied, _), .differentMessage(let key, let applied):
                guard let (producer, consumer, destination) = self.ends(of: key) else { continue }
                mended.renumbered += try await self.countOn(key, applied, to: destination, producer, consumer)
            case .misplaced, .viewDiffers, .campaign: break
            }
        }
        return mended
    }

    private func ends(
        of key: SubjectKey
    ) -> (producer: PostgresPool, consumer: PostgresPool, destination: String)? {
        let parts = key.stream.split(separator: ">").map(String.init)
        guard parts.count == 2, let producer = ServiceName(rawValue: parts[0]).flatMap({ self.pools[$0] }),
            let consumer = ServiceName(rawValue: parts[1]).flatMap({ self.pools[$0] })
        else { return nil }
        return (producer, consumer, parts[1])
    }

    private func emitAgain(
        _ subject: UUID, _ numbers: [Int], to destination: String, _ pool: PostgresPool
    ) async throws -> Int {
        try await pool.query(
            """
            INSERT INTO outbox (id, destination, subject, number, day, written_at, not_before)
            SELECT id, destination, subject, number, day, written_at, '-infinity'
            FROM emitted WHERE subject = \(subject) AND destination = \(destination) AND number = ANY(\(numbers)::bigint[])
            ON CONFLICT DO NOTHING RETURNING number
            """
        ).rows.count
    }

    /// The receiver is ahead of what the producer remembers to have sent. What the producer wrote since its restoration
    /// and the receiver has not applied is numbered anew, after the receiver's last; so is everything to come.
    ///
    /// - Returns: how many messages were numbered anew.
    private func countOn(
        _ key: SubjectKey, _ applied: Int, to destination: String, _ producer: PostgresPool, _ consumer: PostgresPool
    ) async throws -> Int {
        let last = try await consumer.query(
            "SELECT message_id FROM stream_cursor WHERE stream = \(key.stream) AND subject = \(key.subject)"
        ).first?.decode(UUID?.self)
        return try await producer.withTransaction { sql in
            // Locked first: whoever sends about this subject meanwhile waits, and counts on from there.
            try await sql.execute(
                """
                INSERT INTO stream_head (destination, subject, number, message_id)
                VALUES (\(destination), \(key.subject), 0, \((last ?? nil) ?? key.subject))
                ON CONFLICT (destination, subject) DO UPDATE SET number = stream_head.number
                """)
            let written = try await sql.query(
                """
                SELECT id FROM emitted WHERE subject = \(key.subject) AND destination = \(destination)
                ORDER BY number, written_at
                """
            ).rows.map { try $0.decode(UUID.self) }
            let settled = Set(
                try await consumer.query("SELECT message_id FROM inbox WHERE message_id = ANY(\(written)::uuid[])").rows
                    .map { try $0.decode(UUID.self) })
            let fresh = written.filter { !settled.contains($0) }
            // What arrived under its old number is parked there, and must not stand in its own way.
            try await consumer.execute(
                "DELETE FROM waiting WHERE id = ANY(\(fresh)::uuid[]) AND number <= \(applied) AND state = 'parked'")
            try await sql.batch([
                """
                UPDATE stream_head SET number = \(applied + fresh.count), message_id = \((fresh.last ?? last ?? nil) ?? key.subject)
                WHERE destination = \(destination) AND subject = \(key.subject)
                """,
                "DELETE FROM outbox WHERE id = ANY(\(fresh)::uuid[])",
                """
                WITH renumbered AS (
                    UPDATE emitted e SET number = \(applied)::bigint + f.place
                    FROM unnest(\(fresh)::uuid[]) WITH ORDINALITY AS f(id, place)
                    WHERE e.id = f.id AND e.subject = \(key.subject) AND e.destination = \(destination)
                    RETURNING e.id, e.destination, e.subject, e.number, e.day, e.written_at
                )
                INSERT INTO outbox (id, destination, subject, number, day, written_at, not_before)
                SELECT id, destination, subject, number, day, written_at, '-infinity' FROM renumbered
                """,
            ])
            return fresh.count
        }
    }
}
