import CardProgramme
import Contracts
import FoundationEssentials

/// What a decision makes of a case, with all that is recorded about it.
struct ReviewVerdict: Sendable, Equatable {
    /// Who decided: the bureau, or the level whose decision was recorded.
    var level: Level
    var outcome: RecordedOutcome
    var reason: ReturnReason?
    /// Kept sealed, and told to nobody (N20, N21, N32).
    var ground: Ground?
    /// Kept and sent sealed.
    var note: String?
    /// Nil when only the card is held back, released or taken back: the paper stays where it is.
    var step: SubmissionStep?
    /// Where it leads.
    var stage: SubmissionStage
    /// The limit that runs from now on.
    var due: DueDate?
    /// When it was decided, in programme time; also since when the case is in ``stage``.
    var at: Date
    /// The duty this decision ends.
    var settled: Settled?
    /// Where the case was when it was put off; only with ``SubmissionStage/awaitingRuling``.
    var suspendedFrom: SubmissionStage?
    /// What holds the card back from now on.
    var hold: ReviewCase.Hold?

    /// A duty ended in time or too late.
    struct Settled: Sendable, Equatable {
        var duty: Duty
        var dueOn: CalendarDay
        var kept: Bool
    }
}

/// What stands in the record of a case. The raw values are stored.
enum RecordedOutcome: String, Sendable, CaseIterable {
    case pass, `return`, refuse
    /// Put off until the province has ruled; of a card: held back.
    case suspend
    /// The province cleared it.
    case clear
    /// The province ruled against it; of a card: it is taken back.
    case ruleAgainst
    /// Ended, or the card taken back (N32).
    case withdraw
    /// A decision above was taken back, because another one took its place.
    case reopen

    init(_ outcome: Decision.Outcome) {
        switch outcome {
        case .pass: self = .pass
        case .return: self = .return
        case .refuse: self = .refuse
        }
    }

    /// The decision it records; nil for what is none of a level's three.
    var decision: Decision.Outcome? { Decision.Outcome(rawValue: self.rawValue) }
}

extension ReviewCase {
    /// Judges a decision of the bureau without carrying it out (R83–R85, N20).
    ///
    /// - Throws: ``CaseRefusal`` when the decision is incomplete, about another round, about a case somebody else holds,
    ///   not possible where the case is now (a level passed twice), passes unsigned forms, passes what the same person has
    ///   passed at another level, or passes somebody the province ruled against without saying that it was made good.
    func verdict(
        on decision: Decision, by subject: String, at now: Date, rules: ReviewRules
    ) throws(CaseRefusal) -> ReviewVerdict {
        let step = try Self.step(ofBureau: decision, rules: rules)
        let stage = try self.stage(after: step, round: decision.round)
        try self.checkClaim(of: subject)
        if decision.outcome == .pass {
            guard self.formsSigned else { throw .formsNotSigned }
            guard FourEyes.mayPass(subject, passedElsewhere: self.passedBelow.adding(self.recordedBy)) else {
                throw .ownSubmission
            }
            if self.reapplies, decision.situationEnded != true { throw .situationNotEnded }
        }
        return ReviewVerdict(
            level: .bureau, outcome: RecordedOutcome(decision.outcome), reason: decision.reason,
            ground: decision.ground, note: ReturnNote.trimmed(decision.note), step: step, stage: stage,
            due: stage == .awaitingAudit ? rules.dueDays.auditAndFiling(reviewedAt: now) : nil, at: now,
            settled: self.settled(.initialReview, at: now))
    }

    /// Judges what city, province or bank decided (N18, N19, N23).
    ///
    /// - Parameters:
    ///   - decidedAt: When they decided, as their list says.
    ///   - now: When it is recorded; nothing may have been decided later.
    /// - Throws: ``CaseRefusal``.
    func verdict(
        of level: Level, _ decision: Decision, decidedAt: Date, by subject: String, recordedAt now: Date,
        rules: ReviewRules
    ) throws(CaseRefusal) -> ReviewVerdict {
        let step = try Self.step(of: level, decision, rules: rules)
        let stage = try self.stage(after: step, round: decision.round)
        // Who passed it below does not enter that those above passed it too.
        if decision.outcome == .pass { try self.checkRecorder(subject) }
        let at = try self.moment(of: decidedAt, since: self.waitingSince, recordedAt: now)
        return ReviewVerdict(
            level: level, outcome: RecordedOutcome(decision.outcome), reason: decision.reason, ground: decision.ground,
            note: ReturnNote.trimmed(decision.note), step: step, stage: stage,
            due: stage == .awaitingFiling ? self.due : nil, at: at,
            settled: stage == .awaitingFiling ? nil : self.settled(.auditAndFiling, at: decidedAt))
    }

