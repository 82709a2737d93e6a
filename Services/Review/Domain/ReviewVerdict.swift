import CardProgramme
import Contracts
import FoundationEssentials

/// What a decision makes of a case, with all that is recorded about it.
struct ReviewVerdict: Sendable, Equatable {
    /// Who decided: the bureau, or the level whose decision was recorded.
    var level: Level
    var outcome: Decision.Outcome
    var reason: ReturnReason?
    var step: SubmissionStep
    /// Where it leads.
    var stage: SubmissionStage
    /// The limit that runs from now on.
    var due: DueDate?
    /// When it was decided, in programme time; also since when the case is in ``stage``.
    var at: Date
    /// The duty this decision ends.
    var settled: Settled?

    /// A duty ended in time or too late.
    struct Settled: Sendable, Equatable {
        var duty: Duty
        var dueOn: CalendarDay
        var kept: Bool
    }
}

extension ReviewCase {
    /// Judges a decision of the bureau without carrying it out (R83–R85).
    ///
    /// - Throws: ``CaseRefusal`` when the decision is incomplete, about another round, about a case somebody else holds,
    ///   not possible where the case is now (a level passed twice), or passes unsigned forms.
    func verdict(
        on decision: Decision, by subject: String, at now: Date, dueDays: DueDays
    ) throws(CaseRefusal) -> ReviewVerdict {
        let step = try Self.step(ofBureau: decision)
        let stage = try self.stage(after: step, round: decision.round)
        if let claim, claim.by != subject { throw .claimedBySomebodyElse }
        if decision.outcome == .pass, !self.formsSigned { throw .formsNotSigned }
        return ReviewVerdict(
            level: .bureau, outcome: decision.outcome, reason: decision.reason, step: step, stage: stage,
            due: stage == .awaitingAudit ? dueDays.auditAndFiling(reviewedAt: now) : nil, at: now,
            settled: self.settled(.initialReview, at: now))
    }

    /// Judges what city or province decided (N18, N19).
    ///
    /// - Parameters:
    ///   - decidedAt: When they decided, as their list says.
    ///   - now: When it is recorded; nothing may have been decided later.
    /// - Throws: ``CaseRefusal``.
    func verdict(
        of level: Level, _ decision: Decision, decidedAt: Date, recordedAt now: Date
    ) throws(CaseRefusal) -> ReviewVerdict {
        let step = try Self.step(of: level, decision)
        let stage = try self.stage(after: step, round: decision.round)
        // A list gives times to the minute at best, so only whole days are compared.
        let day = CalendarDay(decidedAt)
        guard day <= CalendarDay(now) else { throw .decidedInTheFuture }
        guard day >= CalendarDay(self.waitingSince) else { throw .decidedTooEarly }
        // Never before the case came to them and never after now, so that a submission's history reads in order.
        let at = min(max(decidedAt, self.waitingSince), max(now, self.waitingSince))
        return ReviewVerdict(
            level: level, outcome: decision.outcome, reason: decision.reason, step: step, stage: stage,
            due: stage == .awaitingFiling ? self.due : nil, at: at,
            settled: stage == .awaitingFiling ? nil : self.settled(.auditAndFiling, at: decidedAt))
    }

    /// The round is looked at before the stage: whoever decides about an older round must learn that there is a newer
    /// one, also while that newer one is somewhere else.
    private func stage(after step: SubmissionStep, round: Int) throws(CaseRefusal) -> SubmissionStage {
        guard round == self.round else { throw .otherRound(seen: round, actual: self.round) }
        var machine = SubmissionStateMachine(stage: self.stage)
        do throws(ImpossibleStep) {
            return try machine.apply(step)
        } catch {
            throw .notPossibleNow(error)
        }
    }

    /// The duty that runs in this stage, as the decision on `instant` leaves it.
    private func settled(_ duty: Duty, at instant: Date) -> ReviewVerdict.Settled? {
        guard duty.stages.contains(self.stage), let due else { return nil }
        return ReviewVerdict.Settled(duty: duty, dueOn: due.day, kept: CalendarDay(instant) <= due.day)
    }

    /// The step a decision of the bureau stands for.
    static func step(ofBureau decision: Decision) throws(CaseRefusal) -> SubmissionStep {
        try Self.checkReason(of: decision)
        switch decision.outcome {
        case .pass: return .initialReviewPassed
        case .return: return .initialReviewReturned
        case .refuse: throw .refusalNotPossible
        }
    }

    /// The step a decision of city or province stands for.
    static func step(of level: Level, _ decision: Decision) throws(CaseRefusal) -> SubmissionStep {
        guard level == .city || level == .province else { throw .levelNotAbove }
        try Self.checkReason(of: decision)
        switch (level, decision.outcome) {
        case (.province, .pass): return .filed
        case (.province, _): throw .filingOnlyPasses
        case (_, .pass): return .auditPassed
        case (_, .return): return .auditReturned
        case (_, .refuse): return .auditRefused
        }
    }

    private static func checkReason(of decision: Decision) throws(CaseRefusal) {
        if decision.outcome == .pass, decision.reason != nil { throw .reasonUnexpected }
        if decision.outcome != .pass, decision.reason == nil { throw .reasonMissing }
    }
}
