import CardProgramme
import Contracts
import FoundationEssentials
import NIOConcurrencyHelpers
import PostgreSQL

/// The words of messages, calls and letters, by version. What was saved was checked; what is said in messages is read again
/// every few seconds, the others when they are needed.
final class TemplateStore: Sendable {
    private let pool: PostgresPool
    private let standard: [MessagePurpose: MessageTemplate]
    private let standardLetter: MessageTemplate
    private let known = NIOLockedValueBox<(at: ContinuousClock.Instant, templates: [MessagePurpose: CurrentTemplate])?>(
        nil)

    /// Real time after which is read again.
    static let age = Duration.seconds(2)

    init(pool: PostgresPool) throws {
        self.pool = pool
        self.standard = try StandardTemplates.all()
        self.standardLetter = try StandardTemplates.letter()
    }

    func current() async throws -> [MessagePurpose: CurrentTemplate] {
        if let known = self.known.withLockedValue({ $0 }), known.at.duration(to: .now) < Self.age {
            return known.templates
        }
        let at = ContinuousClock.Instant.now
        var templates = self.standard.mapValues { CurrentTemplate(version: 0, template: $0) }
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (purpose) purpose, version, body FROM template WHERE channel = 'message'
            ORDER BY purpose, version DESC
            """
        ).rows
        for row in rows {
            let (purpose, version, body) = try row.decode(MessagePurpose.self, Int.self, String.self)
            // What an older release let pass and this one does not is not said.
            guard let template = try? MessageTemplate(purpose: purpose, body: body) else { continue }
            templates[purpose] = CurrentTemplate(version: version, template: template)
        }
        let found = templates
        self.known.withLockedValue { $0 = (at, found) }
        return found
    }

    /// What the office itself says in calls or letters; a purpose without words of its own is left out.
    func own(_ channel: TemplateChannel) async throws -> [MessagePurpose: CurrentTemplate] {
        var own: [MessagePurpose: CurrentTemplate] = [:]
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (purpose) purpose, version, body FROM template WHERE channel = \(channel.rawValue)
            ORDER BY purpose, version DESC
            """
        ).rows
        for row in rows {
            let (purpose, version, body) = try row.decode(MessagePurpose.self, Int.self, String.self)
            guard let template = try? MessageTemplate(purpose: purpose, channel: channel, body: body) else { continue }
            own[purpose] = CurrentTemplate(version: version, template: template)
        }
        return own
    }

    /// Everything that is said, as it is in force: messages, then calls, then letters.
    func list() async throws -> [NotificationAPI.Template] {
        let messages = try await self.current()
        let calls = try await self.own(.call)
        let letter = try await self.letter()
        func shown(
            _ purpose: MessagePurpose, _ channel: TemplateChannel, _ version: Int, _ body: String
        )
            -> NotificationAPI.Template
        { NotificationAPI.Template(purpose: purpose, channel: channel, version: version, body: body) }
        return MessagePurpose.allCases.compactMap { purpose in
            messages[purpose].map { shown(purpose, .message, $0.version, $0.template.body) }
        }
            + MessagePurpose.allCases.map { purpose in
                calls[purpose].map { shown(purpose, .call, $0.version, $0.template.body) }
                    ?? shown(purpose, .call, 0, CallScript.matter(purpose).zh)
            } + [shown(.outreach, .letter, letter.version, letter.template.body)]
    }

    /// What the office itself says about a purpose in calls; nil where it has said nothing.
    func call(_ purpose: MessagePurpose) async throws -> MessageTemplate? {
        try await self.own(.call)[purpose]?.template
    }

    /// The words of a letter.
    ///
    /// - Parameter version: as they were then; nil as they are now.
    func letter(_ version: Int? = nil) async throws -> CurrentTemplate {
        let standard = CurrentTemplate(version: 0, template: self.standardLetter)
        guard let version else { return try await self.own(.letter)[.outreach] ?? standard }
        let body = try await self.pool.query(
            """
            SELECT body FROM template
            WHERE channel = 'letter' AND purpose = \(MessagePurpose.outreach) AND version = \(version)
            """
        ).rows.first?.decode(String.self)
        guard let body, let template = try? MessageTemplate(purpose: .outreach, channel: .letter, body: body) else {
            return standard
        }
        return CurrentTemplate(version: version, template: template)
    }

    /// Saves new words of a purpose.
    ///
    /// - Parameter version: the one in force as whoever writes has seen it.
    /// - Returns: the new version; nil when somebody else was faster.
    func save(_ template: MessageTemplate, after version: Int, by: String, at now: Date) async throws -> Int? {
        let row = try await self.pool.query(
            """
            INSERT INTO template (purpose, channel, version, body, saved_by, saved_at)
            SELECT \(template.purpose)::text, \(template.channel.rawValue)::text, \(version + 1), \(template.body), \(by),
                \(now)
            WHERE \(version) = COALESCE((SELECT max(version) FROM template
                WHERE purpose = \(template.purpose) AND channel = \(template.channel.rawValue)), 0)
            ON CONFLICT DO NOTHING RETURNING version
            """
        ).rows.first
        self.known.withLockedValue { $0 = nil }
        return try row?.decode(Int.self)
    }
}
