import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Signatures on printed forms.
extension SubmissionRepository {
    /// - Parameter signed: as it was read, with its signatures.
    /// - Returns: false when the submission is no longer as it was read.
    func sign(_ signed: SubmissionRecord) async throws -> Bool {
        let written = try await self.pool.query(
            """
            UPDATE submission SET revision = revision + 1,
                application_form_signed = \(signed.applicationFormSigned),
                bank_confirmation_signed = \(signed.bankConfirmationSigned),
                application_form_digest = \(signed.applicationFormDigest)::bytea,
                bank_confirmation_digest = \(signed.bankConfirmationDigest)::bytea
            WHERE id = \(signed.id) AND revision = \(signed.revision) AND stage = \(signed.stage)
            """)
        return written.affected == 1
    }
}
