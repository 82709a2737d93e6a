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
        if verdict.ground == .deceased {
            try unit.emit(
                PersonDied(personID: moved.personID, submissionID: id, at: verdict.at), subject: moved.personID,
                to: .notification, lane: moved.lane)
        }
        guard let step = verdict.step else { return try self.announceHold(verdict, of: moved, by: subject, to: unit) }
        // First, because it can fail, and a refused item of a list must leave no message behind.
        let sealed = verdict.stage == .ordered ? try self.seal.forIssuance(moved.applicant, of: id) : nil
        if step.isReturn {
            return try self.announceReturn(verdict, of: moved, by: subject, to: unit)
        }
        let progressed = SubmissionProgressed(
            submissionID: id, round: moved.round, step: step, stage: verdict.stage, dueOn: verdict.due?.day,
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
            // Why stays here: the person learns it face to face, not from a message somebody else may read.
            let notice = NoticeRequested(
                noticeID: UUIDv7.generate(), personID: moved.personID, submissionID: id, purpose: .submissionRefused,
                requestedAt: verdict.at)
            try unit.emit(notice, subject: id, to: .notification, lane: moved.lane)
        default:
            break
        }
    }

    /// The bureau's return goes to the centre (R84), the city's and the bank's to the bureau. It says where it leads and
    /// carries the reason, so it stands in place of the progress.
    private func announceReturn(
        _ verdict: ReviewVerdict, of moved: ReviewCase, by subject: String, to unit: UnitOfWork
    ) throws {
        guard let reason = verdict.reason, let receiver = verdict.stage.holder.level else { return }
        let id = moved.submissionID
        var returned = SubmissionReturned(
            submissionID: id, round: moved.round, from: verdict.level, to: receiver, reason: reason,
            returnedAt: verdict.at, returnedBy: subject, passedBy: moved.passedBy.adding(moved.recordedBy))
        for service in receiver == .centre ? [ServiceName.intake, .verification] : [.intake] {
            returned.note = try verdict.note.map { try self.seal.keyRing.sealNote($0, for: service, of: id) }
            try unit.emit(returned, subject: id, to: service, lane: moved.lane)
        }
    }

    /// What happens to a card once it is ordered is issuance's to carry out; why, it is not told.
    private func announceHold(
        _ verdict: ReviewVerdict, of moved: ReviewCase, by subject: String, to unit: UnitOfWork
    ) throws {
        let (id, round, at) = (moved.submissionID, moved.round, verdict.at)
        switch verdict.hold {
        case .paused:
            let paused = SubmissionPaused(submissionID: id, round: round, at: at, by: subject)
            try unit.emit(paused, subject: id, to: .issuance, lane: moved.lane)
        case .revoked:
            let revoked = SubmissionRevoked(submissionID: id, round: round, at: at, by: subject)
            try unit.emit(revoked, subject: id, to: .issuance, lane: moved.lane)
        case nil:
            let resumed = SubmissionResumed(submissionID: id, round: round, at: at, by: subject)
            try unit.emit(resumed, subject: id, to: .issuance, lane: moved.lane)
        }
    }
}
