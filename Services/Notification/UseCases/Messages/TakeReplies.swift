import CardProgramme
import FoundationEssentials
import Messaging
import PostgreSQL
import ServiceRuntime
import ShortMessages
import Storage

/// Takes what people write back: that they come, want another time, or want no more messages (within the second).
///
/// A phone is not a person: from one that several share, a wish becomes a task for staff and nothing else. What its owner
/// does not want is a matter of the phone.
struct TakeReplies: Sendable {
    let endpoint: MessageEndpoint
    let seal: ContactSeal
    let clock: ProgrammeClock

    /// Programme time in which a reply answers an appointment that is to come.
    private static let horizon: TimeInterval = 20 * 86_400

    func callAsFunction(_ messages: [InboundSMS], from provider: String) async throws {
        for message in messages {
            let now = self.clock.now()
            let meaning = ReplyMeaning(message.text)
            try await self.endpoint.transaction { work in
                try await self.take(message, meaning, provider, now, in: work)
            }
        }
    }

    private func take(
        _ message: InboundSMS, _ meaning: ReplyMeaning, _ provider: String, _ now: Date, in work: UnitOfWork
    ) async throws {
        let id = UUIDv7.generate()
        let digest = self.seal.digest(message.from)
        let content = try self.seal.seal("\(message.from.e164)\n\(ReplyMeaning.shown(message.text))", id: id)
        let isNew =
            try await work.sql.query(
                """
                INSERT INTO reply (id, provider, reference, digest, content, meaning, outcome, received_at)
                VALUES (\(id), \(provider), \(message.reference ?? id.uuidString), \(digest), \(content),
                    \(meaning.rawValue), 'taken', \(now))
                ON CONFLICT (provider, reference) DO NOTHING RETURNING id
                """
            ).rows.first != nil
        guard isNew else { return }
        let outcome = try await self.act(on: meaning, digest, id, now, in: work)
        _ = try await work.sql.execute("UPDATE reply SET outcome = \(outcome) WHERE id = \(id)")
    }

    /// - Returns: what was done, as a code.
    private func act(
        on meaning: ReplyMeaning, _ digest: [UInt8], _ reply: UUID, _ now: Date, in work: UnitOfWork
    ) async throws -> String {
        switch meaning {
        case .optOut, .optOutAll:
            _ = try await work.sql.execute(
                """
                INSERT INTO suppression (digest, scope, since, by, reason)
                VALUES (\(digest), \(meaning == .optOutAll ? "all" : "outreach"), \(now), 'reply', 'reply')
                ON CONFLICT (digest, scope) DO NOTHING
                """)
            return "optedOut"
        case .optIn:
            _ = try await work.sql.execute("DELETE FROM suppression WHERE digest = \(digest)")
            return "optedIn"
        case .coming, .wantsChange, .other:
            break
        }
        let people = try await work.sql.query(
            "SELECT person_id FROM contact_number WHERE digest = \(digest) ORDER BY owner = 'own' DESC, person_id"
        ).rows.map { try $0.decode(UUID.self) }
        guard let first = people.first else { return "unknownNumber" }
        let appointment = try await self.appointment(of: people, now, in: work)
        let calls = CallTaskWriter(sql: work.sql)
        func task(_ reason: NewCallTask.Reason, _ subject: (id: UUID, version: Int, person: UUID)?) -> NewCallTask {
            NewCallTask(
                person: subject?.person ?? first, reason: reason, purpose: .appointmentReminder,
                subject: subject?.id ?? reply, subjectVersion: subject?.version ?? 0, dueAt: now,
                notAfter: now.addingTimeInterval(7 * 86_400))
        }
        guard people.count == 1, meaning != .other, let appointment else {
            try await calls.open([task(.reply, nil)], at: now)
            return people.count > 1 ? "sharedPhone" : "forStaff"
        }
        if meaning == .coming {
            _ = try await work.sql.execute(
                "UPDATE appointment SET coming_at = \(now) WHERE id = \(appointment.id) AND coming_at IS NULL")
            return "coming"
        }
        try await calls.open([task(.wantsChange, appointment)], at: now)
        return "wantsChange"
    }

    /// The one appointment a reply can be about.
    private func appointment(
        of people: [UUID], _ now: Date, in work: UnitOfWork
    ) async throws -> (id: UUID, version: Int, person: UUID)? {
        let rows = try await work.sql.query(
            """
            SELECT id, version, person_id FROM appointment WHERE person_id = ANY(\(people)::uuid[])
                AND state IN ('confirmed', 'orphaned')
                AND COALESCE(starts_at, before_starts_at) BETWEEN \(now) AND \(now.addingTimeInterval(Self.horizon))
            ORDER BY starts_at LIMIT 2
            """
        ).rows
        guard rows.count == 1 else { return nil }
        let (id, version, person) = try rows[0].decode(UUID.self, Int.self, UUID.self)
        return (id, version, person)
    }
}
