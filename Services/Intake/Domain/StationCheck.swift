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
        /// Why it goes back to the applicant, the first being the one other services are told; empty when it goes on.
        let reasons: [ReturnReason]
        let note: String?
        /// What the applicant is to bring; empty when it goes on.
        let missing: [MaterialKind]
        /// Papers whose originals were seen, now and before.
        let originals: [MaterialKind]
    }

    /// What a decision does to a submission.
    ///
    /// - Parameters:
    ///   - facts: the person's file as it is now: it may have changed since the submission. That it is complete is
    ///     checked a second time before anything leaves the station (R22).
    ///   - subject: who decides; nobody passes one submission at two levels.
    static func decide(
        _ decision: IntakeAPI.StationDecision, on submission: SubmissionRecord, facts: PersonFacts,
        programme: Programme, rules: MaterialRules, by subject: String
    ) throws(IntakeRefusal) -> Outcome {
        let step: SubmissionStep
        switch decision.outcome {
        case .pass: step = .checkPassed
        case .return: step = .checkReturned
        case .refuse: throw .cannotRefuse
        }
        let reasons = try Self.reasons(decision, programme)
        let note = ReturnNote.trimmed(decision.note)
        if step == .checkReturned {
            guard !reasons.isEmpty else { throw .reasonMissing }
            guard note.map(ReturnNote.isFit) ?? true else { throw .noteUnfit }
        } else if !reasons.isEmpty || note != nil {
            throw .reasonUnexpected
        }
        guard decision.round == submission.round else {
            throw .roundOver(seen: decision.round, current: submission.round)
        }
        let stage = try Self.stage(after: step, from: submission.stage)
        let originals = Set(submission.originals).union(decision.originals ?? [])
        let check = MaterialCheck(submission, facts: facts, originals: originals, rules: rules)
        guard step == .checkPassed else {
            let asked = Set(decision.missing ?? [])
            // “Incomplete” names what is missing by the rules, so that the applicant does not have to come again for it.
            let lacking = reasons.contains(.materialsIncomplete) ? check.missing.map(\.need.kind) : []
            let missing = asked.union(lacking)
            return Outcome(
                step: step, stage: stage, round: submission.round, reasons: reasons, note: note,
                missing: Self.sorted(missing),
                // What the clerk asks for again does not count as seen.
                originals: Self.sorted(originals.subtracting(asked)))
        }
        guard FourEyes.mayPass(subject, passedElsewhere: submission.passedAbove) else { throw .ownSubmission }
        guard facts.isComplete else { throw .fileIncomplete(facts.missing) }
        guard programme.cardKinds(for: facts.categorySet).contains(submission.cardKind) else { throw .cardKindWrong }
        guard check.isComplete else { throw .materialsMissing(check.missing) }
        let unconfirmed = StationConfirmation.allCases.filter { !(decision.confirmed ?? []).contains($0) }
        guard unconfirmed.isEmpty else { throw .unconfirmed(unconfirmed) }
        // What the centre returned is accepted anew, and it tells acceptances apart by their round.
        let round = submission.stage == .returnedToStation ? submission.round + 1 : submission.round
        return Outcome(
            step: step, stage: stage, round: round, reasons: [], note: nil, missing: [],
            originals: Self.sorted(originals))
    }

    /// The submission after the applicant or the station mended it: one round further, waiting for the check again.
    ///
    /// A signature that is said to be there now belongs to the content as it is now; one that is not spoken of keeps the
    /// content it was given for, and the check notices when that has changed.
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
            let banks = programme.banks(at: submission.station)
            guard banks.isEmpty || banks.contains(bank) else {
                throw .bankNotOffered(
                    banks, office: programme.station(submission.station)?.name ?? submission.station)
            }
            mended.bank = bank
            // What was signed names the other bank (R126).
            mended.bankConfirmationSigned = correction.bankConfirmationSigned ?? false
        }
        let digests = (mended.applicationFormDigest, mended.bankConfirmationDigest)
        mended.recordSignatures(facts)
        if correction.applicationFormSigned == nil { mended.applicationFormDigest = digests.0 }
        if correction.bankConfirmationSigned == nil { mended.bankConfirmationDigest = digests.1 }
        mended.reasons = []
        mended.missing = []
        mended.round = submission.round + 1
        return mended
    }

    /// Each once, the single one first.
    private static func reasons(
        _ decision: IntakeAPI.StationDecision, _ programme: Programme
    ) throws(IntakeRefusal) -> [ReturnReason] {
        guard (decision.reasons ?? []).count <= ReturnReason.allCases.count else { throw .reasonMissing }
        var reasons: [ReturnReason] = []
        for reason in [decision.reason].compactMap(\.self) + (decision.reasons ?? []) where !reasons.contains(reason) {
            guard reason.isGiven(by: .station) else { throw .reasonUnfit }
            guard programme.allows(reason, at: .station) else { throw .reasonNotGiven(reason) }
            reasons.append(reason)
        }
        return reasons
    }

    private static func sorted(_ kinds: Set<MaterialKind>) -> [MaterialKind] {
        MaterialKind.allCases.filter(kinds.contains)
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
