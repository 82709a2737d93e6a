import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The personal files. Facts are sealed on the way in and opened on the way out; nobody else sees the box.
struct PersonRepository: Sendable {
    let pool: PostgresPool
    let vault: FactsVault

    /// What ``file(_:)`` reads by name; the table is `person p`.
    static let columns: SQL = """
        p.id AS person_id, p.division AS person_division, p.station AS person_station, p.file_complete, p.facts,
        p.revision AS person_revision
        """

    func find(_ id: UUID) async throws -> PersonFile? {
        try await self.pool.query("SELECT \(Self.columns) FROM person p WHERE p.id = \(id)").first.map(self.file)
    }

    func find(identityHash: [UInt8]) async throws -> PersonFile? {
        try await self.pool.query("SELECT \(Self.columns) FROM person p WHERE p.identity_hash = \(identityHash)").first
            .map(self.file)
    }

    /// Where a change of a file comes from, and what it means on that day.
    struct Change: Sendable {
        let batch: Int?
        let lane: Lane
        let at: Date
        /// Opaque id of the member of staff.
        let by: String
    }

    /// - Returns: false when somebody registered the same person meanwhile.
    func insert(
        _ file: PersonFile, identityHash: [UInt8], _ change: Change, in sql: PostgresTransaction
    ) async throws -> Bool {
        let box = try self.vault.seal(file.facts, person: file.id)
        let inserted = try await sql.execute(
            """
            INSERT INTO person (id, identity_hash, division, station, batch, lane, file_complete, facts, revision,
                                registered_at, changed_at, changed_by)
            VALUES (\(file.id), \(identityHash), \(file.division), \(file.station), \(change.batch), \(change.lane),
                    \(file.fileComplete), \(box), \(file.revision), \(change.at), \(change.at), \(change.by))
            ON CONFLICT (identity_hash) DO NOTHING
            """)
        return inserted == 1
    }

    /// - Parameter file: with the revision that was read.
    /// - Returns: false when somebody changed the file since.
    func update(_ file: PersonFile, _ change: Change, in sql: PostgresTransaction) async throws -> Bool {
        let box = try self.vault.seal(file.facts, person: file.id)
        let updated = try await sql.execute(
            """
            UPDATE person SET station = \(file.station), batch = \(change.batch), lane = \(change.lane),
                file_complete = \(file.fileComplete), facts = \(box), revision = revision + 1,
                changed_at = \(change.at), changed_by = \(change.by)
            WHERE id = \(file.id) AND revision = \(file.revision)
            """)
        return updated == 1
    }

    /// Reads the file out of a row that has ``columns``.
    func file(_ row: PostgresRow) throws -> PersonFile {
        let id = try row.decode(UUID.self, column: "person_id")
        return PersonFile(
            id: id, division: try row.decode(String.self, column: "person_division"),
            station: try row.decode(String.self, column: "person_station"),
            fileComplete: try row.decode(Bool.self, column: "file_complete"),
            facts: try self.vault.open(try row.decode([UInt8].self, column: "facts"), person: id),
            revision: try row.decode(Int.self, column: "person_revision"))
    }
}

/// Seals the personal part of a file for its row, and opens it again.
struct FactsVault: Sendable {
    let keyRing: KeyRing

    func seal(_ facts: PersonFacts, person: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(
            try ContractCoding.encode(facts), context: PersonFacts.sealingContext(person: person))
    }

    func open(_ box: [UInt8], person: UUID) throws -> PersonFacts {
        try ContractCoding.decode(
            PersonFacts.self,
            from: try self.keyRing.openLocal(box, context: PersonFacts.sealingContext(person: person)))
    }
}
