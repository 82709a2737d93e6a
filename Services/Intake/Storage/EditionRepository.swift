import CardProgramme
import FoundationEssentials
import PostgreSQL

extension Recheck.Effect: PostgresEncodable, PostgresDecodable {}

/// The issues of the programme that have been in force, and what re-checking after an amendment found.
struct EditionRepository: Sendable {
    let pool: PostgresPool
    let persons: PersonRepository

    struct Edition: Sendable {
        let id: Int
        let code: String
        let version: Int
        let yaml: String
        let takenOn: CalendarDay
        /// The last person looked at.
        let cursor: UUID?
        let isFinished: Bool
        let figures: Figures
    }

    struct Figures: Sendable, Equatable {
        var looked = 0
        var renumbered = 0
        var dueMoved = 0
    }

    private static let columns: SQL =
        "id, code, version, yaml, taken_on, cursor, finished, looked, renumbered, due_moved"

    private static func edition(_ row: PostgresRow) throws -> Edition {
        let (id, code, version, yaml, takenOn, cursor, isFinished, looked, renumbered, dueMoved) = try row.decode(
            Int.self, String.self, Int.self, String.self, CalendarDay.self, UUID?.self, Bool.self, Int.self, Int.self,
            Int.self)
        return Edition(
            id: id, code: code, version: version, yaml: yaml, takenOn: takenOn, cursor: cursor, isFinished: isFinished,
            figures: Figures(looked: looked, renumbered: renumbered, dueMoved: dueMoved))
    }

    /// Throws unless a programme has been taken into force.
    static func probe(_ pool: PostgresPool) async throws {
        guard try await pool.query("SELECT FROM programme_edition LIMIT 1").first != nil else { throw NoEdition() }
    }

    struct NoEdition: Error {}

    // MARK: - Taking into force

    /// The newest issue. Nobody else takes one into force until the transaction ends.
    func lockNewest(in sql: PostgresTransaction) async throws -> Edition? {
        try await sql.execute("LOCK TABLE programme_edition IN SHARE ROW EXCLUSIVE MODE")
        return try await sql.query("SELECT \(Self.columns) FROM programme_edition ORDER BY id DESC LIMIT 1").first
            .map(Self.edition)
    }

    func insert(
        _ programme: Programme, yaml: String, takenOn: CalendarDay, needsRecheck: Bool, in sql: PostgresTransaction
    ) async throws {
        try await sql.execute(
            """
            INSERT INTO programme_edition (code, version, yaml, taken_on, finished)
            VALUES (\(programme.code), \(programme.version), \(yaml), \(takenOn)::date, \(!needsRecheck))
            """)
    }

    // MARK: - Re-checking

    /// The oldest issue whose re-check goes on, and the one before it. Nil while another instance is at work on it.
    func lockUnfinished(in sql: PostgresTransaction) async throws -> (edition: Edition, before: Edition)? {
        let rows = try await sql.query(
            """
            SELECT \(Self.columns) FROM programme_edition
            WHERE id = (SELECT min(id) FROM programme_edition WHERE NOT finished)
            FOR NO KEY UPDATE SKIP LOCKED
            """)
        guard let edition = try rows.first.map(Self.edition),
            let before = try await sql.query(
                "SELECT \(Self.columns) FROM programme_edition WHERE id < \(edition.id) ORDER BY id DESC LIMIT 1"
            ).first.map(Self.edition)
        else { return nil }
        return (edition, before)
    }

    func hasUnfinished() async throws -> Bool {
        try await self.pool.query("SELECT FROM programme_edition WHERE NOT finished LIMIT 1").first != nil
    }

    /// A person to look at, with the submission under way.
    struct Subject: Sendable {
        struct Open: Sendable {
            let id: UUID
            let stage: SubmissionStage
            let batch: Int
            let since: Date
            let dueOn: CalendarDay?
            let submittedOn: CalendarDay
        }

        let file: PersonFile
        let batch: Int?
        let lane: Lane
        let open: Open?
    }

    /// The next files in the order of their ids, locked, with their live submissions, locked as well; each kind in the
    /// order everybody else locks it in.
    func page(after cursor: UUID?, limit: Int, in sql: PostgresTransaction) async throws -> [Subject] {
        let start: SQL = cursor.map { "WHERE id > \($0)" } ?? ""
        let rows = try await sql.query(
            """
            SELECT \(PersonRepository.columns), p.batch, p.lane FROM person p
            WHERE p.id IN (SELECT id FROM person \(start) ORDER BY id LIMIT \(limit))
            ORDER BY p.identity_hash FOR NO KEY UPDATE
            """
        ).rows
        let files = try rows.map { row in
            (
                file: try self.persons.file(row), batch: try row.decode(Int?.self, column: "batch"),
                lane: try row.decode(Lane.self, column: "lane")
            )
        }
        let open = try await sql.query(
            """
            SELECT person, id, stage, batch, stage_since, due_on, submitted_at FROM submission
            WHERE live AND person = ANY(\(files.map(\.file.id))::uuid[]) ORDER BY id FOR NO KEY UPDATE
            """
        ).rows
        var submissions: [UUID: Subject.Open] = [:]
        for row in open {
            let (person, id, stage, batch, since, dueOn, submittedAt) = try row.decode(
                UUID.self, UUID.self, SubmissionStage.self, Int.self, Date.self, CalendarDay?.self, Date.self)
            submissions[person] = Subject.Open(
                id: id, stage: stage, batch: batch, since: since, dueOn: dueOn, submittedOn: CalendarDay(submittedAt))
        }
        return files.map { Subject(file: $0.file, batch: $0.batch, lane: $0.lane, open: submissions[$0.file.id]) }
    }

