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
        p.id AS person_id, p.division AS person_division, p.station AS person_station, p.facts,
        p.revision AS person_revision, p.duplicate_of
        """

    func find(_ id: UUID) async throws -> PersonFile? {
        try await self.pool.query("SELECT \(Self.columns) FROM person p WHERE p.id = \(id)").first.map(self.file)
    }

    func find(identityHash: [UInt8]) async throws -> PersonFile? {
        try await self.pool.query("SELECT \(Self.columns) FROM person p WHERE p.identity_hash = \(identityHash)").first
            .map(self.file)
    }

    /// The files of many people; whoever is not on the roster is missing in the answer.
    func files(_ people: [UUID]) async throws -> [UUID: PersonFile] {
        guard !people.isEmpty else { return [:] }
        let files = try await self.pool.query(
            "SELECT \(Self.columns) FROM person p WHERE p.id = ANY(\(people)::uuid[])"
        ).rows.map(self.file)
        return Dictionary(files.map { ($0.id, $0) }) { first, _ in first }
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
    func insert(_ file: PersonFile, _ change: Change, in sql: PostgresTransaction) async throws -> Bool {
        try await self.insert([(file, change)], in: sql).contains(file.id)
    }

    /// - Parameter file: with the revision that was read.
    /// - Returns: false when somebody changed the file since.
    func update(_ file: PersonFile, _ change: Change, in sql: PostgresTransaction) async throws -> Bool {
        try await self.update([(file, change)], in: sql).contains(file.id)
    }

    /// Reads the file out of a row that has ``columns``.
    func file(_ row: PostgresRow) throws -> PersonFile {
        let id = try row.decode(UUID.self, column: "person_id")
        return PersonFile(
            id: id, division: try row.decode(String.self, column: "person_division"),
            station: try row.decode(String.self, column: "person_station"),
            facts: try self.vault.open(try row.decode([UInt8].self, column: "facts"), person: id),
            revision: try row.decode(Int.self, column: "person_revision"),
            duplicateOf: try row.decode(UUID?.self, column: "duplicate_of"))
    }
}

/// Seals the personal part of a file for its row, and opens it again.
struct FactsVault: Sendable {
    let keyRing: KeyRing

    func seal(_ facts: PersonFacts, person: UUID) throws -> [UInt8] {
        try self.keyRing.sealLocal(
            try ContractCoding.encode(facts), context: PersonFacts.sealingContext(person: person))
    }

    func identityHash(_ facts: PersonFacts) throws -> [UInt8] {
        self.keyRing.identityHash(try IdentityNumber(facts.identityNumber))
    }

    func householdHash(_ household: String) -> [UInt8] {
        self.keyRing.blindIndex(household, purpose: "household")
    }

    func likenessHash(_ likeness: String) -> [UInt8] {
        self.keyRing.blindIndex(likeness, purpose: "likeness")
    }

    func open(_ box: [UInt8], person: UUID) throws -> PersonFacts {
        try ContractCoding.decode(
            PersonFacts.self,
            from: try self.keyRing.openLocal(box, context: PersonFacts.sealingContext(person: person)))
    }
}
