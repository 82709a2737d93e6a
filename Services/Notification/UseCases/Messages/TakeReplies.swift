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
        let replies = ReplyStore(sql: work.sql)
        let isNew = try await replies.keep(
            ReplyStore.NewReply(
                id: id, provider: provider, reference: message.reference ?? id.uuidString, digest: digest,
                content: try self.seal.seal("\(message.from.e164)\n\(ReplyMeaning.shown(message.text))", id: id),
                meaning: meaning.rawValue), at: now)
        guard isNew else { return }
        try await replies.note(try await self.act(on: meaning, digest, id, now, in: work), of: id)
    }

    /// - Returns: what was done, as a code.
    private func act(
        on meaning: ReplyMeaning, _ digest: [UInt8], _ reply: UUID, _ now: Date, in work: UnitOfWork
    ) async throws -> String {
        let replies = ReplyStore(sql: work.sql)
        switch meaning {
        case .optOut, .optOutAll:
            try await replies.suppress(digest, meaning == .optOutAll ? "all" : "outreach", at: now)
            return "optedOut"
        case .optIn:
            try await replies.restore(digest)
            return "optedIn"
        case .coming, .wantsChange, .other:
            break
        }
        let people = try await replies.people(with: digest)
        guard let first = people.first else { return "unknownNumber" }
        // Whoever writes back is alive and has read it; a phone of several people tells nothing of one of them.
        if people.count == 1 {
            try await CampaignProgress(sql: work.sql).end(
                [CampaignProgress.Sign(person: first, outcome: .informed, evidence: .reply, evidenceID: reply)], at: now
            )
        }
        let appointment = try await replies.appointment(
            of: people, from: now, until: now.addingTimeInterval(Self.horizon))
        func task(_ reason: NewCallTask.Reason, _ subject: ReplyStore.Subject?) -> NewCallTask {
            NewCallTask(
                person: subject?.person ?? first, reason: reason, purpose: .appointmentReminder,
                subject: subject?.id ?? reply, subjectVersion: subject?.version ?? 0, dueAt: now,
                notAfter: now.addingTimeInterval(7 * 86_400))
        }
        let calls = CallTaskWriter(sql: work.sql)
        guard people.count == 1, meaning != .other, let appointment else {
            try await calls.open([task(.reply, nil)], at: now)
            return people.count > 1 ? "sharedPhone" : "forStaff"
        }
        if meaning == .coming {
            try await replies.noteComing(appointment.id, at: now)
            return "coming"
        }
        try await calls.open([task(.wantsChange, appointment)], at: now)
        return "wantsChange"
    }
}
