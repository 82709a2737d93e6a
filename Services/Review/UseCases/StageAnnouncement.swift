import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import Storage

/// Tells the other services what became of a case; every change of stage reaches intake.
struct StageAnnouncement: Sendable {
    let seal: ApplicantSeal

    /// - Parameters:
    ///   - subject: Opaque id of who decided or recorded the decision.
    ///   - moved: The case after the verdict.
    func announce(_ verdict: ReviewVerdict, of moved: ReviewCase, by subject: String, to unit: UnitOfWork) throws {
        let id = moved.submissionID
        // First, because it can fail, and a refused item of a list must leave no message behind.
        let sealed = verdict.stage == .ordered ? try self.seal.forIssuance(moved.applicant, of: id) : nil
        if let returned = Self.returned(verdict, of: moved, by: subject) {
            // The return says where it leads and carries the reason, so it stands in place of the progress.
            try unit.emit(returned, subject: id, to: .intake, lane: moved.lane)
            if returned.to == .centre { try unit.emit(returned, subject: id, to: .verification, lane: moved.lane) }
            return
        }
        let progressed = SubmissionProgressed(
            submissionID: id, round: moved.round, step: verdict.step, stage: verdict.stage, dueOn: verdict.due?.day,
            at: verdict.at)
        try unit.emit(progressed, subject: id, to: .intake, lane: moved.lane)

        switch verdict.stage {
        case .ordered:
            guard let sealed else { return }
            let approved = SubmissionApproved(
                submissionID: id, personID: moved.personID, round: moved.round, division: moved.division,
                station: moved.station, cardKind: moved.cardKind, batch: moved.batch, lane: moved.lane,
                applicant: sealed, filedAt: verdict.at)
            try unit.emit(approved, subject: id, to: .issuance, lane: moved.lane)
        case .refused:
            let notice = NoticeRequested(
                noticeID: UUIDv7.generate(), personID: moved.personID, submissionID: id, purpose: .submissionRefused,
                reason: verdict.reason, requestedAt: verdict.at)
            try unit.emit(notice, subject: id, to: .notification, lane: moved.lane)
        default:
            break
        }
    }

    /// The return a verdict stands for: the bureau's goes to the centre (R84), the city's to the bureau.
    private static func returned(
        _ verdict: ReviewVerdict, of moved: ReviewCase, by subject: String
    ) -> SubmissionReturned? {
        guard let reason = verdict.reason, verdict.stage.isReturned, let receiver = verdict.stage.holder.level else {
            return nil
        }
        return SubmissionReturned(
            submissionID: moved.submissionID, round: moved.round, from: verdict.level, to: receiver, reason: reason,
            returnedAt: verdict.at, returnedBy: subject)
    }
}
