import CardProgramme
import Contracts
import FoundationEssentials

/// The station's check (受理及检查, R61–R67) and the correction of what came back (R64, R71).
enum StationCheck {
    /// Where a decision leads.
    struct Outcome: Sendable, Equatable {
        let step: SubmissionStep
        let stage: SubmissionStage
        let round: Int
        /// Why it goes back to the applicant; nil when it goes on.
        let reason: ReturnReason?
        let note: String?
    }

    /// What a decision does to a submission.
    ///
    /// - Parameters:
    ///   - facts: the person's file as it is now: it may have changed since the submission. That it is complete is
    ///     checked a second time before anything leaves the station (R22).
    ///   - subject: who decides; nobody passes one submission at two levels.
    static func decide(
        _ decision: Decision, on submission: SubmissionRecord, facts: PersonFacts, programme: Programme,
        by subject: String
    ) throws(IntakeRefusal) -> Outcome {
        let step: SubmissionStep
        switch decision.outcome {
        case .pass: step = .checkPassed
        case .return: step = .checkReturned
        case .refuse: throw .cannotRefuse
        }
        let note = ReturnNote.trimmed(decision.note)
        guard decision.ground == nil else { throw .reasonUnexpected }
        if step == .checkReturned {
            guard let reason = decision.reason else { throw .reasonMissing }
            guard reason.isGiven(by: .station) else { throw .reasonUnfit }
            guard programme.allows(reason, at: .station) else { throw .reasonNotGiven(reason) }
            guard note.map(ReturnNote.isFit) ?? true else { throw .noteUnfit }
        } else if decision.reason != nil || note != nil {
            throw .reasonUnexpected
        }
        guard decision.round == submission.round else {
            throw .roundOver(seen: decision.round, current: submission.round)
        }
        let stage = try Self.stage(after: step, from: submission.stage)
        guard step == .checkPassed else {
            return Outcome(step: step, stage: stage, round: submission.round, reason: decision.reason, note: note)
        }
        guard FourEyes.mayPass(subject, passedElsewhere: submission.passedAbove) else { throw .ownSubmission }
        guard facts.isComplete else { throw .fileIncomplete(facts.missing) }
        guard programme.cardKinds(for: facts.categorySet).contains(submission.cardKind) else { throw .cardKindWrong }
        guard submission.formsSigned else { throw .formsUnsigned }
        guard submission.materials.contains(where: { $0.kind == .photo }) else { throw .photoMissing }
        // What the centre returned is accepted anew, and it tells acceptances apart by their round.
        let round = submission.stage == .returnedToStation ? submission.round + 1 : submission.round
        return Outcome(step: step, stage: stage, round: round, reason: nil, note: nil)
    }

    /// The submission after the applicant or the station mended it: one round further, waiting for the check again.
    static func correct(
        _ submission: SubmissionRecord, with correction: IntakeAPI.Correction, facts: PersonFacts,
        programme: Programme
    ) throws(IntakeRefusal) -> SubmissionRecord {
        var mended = submission
        mended.stage = try Self.stage(after: .corrected, from: submission.stage)
        if let kind = correction.cardKind {
            let kinds = programme.cardKinds(for: facts.categorySet)
            guard kinds.contains(kind) else { throw .cardKindNotAllowed(kinds) }
            mended.cardKind = kind
        }
        mended.applicationFormSigned = correction.applicationFormSigned ?? submission.applicationFormSigned
        mended.bankConfirmationSigned = correction.bankConfirmationSigned ?? submission.bankConfirmationSigned
        if let bank = correction.bank.map(PlainText.trimmed), bank != submission.bank {
            guard PlainText.isPrintable(bank, length: 1...40) else { throw .bankMissing }
            mended.bank = bank
            // What was signed names the other bank (R126).
            mended.bankConfirmationSigned = correction.bankConfirmationSigned ?? false
        }
        mended.round = submission.round + 1
        return mended
    }

    private static func stage(
        after step: SubmissionStep, from stage: SubmissionStage
    ) throws(IntakeRefusal) -> SubmissionStage {
        guard let next = SubmissionStateMachine.stage(after: step, from: stage) else {
            throw .impossible(ImpossibleStep(stage: stage, step: step))
        }
        return next
    }
}