    // MARK: - What all verdicts share

    /// The round is looked at before the stage: whoever decides about an older round must learn that there is a newer
    /// one, also while that newer one is somewhere else.
    func stage(after step: SubmissionStep, round: Int) throws(CaseRefusal) -> SubmissionStage {
        try self.check(round: round)
        var machine = SubmissionStateMachine(stage: self.stage)
        do throws(ImpossibleStep) {
            return try machine.apply(step)
        } catch {
            throw .notPossibleNow(error)
        }
    }

    func check(round: Int) throws(CaseRefusal) {
        guard round == self.round else { throw .otherRound(seen: round, actual: self.round) }
    }

    func checkClaim(of subject: String) throws(CaseRefusal) {
        if let claim, claim.by != subject { throw .claimedBySomebodyElse }
    }

    func checkRecorder(_ subject: String) throws(CaseRefusal) {
        guard FourEyes.mayPass(subject, passedElsewhere: self.passedBelow.adding(self.passedBy)) else {
            throw .ownSubmission
        }
    }

    /// Where a moment on a list falls in the case's history: never before the case came to those who decided and never
    /// after now, so that the history reads in order. A list gives times to the minute at best, so only whole days are
    /// compared.
    func moment(of decidedAt: Date, since: Date, recordedAt now: Date) throws(CaseRefusal) -> Date {
        let day = CalendarDay(decidedAt)
        guard day <= CalendarDay(now) else { throw .decidedInTheFuture }
        guard day >= CalendarDay(since) else { throw .decidedTooEarly }
        return min(max(decidedAt, since), max(now, since))
    }

    /// The duty that runs in this stage, as the decision on `instant` leaves it.
    private func settled(_ duty: Duty, at instant: Date) -> ReviewVerdict.Settled? {
        guard duty.stages.contains(self.stage), let due else { return nil }
        return ReviewVerdict.Settled(duty: duty, dueOn: due.day, kept: CalendarDay(instant) <= due.day)
    }

    /// The step a decision of the bureau stands for.
    static func step(ofBureau decision: Decision, rules: ReviewRules) throws(CaseRefusal) -> SubmissionStep {
        try Self.check(decision, of: .bureau, rules: rules)
        return switch decision.outcome {
        case .pass: .initialReviewPassed
        case .return: .initialReviewReturned
        case .refuse: .initialReviewRefused
        }
    }

    /// The step a decision of city, province or bank stands for.
    static func step(
        of level: Level, _ decision: Decision, rules: ReviewRules
    ) throws(CaseRefusal) -> SubmissionStep {
        guard Self.levelsAbove.contains(level) else { throw .levelNotAbove }
        switch (level, decision.outcome) {
        case (.province, .return): throw .filingReturnsNothing
        case (.bank, .refuse): throw .bankRefusesNothing
        default: try Self.check(decision, of: level, rules: rules)
        }
        return switch (level, decision.outcome) {
        case (.province, .pass): rules.bankChecks ? .filedForBank : .filed
        case (.province, _): .filingRefused
        case (.bank, .pass): .bankCheckPassed
        case (.bank, _): .bankCheckReturned
        case (_, .pass): .auditPassed
        case (_, .return): .auditReturned
        case (_, .refuse): .auditRefused
        }
    }

    private static func check(_ decision: Decision, of level: Level, rules: ReviewRules) throws(CaseRefusal) {
        let note = ReturnNote.trimmed(decision.note)
        if let note, decision.outcome == .pass || !ReturnNote.isFit(note) { throw .noteUnfit }
        switch decision.outcome {
        case .pass, .refuse: guard decision.reason == nil else { throw .reasonUnexpected }
        case .return:
            guard let reason = decision.reason else { throw .reasonMissing }
            guard reason.isGiven(by: level) else { throw .reasonUnfit(at: level) }
        }
        switch decision.outcome {
        case .pass, .return: guard decision.ground == nil else { throw .groundUnexpected }
        case .refuse:
            guard let ground = decision.ground else { throw .groundMissing }
            guard ground.isRefusal(outright: rules.refusedOutright) else { throw .groundUnfit(ground) }
        }
    }
}
