import CardProgramme
import Contracts
import FoundationEssentials

/// What a decision of the centre makes of a case; carried out by ``DecideCase`` in one transaction.
struct VerificationVerdict: Sendable, Equatable {
    enum Direction: Sendable, Equatable {
        /// On to the bureau (R82).
        case passed(dueOn: CalendarDay)
        /// Back to the station that accepted (R81).
        case returned(ReturnReason, note: String?)
    }

    var direction: Direction
    var step: SubmissionStep
    var stage: SubmissionStage
    var pass: Int
    /// Everyone who has decided, with the one who decides now.
    var decidedBy: [String]
    /// Everyone who has passed it here, with the one who passes it now.
    var passedBy: [String]

    var reason: ReturnReason? {
        if case .returned(let reason, _) = self.direction { reason } else { nil }
    }

    var note: String? {
        if case .returned(_, let note) = self.direction { note } else { nil }
    }

    var dueOn: CalendarDay? {
        if case .passed(let day) = self.direction { day } else { nil }
    }
}

extension VerificationCase {
    /// Judges a decision without carrying it out.
    ///
    /// The round is looked at before the stage: whoever decides about an older round must learn that there is a newer
    /// one, also while that newer one is somewhere else.
    ///
    /// - Throws: ``CaseRefusal`` when the decision is incomplete, about another round, about a case somebody else holds,
    ///   not possible where the case is now (a level passed twice), or passes what the same person has passed at the
    ///   station or above.
    func verdict(
        on decision: Decision, by subject: String, at now: Date, dueDays: DueDays
    ) throws(CaseRefusal) -> VerificationVerdict {
        let step = try Self.step(for: decision)
        guard decision.round == self.round else { throw .otherRound(seen: decision.round, actual: self.round) }
        var machine = SubmissionStateMachine(stage: self.stage)
        do throws(ImpossibleStep) {
            try machine.apply(step)
        } catch {
            throw .notPossibleNow(error)
        }
        if let claim, claim.by != subject { throw .claimedBySomebodyElse }
        if decision.outcome == .pass,
            !FourEyes.mayPass(subject, passedElsewhere: self.checkedBy.adding(self.passedAbove))
        {
            throw .ownSubmission
        }

        let decidedBy = self.decidedBy.adding([subject])
        if let reason = decision.reason {
            return VerificationVerdict(
                direction: .returned(reason, note: ReturnNote.trimmed(decision.note)), step: step,
                stage: machine.stage, pass: self.pass, decidedBy: decidedBy, passedBy: self.passedBy)
        }
        return VerificationVerdict(
            direction: .passed(dueOn: dueDays.initialReview(verifiedAt: now)), step: step, stage: machine.stage,
            pass: self.pass + 1, decidedBy: decidedBy, passedBy: self.passedBy.adding([subject]))
    }

    /// The step a decision of the centre stands for.
    static func step(for decision: Decision) throws(CaseRefusal) -> SubmissionStep {
        guard decision.ground == nil else { throw .groundUnexpected }
        let note = ReturnNote.trimmed(decision.note)
        switch decision.outcome {
        case .pass:
            guard decision.reason == nil else { throw .reasonUnexpected }
            guard note == nil else { throw .noteUnfit }
            return .verificationPassed
        case .return:
            guard let reason = decision.reason else { throw .reasonMissing }
            guard reason.isGiven(by: .centre) else { throw .reasonUnfit }
            guard note.map(ReturnNote.isFit) ?? true else { throw .noteUnfit }
            return .verificationReturned
        case .refuse:
            throw .refusalNotPossible
        }
    }
}