    /// What looking at a page came to.
    struct Outcome: Sendable {
        var findings: [(person: UUID, submission: UUID?, finding: Recheck.Finding)] = []
        var persons: [(id: UUID, batch: Int?, lane: Lane)] = []
        var batches: [(submission: UUID, batch: Int)] = []
        var dues: [(submission: UUID, dueOn: CalendarDay)] = []
    }

    /// Writes a page's outcome and how far the re-check has come.
    ///
    /// - Parameter last: the last person looked at; nil when there was nobody left, which ends it.
    func record(
        _ outcome: Outcome, of edition: Edition, last: UUID?, looked: Int, in sql: PostgresTransaction
    ) async throws {
        if !outcome.findings.isEmpty {
            try await sql.execute(
                """
                INSERT INTO programme_recheck (edition, person, submission, effect, opens_before, opens_after)
                SELECT \(edition.id)::bigint, f.person, f.submission, f.effect, f.before::date, f.after::date
                FROM unnest(\(outcome.findings.map(\.person))::uuid[], \(outcome.findings.map(\.submission))::uuid[],
                            \(outcome.findings.map(\.finding.effect.rawValue))::text[],
                            \(outcome.findings.map { $0.finding.before?.description })::text[],
                            \(outcome.findings.map { $0.finding.after?.description })::text[])
                     AS f(person, submission, effect, before, after)
                ON CONFLICT DO NOTHING
                """)
        }
        if !outcome.persons.isEmpty {
            try await sql.execute(
                """
                UPDATE person p SET batch = n.batch, lane = n.lane, revision = p.revision + 1
                FROM unnest(\(outcome.persons.map(\.id))::uuid[], \(outcome.persons.map(\.batch))::bigint[],
                            \(outcome.persons.map(\.lane.rawValue))::text[]) AS n(id, batch, lane)
                WHERE p.id = n.id
                """)
        }
        if !outcome.batches.isEmpty {
            try await sql.execute(
                """
                UPDATE submission s SET batch = n.batch, revision = s.revision + 1
                FROM unnest(\(outcome.batches.map(\.submission))::uuid[], \(outcome.batches.map(\.batch))::bigint[])
                     AS n(id, batch)
                WHERE s.id = n.id
                """)
        }
        if !outcome.dues.isEmpty {
            try await sql.execute(
                """
                UPDATE submission s SET due_on = n.due_on::date, revision = s.revision + 1
                FROM unnest(\(outcome.dues.map(\.submission))::uuid[], \(outcome.dues.map(\.dueOn.description))::text[])
                     AS n(id, due_on)
                WHERE s.id = n.id
                """)
        }
        try await sql.execute(
            """
            UPDATE programme_edition SET looked = looked + \(looked), cursor = coalesce(\(last)::uuid, cursor),
                renumbered = renumbered + \(outcome.batches.count), due_moved = due_moved + \(outcome.dues.count),
                finished = \(last == nil)
            WHERE id = \(edition.id)
            """)
    }

    // MARK: - Reading

    /// The newest issue and the one before it.
    func newest() async throws -> (edition: Edition, before: Edition?)? {
        let editions = try await self.pool.query(
            "SELECT \(Self.columns) FROM programme_edition ORDER BY id DESC LIMIT 2"
        ).rows.map(Self.edition)
        return editions.first.map { ($0, editions.dropFirst().first) }
    }

    /// How many people an issue concerns by effect, and how many of them were under way.
    func counts(of edition: Int) async throws -> [Recheck.Effect: (people: Int, underWay: Int)] {
        let rows = try await self.pool.query(
            """
            SELECT effect, count(*), count(submission) FROM programme_recheck WHERE edition = \(edition) GROUP BY effect
            """
        ).rows
        var counts: [Recheck.Effect: (people: Int, underWay: Int)] = [:]
        for row in rows {
            let (effect, people, underWay) = try row.decode(Recheck.Effect.self, Int.self, Int.self)
            counts[effect] = (people, underWay)
        }
        return counts
    }

    /// Whom an issue concerns, in the order of their ids.
    struct Concerned: Sendable {
        let person: UUID
        let submission: UUID?
        let station: String
        let finding: Recheck.Finding
    }

    func concerned(
        by edition: Int, effect: Recheck.Effect, limit: Int, offset: Int
    ) async throws -> [Concerned] {
        try await self.pool.query(
            """
            SELECT r.person, r.submission, p.station, r.effect, r.opens_before, r.opens_after
            FROM programme_recheck r JOIN person p ON p.id = r.person
            WHERE r.edition = \(edition) AND r.effect = \(effect) ORDER BY r.person LIMIT \(limit) OFFSET \(offset)
            """
        ).rows.map { row in
            let (person, submission, station, effect, before, after) = try row.decode(
                UUID.self, UUID?.self, String.self, Recheck.Effect.self, CalendarDay?.self, CalendarDay?.self)
            return Concerned(
                person: person, submission: submission, station: station,
                finding: Recheck.Finding(effect: effect, before: before, after: after))
        }
    }
}
