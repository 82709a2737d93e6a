import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Files that may be one person, and households.
extension PersonRepository {
    /// For each file another one of the same likeness, the oldest.
    ///
    /// - Parameter station: only among its files; nil for the whole district.
    func likely(
        _ files: [PersonFile], keptBy station: String?, in sql: PostgresTransaction
    ) async throws -> [UUID: UUID] {
        let asked = files.compactMap { file in
            file.facts.likeness.map { (id: file.id, hash: self.vault.likenessHash($0)) }
        }
        guard !asked.isEmpty else { return [:] }
        let rows = try await sql.query(
            """
            SELECT DISTINCT ON (a.id) a.id, p.id FROM unnest(\(asked.map(\.id))::uuid[], \(asked.map(\.hash))::bytea[]) AS a(id, hash)
            JOIN person p ON p.likeness_hash = a.hash AND p.id <> a.id AND p.duplicate_of IS NULL
                AND (\(station)::text IS NULL OR p.station = \(station))
            ORDER BY a.id, p.id
            """
        ).rows
        var likely: [UUID: UUID] = [:]
        for row in rows {
            let (file, other) = try row.decode(UUID.self, UUID.self)
            likely[file] = other
        }
        return likely
    }

    /// The oldest file of each likeness.
    ///
    /// - Parameter station: only among its files; nil for the whole district.
    func find(likenesses: [[UInt8]], keptBy station: String?) async throws -> [[UInt8]: UUID] {
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (likeness_hash) likeness_hash, id FROM person
            WHERE likeness_hash = ANY(\(likenesses)::bytea[]) AND duplicate_of IS NULL
                AND (\(station)::text IS NULL OR station = \(station))
            ORDER BY likeness_hash, id
            """
        ).rows
        var known: [[UInt8]: UUID] = [:]
        for row in rows {
            let (hash, id) = try row.decode([UInt8].self, UUID.self)
            known[hash] = id
        }
        return known
    }

    /// Pairs of one likeness that nobody has settled, oldest first.
    func doubles(limit: Int, offset: Int) async throws -> (pairs: [(one: PersonFile, other: PersonFile)], total: Int) {
        let rows = try await self.pool.query(
            """
            SELECT a.id, b.id, count(*) OVER ()
            FROM person a JOIN person b ON b.likeness_hash = a.likeness_hash AND b.id > a.id
            WHERE a.duplicate_of IS NULL AND b.duplicate_of IS NULL
              AND NOT EXISTS (SELECT FROM person_told_apart t WHERE t.one = a.id AND t.other = b.id)
            ORDER BY a.id, b.id LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        var pairs: [(one: UUID, other: UUID)] = []
        var total = 0
        for row in rows {
            let (one, other, count) = try row.decode(UUID.self, UUID.self, Int.self)
            pairs.append((one, other))
            total = count
        }
        let files = try await self.find(pairs.flatMap { [$0.one, $0.other] })
        return (
            pairs.compactMap { pair in
                guard let one = files[pair.one], let other = files[pair.other] else { return nil }
                return (one, other)
            }, total
        )
    }

    func find(_ ids: [UUID]) async throws -> [UUID: PersonFile] {
        let rows = try await self.pool.query(
            "SELECT \(Self.columns) FROM person p WHERE p.id = ANY(\(ids)::uuid[])"
        ).rows
        var files: [UUID: PersonFile] = [:]
        for row in rows {
            let file = try self.file(row)
            files[file.id] = file
        }
        return files
    }

    /// Everybody with the household number, oldest file first.
    func household(_ household: String) async throws -> [PersonFile] {
        try await self.pool.query(
            """
            SELECT \(Self.columns) FROM person p WHERE p.household_hash = \(self.vault.householdHash(household))
            ORDER BY p.id LIMIT 50
            """
        ).rows.map(self.file)
    }

    /// What keeps a file from being closed as a double.
    enum Closing: Sendable, Equatable {
        case closed
        /// It has a submission, so it is the one to keep.
        case hasSubmission
        /// One of the two is closed already, as a double of another.
        case isClosed
    }

    /// Closes a file as a double of another: nothing can be submitted on it any more.
    func close(
        _ double: UUID, keeping kept: UUID, by: String, at: Date, in sql: PostgresTransaction
    ) async throws -> Closing {
        for (id, closed) in try await self.lock(double, kept, in: sql) {
            if id == double, closed == kept { return .closed }
            if closed != nil { return .isClosed }
        }
        // Asked after the lock is held: a submission that was being written while we waited is seen.
        let live = try await sql.query("SELECT FROM submission s WHERE s.person = \(double) AND s.live")
        if live.first != nil { return .hasSubmission }
        try await sql.execute(
            """
            UPDATE person SET duplicate_of = \(kept), revision = revision + 1, changed_at = \(at), changed_by = \(by)
            WHERE id = \(double)
            """)
        return .closed
    }

    /// Both files locked, with the file each was closed for.
    private func lock(
        _ one: UUID, _ other: UUID, in sql: PostgresTransaction
    ) async throws -> [(id: UUID, closed: UUID?)] {
        try await sql.query(
            """
            SELECT p.id, p.duplicate_of FROM person p WHERE p.id = ANY(\([one, other])::uuid[]) ORDER BY p.id FOR UPDATE
            """
        ).rows.map { try $0.decode(UUID.self, UUID?.self) }
    }

    /// Records that two files are two people, unless one of them was closed as a double.
    func tellApart(
        _ one: UUID, _ other: UUID, by: String, at: Date, in sql: PostgresTransaction
    ) async throws -> Closing {
        for (_, closed) in try await self.lock(one, other, in: sql) where closed != nil { return .isClosed }
        try await sql.execute(
            """
            INSERT INTO person_told_apart (one, other, at, by)
            SELECT least(\(one)::uuid, \(other)::uuid), greatest(\(one)::uuid, \(other)::uuid), \(at), \(by)
            ON CONFLICT DO NOTHING
            """)
        return .closed
    }

    /// How far the roster of a station is.
    struct Figures: Sendable {
        let station: String
        let people: Int
        let complete: Int
        let submitted: Int
        let delivered: Int
    }

    /// - Parameter station: nil for every station.
    func figures(station: String?) async throws -> [Figures] {
        try await self.pool.query(
            """
            SELECT p.station, count(*), count(*) FILTER (WHERE p.file_complete), count(s.id),
                   count(*) FILTER (WHERE s.stage = 'delivered')
            FROM person p LEFT JOIN submission s ON s.person = p.id AND s.live
            WHERE p.duplicate_of IS NULL AND (\(station)::text IS NULL OR p.station = \(station))
            GROUP BY p.station ORDER BY p.station
            """
        ).rows.map { row in
            let (station, people, complete, submitted, delivered) = try row.decode(
                String.self, Int.self, Int.self, Int.self, Int.self)
            return Figures(
                station: station, people: people, complete: complete, submitted: submitted, delivered: delivered)
        }
    }
}
