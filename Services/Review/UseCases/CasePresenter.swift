import Access
import CardProgramme
import Contracts
import Logging

/// What a caller gets to see of a case. Here, and in resealing, is the only place an applicant is opened for use.
struct CasePresenter: Sendable {
    let seal: ApplicantSeal
    let rules: ReviewRules
    let logger: Logger

    func present(_ item: ReviewCase, to principal: Principal) -> CaseAPI.Case {
        let shown = self.applicant(of: item, for: principal)
        let due = self.due(of: item)
        var presented = CaseAPI.Case(
            submissionID: item.submissionID, personID: item.personID, round: item.round, stage: item.stage,
            station: item.station, batch: item.batch, lane: item.lane, cardKind: item.cardKind, name: shown.name,
            maskedIdentityNumber: shown.maskedIdentityNumber, categories: shown.categories,
            formsSigned: item.formsSigned, materials: item.materials, waitingSince: item.waitingSince,
            dueOn: due?.day,
            claimedUntil: item.claim.flatMap { $0.by == principal.subject ? $0.until : nil },
            lastReason: item.lastReason)
        presented.dueIsLimit = due?.isLimit ?? false
        presented.bank = shown.bank
        presented.hold = item.hold?.rawValue
        if AccessPolicy.allows(principal, .decideReview, on: item.resource) {
            presented.lastNote = self.seal.keyRing.openNote(stored: item.lastNote, of: item.submissionID)
            presented.needsSituationEnded = item.reapplies
        }
        return presented
    }

    /// The limit that runs, or what is aimed at where no rule says anything (A8).
    private func due(of item: ReviewCase) -> (day: CalendarDay, isLimit: Bool)? {
        if let due = item.due { return (due.day, true) }
        return item.stage == .returnedToBureau ? (self.rules.dueDays.correction(since: item.waitingSince), false) : nil
    }

    private typealias Shown = (
        name: String, maskedIdentityNumber: String, categories: [CardProgramme.Category], bank: String?
    )

    /// Who decides sees who it is about; who records what others decided sees enough to find the person on their list;
    /// an auditor sees that the case is there.
    private func applicant(of item: ReviewCase, for principal: Principal) -> Shown {
        let decides = AccessPolicy.allows(principal, .decideReview, on: item.resource)
        guard decides || AccessPolicy.allows(principal, .recordAudit, on: item.resource) else {
            return ("", "", [], nil)
        }
        do {
            let applicant = try self.seal.open(item.applicant, of: item.submissionID)
            let masked = (try? IdentityNumber(applicant.identityNumber))?.masked ?? ""
            return (applicant.name, masked, decides ? applicant.categories : [], applicant.bank)
        } catch {
            // One case that cannot be opened must not hide the others of its page.
            self.logger.error(
                "applicant of a case cannot be opened",
                metadata: ["submission": "\(item.submissionID)", "key": "\(item.applicant.keyID)"])
            return ("（无法解密 unreadable）", "", [], nil)
        }
    }
}
