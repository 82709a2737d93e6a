import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// Handing in: everything the decision needs in one statement, and everything it writes in another.
extension SubmissionRepository {
    /// What is on record before somebody submits.
    struct Admission: Sendable {
        /// Nil for nobody registered.
        let file: PersonFile?
        /// The stage of the person's submission that was not refused.
        let liveStage: SubmissionStage?
        /// What was answered to a request with this key before.
        let earlier: (requestHash: [UInt8], answer: [UInt8])?
    }

    /// - Parameters:
    ///   - caller: whose idempotency keys; two callers' equal keys have nothing to do with one another.
    func admission(person: UUID, caller: String, key: String) async throws -> Admission {
        let row = try await self.pool.query(
            """
            SELECT i.request_hash, i.answer, s.stage, \(PersonRepository.columns)
            FROM (SELECT) AS one
            LEFT JOIN person p ON p.id = \(person)
            LEFT JOIN submission s ON s.person = p.id AND s.live
            LEFT JOIN idempotency i ON i.caller = \(caller) AND i.key = \(key)
            """
        ).first
        guard let row else { return Admission(file: nil, liveStage: nil, earlier: nil) }
        let (hash, answer, stage, personID) = try row.decode(
            [UInt8]?.self, [UInt8]?.self, SubmissionStage?.self, UUID?.self)
        let earlier: (requestHash: [UInt8], answer: [UInt8])? =
            if let hash, let answer { (hash, answer) } else { nil }
        return Admission(file: personID == nil ? nil : try self.persons.file(row), liveStage: stage, earlier: earlier)
    }

    /// A submission to be written, with what a repetition of the request will be answered.
    struct Entry: Sendable {
        let submission: SubmissionRecord
        /// Of the file the gate looked at; a newer one means the gate must look again.
        let personRevision: Int
        /// Whose idempotency key it is: the clerk's own, or the station's for what a team brought back.
        let caller: String
        /// Opaque id of who handed it in.
        let by: String
        let key: String
        let requestHash: [UInt8]
        let answer: [UInt8]
    }

    /// Writes submission, first event and idempotency row, in one statement.
    ///
    /// - Returns: false when the file changed, the person has a live submission, or the key was used meanwhile. Part of
    ///   the rows may then have been written: the caller must roll back.
    func insert(_ entry: Entry, in sql: PostgresTransaction) async throws -> Bool {
        let submission = entry.submission
        let result = try await sql.query(
            """
            WITH made AS (
                INSERT INTO submission (id, person, division, station, batch, lane, card_kind, bank, channel,
                    application_form_signed, bank_confirmation_signed, stage, round, revision, due_on, submitted_at, stage_since,
                    application_form_digest, bank_confirmation_digest, originals, place, issuer)
                SELECT \(submission.id)::uuid, p.id, p.division, p.station, \(submission.batch)::integer,
                    \(submission.lane)::text, \(submission.cardKind)::text, \(submission.bank)::text, \(submission.channel)::text,
                    \(submission.applicationFormSigned)::boolean, \(submission.bankConfirmationSigned)::boolean,
                    \(submission.stage)::text, \(submission.round)::integer, \(submission.revision)::integer,
                    \(submission.dueOn)::date, \(submission.submittedAt)::timestamptz, \(submission.submittedAt)::timestamptz,
                    \(submission.applicationFormDigest)::bytea, \(submission.bankConfirmationDigest)::bytea,
                    \(submission.originals.map(\.rawValue))::text[], \(submission.place)::text, \(submission.issuer)::text
                -- Locked, so that the file that was looked at is the one it rests on: who closes it as a double waits, and
                -- who waited for that finds another revision.
                FROM person p WHERE p.id = \(submission.person) AND p.revision = \(entry.personRevision) FOR SHARE
                ON CONFLICT DO NOTHING
                RETURNING id
            ), noted AS (
                INSERT INTO idempotency (caller, key, request_hash, submission, answer)
                SELECT \(entry.caller)::text, \(entry.key)::text, \(entry.requestHash)::bytea, id, \(entry.answer)::bytea
                FROM made
                ON CONFLICT DO NOTHING
                RETURNING submission
            ), told AS (
                INSERT INTO submission_event (submission, round, stage, due_on, at, by)
                SELECT id, \(submission.round)::integer, \(submission.stage)::text, \(submission.dueOn)::date,
                       \(submission.submittedAt)::timestamptz, \(entry.by)::text
                FROM made
            )
            SELECT count(*) FROM noted
            """)
        return try result.first?.decode(Int.self) ?? 0 == 1
    }

    /// Forgets answers nobody will ask for again. Several instances may do it at once.
    ///
    /// - Returns: how many rows went.
    @discardableResult
    func forgetAnswers(olderThanDays days: Int) async throws -> Int {
        try await self.pool.query(
            "DELETE FROM idempotency WHERE created_at < now() - make_interval(days => \(days)::integer)"
        ).affected
    }
}
