import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Records that a printed form came back signed, by the code printed on it (R66).
///
/// The code stands for the content, so a form that was printed before the file changed is refused: it must be printed and
/// signed again. Nothing needs to be known about when it was printed, or how often.
struct RecordSignatures: Sendable {
    let submissions: SubmissionRepository

    func run(
        _ id: UUID, _ signatures: IntakeAPI.Signatures, by principal: Principal
    ) async throws -> IntakeAPI.Submission {
        for _ in 0..<3 {
            guard let (submission, file) = try await self.submissions.findWithFile(id) else {
                throw IntakeRefusal.submissionUnknown
            }
            try AccessPolicy.decide(principal, .signForm, on: submission.resource)
            guard signatures.applicationForm != nil || signatures.bankConfirmation != nil else {
                throw IntakeRefusal.signaturesEmpty
            }
            guard submission.takesMaterials else { throw IntakeRefusal.signaturesClosed(submission.stage) }
            var signed = submission
            if let code = signatures.applicationForm {
                let content = FormContent.applicationForm(submission, file.facts)
                guard content.isPrinted(as: code) else { throw IntakeRefusal.signatureOutdated }
                signed.applicationFormSigned = true
                signed.applicationFormDigest = content.digest
            }
            if let code = signatures.bankConfirmation {
                let content = FormContent.bankConfirmation(submission, file.facts)
                guard content.isPrinted(as: code) else { throw IntakeRefusal.signatureOutdated }
                signed.bankConfirmationSigned = true
                signed.bankConfirmationDigest = content.digest
            }
            if signed == submission { return IntakeAPI.Submission(submission) }
            if try await self.submissions.sign(signed) { return IntakeAPI.Submission(signed) }
        }
        throw IntakeRefusal.busy
    }
}
