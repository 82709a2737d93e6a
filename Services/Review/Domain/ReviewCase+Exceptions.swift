import CardProgramme
import Contracts
import FoundationEssentials

/// What interrupts the straight way: suspensions and rulings (N21), ends (N32), and decisions above that are taken back.
extension ReviewCase {
    /// Judges that something only the province may judge was found (N21). On paper the case waits for the ruling; once a
    /// card is ordered, the card is held back.
    ///
    /// - Returns: Nil when it is put off already.
    /// - Throws: ``CaseRefusal``.
    func suspension(
        on ground: Ground, note: String?, round: Int, level: Level, by subject: String, at now: Date,
        rules: ReviewRules
    ) throws(CaseRefusal) -> ReviewVerdict? {
        guard ground.kind == .ruling else { throw .groundUnfit(ground) }
        let note = try Self.fit(note)
        try self.check(round: round)
        guard self.stage != .awaitingRuling, self.hold != .paused else { return nil }
        guard self.hold != .revoked else { throw .revoked }
        var verdict = ReviewVerdict(
            level: level, outcome: .suspend, ground: ground, note: note, stage: self.stage, at: now, hold: .paused)
        if self.stage == .ordered { return verdict }
        guard !rules.refusedOutright.contains(ground) else { throw .refusedOutright }
        verdict.stage = try self.stage(after: .rulingRequested, round: round)
        try self.checkClaim(of: subject)
        verdict.step = .rulingRequested
        verdict.suspendedFrom = self.stage
        verdict.hold = nil
        return verdict
    }

    /// Judges what the province ruled (N21): it goes on from where it was, or it ends; a card goes on or is taken back.
    ///
    /// No rule says what a suspension does to the limits that ran before it. They begin again with the day of the ruling:
    /// whoever could not act was not late.
    ///
    /// - Throws: ``CaseRefusal``.
    func ruling(
        _ outcome: ReviewAPI.Ruling.Outcome, ruledAt: Date, note: String?, round: Int, by subject: String,
        at now: Date, rules: ReviewRules
    ) throws(CaseRefusal) -> ReviewVerdict {
        let note = try Self.fit(note)
        try self.check(round: round)
        let recorded: RecordedOutcome = outcome == .cleared ? .clear : .ruleAgainst
        if self.stage == .ordered {
            guard self.hold != .revoked else { throw .revoked }
            guard self.hold == .paused else { throw .notSuspended }
            if outcome == .cleared { try self.checkRecorder(subject) }
            let at = try self.moment(of: ruledAt, since: self.holdSince ?? self.waitingSince, recordedAt: now)
            return ReviewVerdict(
                level: .province, outcome: recorded, note: note, stage: self.stage, at: at,
                hold: outcome == .cleared ? nil : .revoked)
        }
        guard self.stage == .awaitingRuling, let from = self.suspendedFrom else { throw .notSuspended }
        let at = try self.moment(of: ruledAt, since: self.waitingSince, recordedAt: now)
        let step = outcome == .cleared ? Self.clearing(to: from) : .rulingRefused
        if outcome == .cleared { try self.checkRecorder(subject) }
        var verdict = ReviewVerdict(
            level: .province, outcome: recorded, note: note, step: step,
            stage: try self.stage(after: step, round: round), at: at)
        if outcome == .cleared {
            switch from {
            case .awaitingInitialReview: verdict.due = rules.dueDays.initialReview(verifiedAt: at)
            case .awaitingAudit, .awaitingFiling: verdict.due = rules.dueDays.auditAndFiling(reviewedAt: at)
            default: break
            }
        }
        return verdict
    }

    private static func clearing(to stage: SubmissionStage) -> SubmissionStep {
        switch stage {
        case .awaitingAudit: .clearedForAudit
        case .awaitingFiling: .clearedForFiling
        case .awaitingBankCheck: .clearedForBank
        default: .clearedForReview
        }
    }

    /// Judges an end: of the submission while it is paper, of the card once it is ordered (N32).
    ///
    /// - Returns: Nil when it has come to that end already.
    /// - Throws: ``CaseRefusal``.
    func withdrawal(
        on ground: Ground, note: String?, round: Int, by subject: String, at now: Date
    ) throws(CaseRefusal) -> ReviewVerdict? {
        guard ground.kind == .withdrawal else { throw .groundUnfit(ground) }
        let note = try Self.fit(note)
        try self.check(round: round)
        guard self.stage != .discontinued, self.hold != .revoked else { return nil }
        var verdict = ReviewVerdict(
            level: .bureau, outcome: .withdraw, ground: ground, note: note, stage: self.stage, at: now, hold: .revoked)
        if self.stage == .ordered { return verdict }
        guard ground.endsPaper else { throw .groundUnfit(ground) }
        verdict.stage = try self.stage(after: .discontinued, round: round)
        try self.checkClaim(of: subject)
        verdict.step = .discontinued
        verdict.hold = nil
        return verdict
    }

    /// Judges that a decision above is taken back, because another one is to take its place.
    ///
    /// - Parameters:
    ///   - history: Everything recorded about the case, in order.
    /// - Returns: The case back where that level decides, with the limit it had there.
    /// - Throws: ``CaseRefusal`` when it has gone on since: then only what is recorded can stand, and what is wrong is put
    ///   right from where the case is now.
    func reopening(
        _ level: Level, history: [RecordedDecision], at now: Date, rules: ReviewRules
    ) throws(CaseRefusal) -> ReviewVerdict {
        let step: SubmissionStep =
            switch level {
            case .province: .filingReopened
            case .bank: .bankCheckReopened
            default: .auditReopened
            }
        guard let last = history.last, last.level == level, last.outcome == .pass || last.outcome == .return,
            let stage = SubmissionStateMachine.stage(after: step, from: self.stage)
        else { throw .contradictionTooLate(self.stage) }
        let reviewed = history.last { $0.level == .bureau && $0.outcome == .pass }
        return ReviewVerdict(
            level: level, outcome: .reopen, step: step, stage: stage,
            due: stage == .awaitingBankCheck
                ? nil : reviewed.map { rules.dueDays.auditAndFiling(reviewedAt: $0.decidedAt) }, at: now)
    }

    private static func fit(_ text: String?) throws(CaseRefusal) -> String? {
        let note = ReturnNote.trimmed(text)
        guard note.map(ReturnNote.isFit) ?? true else { throw .noteUnfit }
        return note
    }
}
