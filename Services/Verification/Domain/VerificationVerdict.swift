import CardProgramme
import Contracts
import FoundationEssentials

/// What a decision of the centre makes of a case; carried out by ``DecideCase`` in one transaction.
struct VerificationVerdict: Sendable, Equatable {
    enum Direction: Sendable, Equatable {
        /// On to the bureau (R82).
        case passed(dueOn: CalendarDay)
        /// Back to the station that accepted (R81).
        case returned(ReturnReason)
    }

    var direction: Direction
    var step: SubmissionStep
    var stage: SubmissionStage
    var pass: Int
    /// Everyone who has decided, with the one who decides now.
    var decidedBy: [String]

    var reason: ReturnReason? {
        if case .returned(let reason) = self.direction { reason } else { nil }
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
    ///   or not possible where the case is now (a level passed twice).
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

        let decidedBy = self.decidedBy.contains(subject) ? self.decidedBy : self.decidedBy + [subject]
        if let reason = decision.reason {
            return VerificationVerdict(
                direction: .returned(reason), step: step, stage: machine.stage, pass: self.pass, decidedBy: decidedBy)
        }
        return VerificationVerdict(
            direction: .passed(dueOn: dueDays.initialReview(verifiedAt: now)), step: step, stage: machine.stage,
            pass: self.pass + 1, decidedBy: decidedBy)
    }

    /// The step a decision of the centre stands for.
    static func step(for decision: Decision) throws(CaseRefusal) -> SubmissionStep {
        switch decision.outcome {
        case .pass:
            guard decision.reason == nil else { throw .reasonUnexpected }
            return .verificationPassed
        case .return:
            guard decision.reason != nil else { throw .reasonMissing }
            return .verificationReturned
        case .refuse:
            throw .refusalNotPossible
        }
    }
}
