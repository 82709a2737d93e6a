import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Opens the applicant of a case, and seals it again for whoever the case goes to.
///
/// Cases keep the applicant exactly as it arrived, so what is at rest in this service's database is readable only with
/// this service's key file. A key must stay in the file as long as cases sealed with it may still be looked at.
struct ApplicantSeal: Sendable {
    let keyRing: KeyRing

    /// - Throws: ``CaseRefusal/applicantUnreadable`` when the key is gone or the box was altered.
    func open(_ sealed: Sealed<Applicant>, of submission: UUID) throws(CaseRefusal) -> Applicant {
        do {
            return try self.keyRing.open(sealed, type: SubmissionVerified.type, subject: submission, field: "applicant")
        } catch {
            throw .applicantUnreadable
        }
    }

    /// The same applicant, readable for issuance only.
    func forIssuance(_ sealed: Sealed<Applicant>, of submission: UUID) throws(CaseRefusal) -> Sealed<Applicant> {
        let applicant = try self.open(sealed, of: submission)
        do {
            return try self.keyRing.seal(
                applicant, for: ServiceName.issuance.rawValue, type: SubmissionApproved.type, subject: submission,
                field: "applicant")
        } catch {
            throw .applicantUnreadable
        }
    }
}
