import Access
import CardProgramme
import Contracts
import Logging

/// What a caller gets to see of a case. Here, and in resealing, is the only place an applicant is opened.
struct CasePresenter: Sendable {
    let seal: ApplicantSeal
    let dueDays: DueDays
    let logger: Logger

    func present(_ item: VerificationCase, to principal: Principal) -> CaseAPI.Case {
        let shown = self.applicant(of: item, for: principal)
        let due = self.dueDays.day(of: item.stage, since: item.waitingSince)
        var presented = CaseAPI.Case(
            submissionID: item.submissionID, personID: item.personID, round: item.round, stage: item.stage,
            station: item.station, batch: item.batch, lane: item.lane, cardKind: item.cardKind, name: shown.name,
            maskedIdentityNumber: shown.maskedIdentityNumber, categories: shown.categories,
            formsSigned: item.formsSigned, materials: item.materials, waitingSince: item.waitingSince,
            dueOn: due?.day,
            claimedUntil: item.claim.flatMap { $0.by == principal.subject ? $0.until : nil },
            lastReason: item.lastReason)
        presented.dueIsLimit = due?.isLimit ?? false
        if AccessPolicy.allows(principal, .decideVerification, on: item.resource) {
            presented.lastNote = self.seal.keyRing.openNote(stored: item.lastNote, of: item.submissionID)
        }
        return presented
    }

    private typealias Shown = (name: String, maskedIdentityNumber: String, categories: [CardProgramme.Category])

    /// Only who may decide the case sees who it is about; an auditor sees that it is there.
    private func applicant(of item: VerificationCase, for principal: Principal) -> Shown {
        guard AccessPolicy.allows(principal, .decideVerification, on: item.resource) else { return ("", "", []) }
        do {
            let applicant = try self.seal.open(item.applicant, of: item.submissionID)
            let masked = (try? IdentityNumber(applicant.identityNumber))?.masked ?? ""
            return (applicant.name, masked, applicant.categories)
        } catch {
            // One case that cannot be opened must not hide the others of its page.
            self.logger.error(
                "applicant of a case cannot be opened",
                metadata: ["submission": "\(item.submissionID)", "key": "\(item.applicant.keyID)"])
            return ("（无法解密 unreadable）", "", [])
        }
    }
}
