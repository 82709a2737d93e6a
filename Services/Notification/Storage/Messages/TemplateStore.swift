import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers
import PostgreSQL

/// The words of messages, by version. What was saved was checked; what is in force is read again every few seconds.
final class TemplateStore: Sendable {
    private let pool: PostgresPool
    private let standard: [MessagePurpose: MessageTemplate]
    private let known = NIOLockedValueBox<(at: ContinuousClock.Instant, templates: [MessagePurpose: CurrentTemplate])?>(
        nil)

    /// Real time after which is read again.
    static let age = Duration.seconds(2)

    init(pool: PostgresPool) throws {
        self.pool = pool
        self.standard = try StandardTemplates.all()
    }

    func current() async throws -> [MessagePurpose: CurrentTemplate] {
        if let known = self.known.withLockedValue({ $0 }), known.at.duration(to: .now) < Self.age {
            return known.templates
        }
        let at = ContinuousClock.Instant.now
        var templates = self.standard.mapValues { CurrentTemplate(version: 0, template: $0) }
        let rows = try await self.pool.query(
            "SELECT DISTINCT ON (purpose) purpose, version, body FROM template ORDER BY purpose, version DESC"
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

    /// Saves new words of a purpose.
    ///
    /// - Parameter version: the one in force as whoever writes has seen it.
    /// - Returns: the new version; nil when somebody else was faster.
    func save(_ template: MessageTemplate, after version: Int, by: String, at now: Date) async throws -> Int? {
        let row = try await self.pool.query(
            """
            INSERT INTO template (purpose, version, body, saved_by, saved_at)
            SELECT \(template.purpose)::text, \(version + 1), \(template.body), \(by), \(now)
            WHERE \(version) = COALESCE((SELECT max(version) FROM template WHERE purpose = \(template.purpose)), 0)
            ON CONFLICT DO NOTHING RETURNING version
            """
        ).rows.first
        self.known.withLockedValue { $0 = nil }
        return try row?.decode(Int.self)
    }
}
