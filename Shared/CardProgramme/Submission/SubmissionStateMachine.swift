/// The one table of which step may follow which stage. It has no clock and does no I/O.
///
/// The routes back differ by level: the station returns to the applicant (R64), the centre to the station (R81), the
/// bureau to the centre (R84), the city to the bureau. Who got something back may pass it again once it is in order, or
/// return it further down (A6), so a fault found by the city or the bank reaches the applicant in four hops, each with
/// its reason. Whether a filed submission goes to the bank or straight to the card maker is the programme's choice, so
/// each has its step; and so has each place a submission goes on from once the province has cleared it.
package struct SubmissionStateMachine: Hashable, Sendable {
    /// Where the submission is.
    package private(set) var stage: SubmissionStage

    /// A submission that was just accepted, or one read back from storage.
    package init(stage: SubmissionStage = .awaitingStationCheck) {
        self.stage = stage
    }

    /// Takes the step, or throws and leaves the stage as it was.
    ///
    /// - Returns: The stage after the step.
    @discardableResult
    package mutating func apply(_ step: SubmissionStep) throws(ImpossibleStep) -> SubmissionStage {
        guard let next = Self.stage(after: step, from: self.stage) else {
            throw ImpossibleStep(stage: self.stage, step: step)
        }
        self.stage = next
        return next
    }

    /// The stage a step leads to, or nil when it is impossible there.
    package static func stage(after step: SubmissionStep, from stage: SubmissionStage) -> SubmissionStage? {
        switch (stage, step) {
        case (.awaitingStationCheck, .checkPassed), (.returnedToStation, .checkPassed): .awaitingVerification
        case (.awaitingStationCheck, .checkReturned), (.returnedToStation, .checkReturned): .returnedToApplicant
        case (.returnedToApplicant, .corrected), (.returnedToStation, .corrected): .awaitingStationCheck
        case (.awaitingVerification, .verificationPassed), (.returnedToCentre, .verificationPassed):
            .awaitingInitialReview
        case (.awaitingVerification, .verificationReturned), (.returnedToCentre, .verificationReturned):
            .returnedToStation
        case (.awaitingInitialReview, .initialReviewPassed), (.returnedToBureau, .initialReviewPassed): .awaitingAudit
        case (.awaitingInitialReview, .initialReviewReturned), (.returnedToBureau, .initialReviewReturned):
            .returnedToCentre
        case (.awaitingAudit, .auditPassed): .awaitingFiling
        case (.awaitingAudit, .auditReturned): .returnedToBureau
        case (.awaitingAudit, .auditRefused): .refused
        case (.awaitingFiling, .filed): .ordered
        // The paper's exceptions: grounds for refusal (N20), the province's ruling (N21), the bank's check (N23, N24),
        // the end before there is a card (N32), and a decision above that is taken back because two lists contradict.
        case (.awaitingInitialReview, .initialReviewRefused), (.returnedToBureau, .initialReviewRefused): .refused
        case (.awaitingFiling, .filingRefused), (.awaitingRuling, .rulingRefused): .refused
        case (.awaitingFiling, .filedForBank): .awaitingBankCheck
        case (.awaitingBankCheck, .bankCheckPassed): .ordered
        case (.awaitingBankCheck, .bankCheckReturned): .returnedToBureau
        case (.awaitingInitialReview, .rulingRequested), (.returnedToBureau, .rulingRequested),
            (.awaitingAudit, .rulingRequested), (.awaitingFiling, .rulingRequested),
            (.awaitingBankCheck, .rulingRequested):
            .awaitingRuling
        case (.awaitingRuling, .clearedForReview): .awaitingInitialReview
        case (.awaitingRuling, .clearedForAudit): .awaitingAudit
        case (.awaitingRuling, .clearedForFiling): .awaitingFiling
        case (.awaitingRuling, .clearedForBank): .awaitingBankCheck
        case (.awaitingInitialReview, .discontinued), (.returnedToBureau, .discontinued),
            (.awaitingAudit, .discontinued), (.awaitingFiling, .discontinued), (.awaitingBankCheck, .discontinued),
            (.awaitingRuling, .discontinued):
            .discontinued
        case (.awaitingFiling, .auditReopened), (.returnedToBureau, .auditReopened): .awaitingAudit
        case (.awaitingBankCheck, .filingReopened): .awaitingFiling
        case (.returnedToBureau, .bankCheckReopened): .awaitingBankCheck
        case (.ordered, .productionStarted): .inProduction
        case (.inProduction, .produced): .produced
        case (.inProduction, .shipped), (.produced, .shipped): .inTransit
        case (.inTransit, .receivedAtCentre): .atCentre
        case (.atCentre, .handedOver): .onWayToStation
        case (.onWayToStation, .receivedAtStation): .atStation
        case (.atStation, .delivered): .delivered
        default: Self.cardStage(after: step, from: stage)
        }
    }

    /// The ways of a card that left the straight path: traced, returned upwards, lost, replaced, revoked.
    private static func cardStage(after step: SubmissionStep, from stage: SubmissionStage) -> SubmissionStage? {
        switch (stage, step) {
        case (.inTransit, .parcelRefused): .parcelRefused
        case (.atCentre, .reportedMissing), (.backAtCentre, .reportedMissing), (.atStation, .reportedMissing):
            .cardMissing
        case (.parcelRefused, .foundAtMaker): .produced
        case (.cardMissing, .foundInCustody): .atCentre
        case (.parcelRefused, .remakeOrdered), (.cardMissing, .remakeOrdered): .reordered
        case (.parcelRefused, .writtenOff), (.cardMissing, .writtenOff): .cardWrittenOff
        case (.reordered, .productionStarted): .inProduction
        case (.onWayToStation, .handoverTakenBack): .atCentre
        case (.atStation, .returnedToCentre): .backAtCentre
        case (.backAtCentre, .returnedToCity): .backAtCity
        case (.backAtCity, .returnedToProvince): .backAtProvince
        // The applicant turned up while it was still in the district.
        case (.backAtCentre, .handedOver): .onWayToStation
        case (.delivered, .lossReported): .cardLost
        case (.cardLost, .foundByHolder): .delivered
        case (.delivered, .replacementAccepted), (.cardLost, .replacementAccepted),
            (.backAtCentre, .replacementAccepted), (.backAtCity, .replacementAccepted),
            (.backAtProvince, .replacementAccepted):
            .reordered
        // Nothing is there to be taken back before production, and of what was lost or written off.
        case (.ordered, .cardRevoked), (.reordered, .cardRevoked), (.cardLost, .cardRevoked),
            (.cardWrittenOff, .cardRevoked):
            .cardWithdrawn
        case (.cardRevoked, .cardRevoked), (.cardWithdrawn, .cardRevoked): nil
        case (_, .cardRevoked): stage.isCard ? .cardRevoked : nil
        case (.cardRevoked, .cardTakenBack): .cardWithdrawn
        default: nil
        }
    }

    /// The steps that are possible at a stage; empty when it is final.
    package static func steps(from stage: SubmissionStage) -> [SubmissionStep] {
        SubmissionStep.allCases.filter { Self.stage(after: $0, from: stage) != nil }
    }

    /// The stages in which a step is possible: what a set-based `UPDATE … WHERE stage = ANY(…)` needs.
    package static func stages(allowing step: SubmissionStep) -> [SubmissionStage] {
        SubmissionStage.allCases.filter { Self.stage(after: step, from: $0) != nil }
    }
}

/// A step was asked for that cannot follow the stage the submission is in. Nothing has changed.
package struct ImpossibleStep: Error, Hashable, Sendable {
    /// Where the submission is.
    package let stage: SubmissionStage
    /// What was asked for.
    package let step: SubmissionStep

    package init(stage: SubmissionStage, step: SubmissionStep) {
        self.stage = stage
        self.step = step
    }

    /// The stable code that interfaces answer with.
    package var code: String { "impossible_step" }

    /// What is wrong and what to do.
    package var zh: String {
        let advice =
            self.stage.isFinal ? "该申请已办结，无需再操作。" : "请刷新后按当前环节办理，当前由\(self.stage.holder.chinese)处理。"
        return "申请当前状态为“\(self.stage.chinese)”，不能进行“\(self.step.chinese)”。\(advice)"
    }

    /// The same in English.
    package var en: String {
        let advice =
            self.stage.isFinal
            ? "It is settled; nothing is left to do."
            : "Refresh and go on from there; it is the turn of: \(self.stage.holder.english)."
        return "The submission is “\(self.stage.english)”, so “\(self.step.english)” is not possible. \(advice)"
    }
}
