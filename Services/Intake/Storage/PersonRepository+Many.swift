import Access
import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Many files in one statement each: a roster comes in lists of a thousand.
extension PersonRepository {
    typealias Written = (file: PersonFile, change: Change)

    /// - Returns: the ids that were written; the others' identity numbers were registered meanwhile.
    func insert(_ files: [Written], in sql: PostgresTransaction) async throws -> Set<UUID> {
        guard !files.isEmpty else { return [] }
        let keyed = try files.map { (row: try self.row($0), hash: try self.vault.identityHash($0.file.facts)) }
        let result = try await sql.query(
            """
            INSERT INTO person (id, identity_hash, division, station, batch, lane, file_complete, facts, revision,
                                registered_at, changed_at, changed_by, household_hash, likeness_hash)
            SELECT f.id, f.identity, f.division, f.station, f.batch, f.lane, f.complete, f.facts, 1, f.at, f.at, f.by,
                   f.household, f.likeness
            FROM unnest(\(keyed.map(\.row.id))::uuid[], \(keyed.map(\.hash))::bytea[],
                        \(files.map(\.file.division))::text[], \(keyed.map(\.row.station))::text[],
                        \(keyed.map(\.row.batch))::bigint[], \(keyed.map(\.row.lane))::text[],
                        \(keyed.map(\.row.isComplete))::boolean[], \(keyed.map(\.row.box))::bytea[],
                        \(keyed.map(\.row.at))::timestamptz[], \(keyed.map(\.row.by))::text[],
                        \(keyed.map(\.row.household))::bytea[], \(keyed.map(\.row.likeness))::bytea[])
                 AS f(id, identity, division, station, batch, lane, complete, facts, at, by, household, likeness)
            -- One order for everybody: two lists with the same people wait for one another, not each for the other.
            ORDER BY f.identity
            ON CONFLICT (identity_hash) DO NOTHING
            RETURNING id
            """)
        return Set(try result.rows.map { try $0.decode(UUID.self) })
    }

    /// - Parameter files: with the revisions that were read.
    /// - Returns: the ids that were written; the others were changed since.
    func update(_ files: [Written], in sql: PostgresTransaction) async throws -> Set<UUID> {
        guard !files.isEmpty else { return [] }
        let rows = try files.map { try self.row($0) }
        let result = try await sql.query(
            """
            UPDATE person p SET station = f.station, batch = f.batch, lane = f.lane, file_complete = f.complete,
                facts = f.facts, revision = p.revision + 1, changed_at = f.at, changed_by = f.by,
                household_hash = f.household, likeness_hash = f.likeness
            FROM unnest(\(rows.map(\.id))::uuid[], \(files.map(\.file.revision))::bigint[],
                        \(rows.map(\.station))::text[], \(rows.map(\.batch))::bigint[], \(rows.map(\.lane))::text[],
                        \(rows.map(\.isComplete))::boolean[], \(rows.map(\.box))::bytea[],
                        \(rows.map(\.at))::timestamptz[], \(rows.map(\.by))::text[],
                        \(rows.map(\.household))::bytea[], \(rows.map(\.likeness))::bytea[])
                 AS f(id, revision, station, batch, lane, complete, facts, at, by, household, likeness)
            WHERE p.id = f.id AND p.revision = f.revision
            RETURNING p.id
            """)
        return Set(try result.rows.map { try $0.decode(UUID.self) })
    }

    /// The files with these hashes of identity numbers, locked in the order of the hashes until the end of the
    /// transaction. Absent ones are left out.
    func lock(identityHashes: [[UInt8]], in sql: PostgresTransaction) async throws -> [[UInt8]: PersonFile] {
        let rows = try await sql.query(
            """
            SELECT p.identity_hash, \(Self.columns) FROM person p
            WHERE p.identity_hash = ANY(\(identityHashes)::bytea[]) ORDER BY p.identity_hash FOR UPDATE
            """
        ).rows
        var files: [[UInt8]: PersonFile] = [:]
        files.reserveCapacity(rows.count)
        for row in rows { files[try row.decode([UInt8].self)] = try self.file(row) }
        return files
    }

    /// What stands in a row besides the identity hash.
    private struct Row {
        let id: UUID
        let station: String
        let batch: Int?
        let lane: String
        let isComplete: Bool
        let box: [UInt8]
        let at: Date
        let by: String
        let household: [UInt8]?
        let likeness: [UInt8]?
    }

    private func row(_ written: Written) throws -> Row {
        let (file, change) = written
        return Row(
            id: file.id, station: file.station, batch: change.batch, lane: change.lane.rawValue,
            isComplete: file.fileComplete, box: try self.vault.seal(file.facts, person: file.id), at: change.at,
            by: change.by, household: file.facts.household.map(self.vault.householdHash),
            likeness: file.facts.likeness.map(self.vault.likenessHash))
    }
}
