import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL

/// What one service's database says about its messages and its submissions, read once.
struct AuditSnapshot: Sendable {
    /// The last message of a stream and subject.
    struct Mark: Sendable, Hashable {
        let number: Int
        let id: UUID?
    }

    struct Figures: Sendable {
        var outbox = 0
        var inbox = 0
        var held = 0
        var deferred = 0
        var parked = 0
        /// Messages given up by a person, over all time.
        var discarded = 0
    }

    let service: ServiceName
    /// Emitted: by stream and subject.
    var heads: [SubjectKey: Mark] = [:]
    /// Applied: by stream and subject.
    var cursors: [SubjectKey: Mark] = [:]
    /// Numbers in the outbox.
    var unsent: [SubjectKey: Set<Int>] = [:]
    /// Numbers held, deferred, parked or skipped.
    var waiting: [SubjectKey: [Int: String]] = [:]
    /// Submissions and their stage here.
    var stages: [UUID: SubmissionStage] = [:]
    /// Campaigns of outreach; the voice has them.
    var campaigns: [CampaignAudit] = []
    var figures = Figures()

    static func read(_ service: ServiceName, _ pool: PostgresPool) async throws -> AuditSnapshot {
        var snapshot = AuditSnapshot(service: service)
        // The consumer's side first: what is emitted afterwards then looks outstanding, never what was applied.
        for row in try await pool.query("SELECT stream, subject, applied, message_id FROM stream_cursor").rows {
            let (stream, subject, number, id) = try row.decode(String.self, UUID.self, Int.self, UUID?.self)
            snapshot.cursors[SubjectKey(stream: stream, subject: subject)] = Mark(number: number, id: id)
        }
        for row in try await pool.query(
            "SELECT stream, subject, number, state FROM waiting WHERE stream IS NOT NULL"
        ).rows {
            let (stream, subject, number, state) = try row.decode(String.self, UUID.self, Int.self, String.self)
            snapshot.waiting[SubjectKey(stream: stream, subject: subject), default: [:]][number] = state
        }
        for row in try await pool.query("SELECT destination, subject, number FROM outbox").rows {
            let (destination, subject, number) = try row.decode(String.self, UUID.self, Int.self)
            guard let key = Self.key(service, destination, subject) else { continue }
            snapshot.unsent[key, default: []].insert(number)
        }
        for row in try await pool.query("SELECT destination, subject, number, message_id FROM stream_head").rows {
            let (destination, subject, number, id) = try row.decode(String.self, UUID.self, Int.self, UUID.self)
            guard let key = Self.key(service, destination, subject) else { continue }
            snapshot.heads[key] = Mark(number: number, id: id)
        }
        if let table = Self.places[service] {
            for row in try await pool.query(table).rows {
                let (id, stage) = try row.decode(UUID.self, String.self)
                snapshot.stages[id] = SubmissionStage(rawValue: stage)
            }
        }
        if service == .notification { snapshot.campaigns = try await CampaignAudit.read(pool) }
        snapshot.figures = try await Self.figures(pool)
        return snapshot
    }

    /// Where each service keeps submissions.
    private static let places: [ServiceName: SQL] = [
        .intake: "SELECT id, stage FROM submission",
        .verification: "SELECT submission_id, stage FROM verification_case",
        .review: "SELECT submission_id, stage FROM review_case",
        .issuance: "SELECT submission_id, stage FROM card_order",
    ]

    private static func figures(_ pool: PostgresPool) async throws -> Figures {
        let row = try await pool.query(
            """
            SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox),
                   (SELECT count(*) FROM waiting WHERE state = 'held'),
                   (SELECT count(*) FROM waiting WHERE state = 'deferred'),
                   (SELECT count(*) FROM waiting WHERE state = 'parked'),
                   (SELECT count(*) FROM parked_action WHERE action = 'discard')
            """
        ).rows[0]
        let (outbox, inbox, held, deferred, parked, discarded) = try row.decode(
            Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
        return Figures(
            outbox: outbox, inbox: inbox, held: held, deferred: deferred, parked: parked, discarded: discarded)
    }

    private static func key(_ producer: ServiceName, _ destination: String, _ subject: UUID) -> SubjectKey? {
        ServiceName(rawValue: destination).map {
            SubjectKey(stream: Envelope.stream(from: producer, to: $0), subject: subject)
        }
    }
}
