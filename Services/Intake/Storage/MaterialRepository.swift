import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// The photos and signed forms, sealed at rest (ARCHITECTURE §3.10).
struct MaterialRepository: Sendable {
    let pool: PostgresPool
    let keyRing: KeyRing

    /// Stores or replaces the material, unless the submission has left the hands of applicant and station meanwhile.
    ///
    /// The submission's revision grows with it, so that a check decided on the old materials does not go through.
    ///
    /// - Returns: false when it may not be replaced any more; nothing is stored then.
    func store(
        _ material: MaterialContent, id: UUID, submission: UUID, at: Date, by: String
    ) async throws -> Bool {
        let box = try self.keyRing.sealLocal(
            material.bytes, context: MaterialContent.sealingContext(submission: submission, id: id, kind: material.kind)
        )
        // A statement that stands in for papers is compared by the departments, a new one anew (N17).
        let opens: SQL = material.kind.isStatement ? ", comparison = 'open'" : ""
        let task: SQL =
            material.kind.isStatement
            ? """
            , task AS (
                INSERT INTO comparison (submission, statement, sha256, opened_at)
                SELECT id, \(material.kind)::text, \(material.sha256)::text, \(at)::timestamptz FROM target
                ON CONFLICT (submission) DO UPDATE SET statement = EXCLUDED.statement, sha256 = EXCLUDED.sha256,
                    opened_at = EXCLUDED.opened_at, result = NULL, departments = NULL, settled_at = NULL, settled_by = NULL
            )
            """ : ""
        let stored = try await self.pool.query(
            """
            WITH target AS (
                UPDATE submission SET revision = revision + 1\(opens)
                WHERE id = \(submission) AND stage = ANY(\(SubmissionRecord.stagesTakingMaterials.map(\.rawValue))::text[])
                RETURNING id
            )\(task)
            INSERT INTO material (submission, kind, id, media_type, sha256, size, sealed, stored_at, stored_by)
            SELECT id, \(material.kind)::text, \(id)::uuid, \(material.type)::text, \(material.sha256)::text,
                   \(material.bytes.count)::integer, \(box)::bytea, \(at)::timestamptz, \(by)::text
            FROM target
            ON CONFLICT (submission, kind) DO UPDATE SET id = EXCLUDED.id, media_type = EXCLUDED.media_type,
                sha256 = EXCLUDED.sha256, size = EXCLUDED.size, sealed = EXCLUDED.sealed,
                stored_at = EXCLUDED.stored_at, stored_by = EXCLUDED.stored_by
            """)
        return stored.affected == 1
    }

    /// The plain bytes.
    ///
    /// - Throws: `AccessError` when the box was altered.
    func fetch(
        _ kind: MaterialKind, of submission: UUID
    ) async throws -> (type: MaterialContent.MediaType, sha256: String, bytes: [UInt8])? {
        let row = try await self.pool.query(
            "SELECT id, media_type, sha256, sealed FROM material WHERE submission = \(submission) AND kind = \(kind)"
        ).first
        guard let row else { return nil }
        let (id, type, sha256, box) = try row.decode(
            UUID.self, MaterialContent.MediaType.self, String.self, [UInt8].self)
        let bytes = try self.keyRing.openLocal(
            box, context: MaterialContent.sealingContext(submission: submission, id: id, kind: kind))
        return (type, sha256, bytes)
    }
}
