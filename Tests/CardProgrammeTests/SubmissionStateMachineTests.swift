import CardProgramme
import Testing

@Suite("A submission's way")
struct SubmissionStateMachineTests {
    /// Every step that is possible, written out a second time on purpose: what is not here is refused.
    static let possible: [(from: SubmissionStage, step: SubmissionStep, to: SubmissionStage)] =
        [
            (.awaitingStationCheck, .checkPassed, .awaitingVerification),
            (.awaitingStationCheck, .checkReturned, .returnedToApplicant),
            (.returnedToApplicant, .corrected, .awaitingStationCheck),
            (.awaitingVerification, .verificationPassed, .awaitingInitialReview),
            (.awaitingVerification, .verificationReturned, .returnedToStation),
            (.returnedToStation, .checkPassed, .awaitingVerification),
            (.returnedToStation, .checkReturned, .returnedToApplicant),
            (.returnedToStation, .corrected, .awaitingStationCheck),
            (.awaitingInitialReview, .initialReviewPassed, .awaitingAudit),
            (.awaitingInitialReview, .initialReviewReturned, .returnedToCentre),
            (.returnedToCentre, .verificationPassed, .awaitingInitialReview),
            (.returnedToCentre, .verificationReturned, .returnedToStation),
            (.awaitingAudit, .auditPassed, .awaitingFiling),
            (.awaitingAudit, .auditReturned, .returnedToBureau),
            (.awaitingAudit, .auditRefused, .refused),
            (.returnedToBureau, .initialReviewPassed, .awaitingAudit),
            (.returnedToBureau, .initialReviewReturned, .returnedToCentre),
            (.awaitingFiling, .filed, .ordered),
            (.awaitingInitialReview, .initialReviewRefused, .refused),
            (.returnedToBureau, .initialReviewRefused, .refused),
            (.awaitingFiling, .filingRefused, .refused),
            (.awaitingFiling, .filedForBank, .awaitingBankCheck),
            (.awaitingBankCheck, .bankCheckPassed, .ordered),
            (.awaitingBankCheck, .bankCheckReturned, .returnedToBureau),
            (.awaitingInitialReview, .rulingRequested, .awaitingRuling),
            (.returnedToBureau, .rulingRequested, .awaitingRuling),
            (.awaitingAudit, .rulingRequested, .awaitingRuling),
            (.awaitingFiling, .rulingRequested, .awaitingRuling),
            (.awaitingBankCheck, .rulingRequested, .awaitingRuling),
            (.awaitingRuling, .clearedForReview, .awaitingInitialReview),
            (.awaitingRuling, .clearedForAudit, .awaitingAudit),
            (.awaitingRuling, .clearedForFiling, .awaitingFiling),
            (.awaitingRuling, .clearedForBank, .awaitingBankCheck),
            (.awaitingRuling, .rulingRefused, .refused),
            (.awaitingInitialReview, .discontinued, .discontinued),
            (.returnedToBureau, .discontinued, .discontinued),
            (.awaitingAudit, .discontinued, .discontinued),
            (.awaitingFiling, .discontinued, .discontinued),
            (.awaitingBankCheck, .discontinued, .discontinued),
            (.awaitingRuling, .discontinued, .discontinued),
            (.awaitingFiling, .auditReopened, .awaitingAudit),
            (.returnedToBureau, .auditReopened, .awaitingAudit),
            (.awaitingBankCheck, .filingReopened, .awaitingFiling),
            (.returnedToBureau, .bankCheckReopened, .awaitingBankCheck),
            (.ordered, .productionStarted, .inProduction),
            (.inProduction, .produced, .produced),
            (.inProduction, .shipped, .inTransit),
            (.produced, .shipped, .inTransit),
            (.inTransit, .receivedAtCentre, .atCentre),
            (.atCentre, .handedOver, .onWayToStation),
            (.onWayToStation, .receivedAtStation, .atStation),
            (.atStation, .delivered, .delivered),
        ] + SubmissionStateMachineTests.cards

    /// The ways of a card that left the straight path.
    static let cards: [(from: SubmissionStage, step: SubmissionStep, to: SubmissionStage)] = [
        (.inTransit, .parcelRefused, .parcelRefused),
        (.atCentre, .reportedMissing, .cardMissing), (.backAtCentre, .reportedMissing, .cardMissing),
        (.atStation, .reportedMissing, .cardMissing),
        (.parcelRefused, .foundAtMaker, .produced), (.cardMissing, .foundInCustody, .atCentre),
        (.parcelRefused, .remakeOrdered, .reordered), (.cardMissing, .remakeOrdered, .reordered),
        (.parcelRefused, .writtenOff, .cardWrittenOff), (.cardMissing, .writtenOff, .cardWrittenOff),
        (.reordered, .productionStarted, .inProduction),
        (.onWayToStation, .handoverTakenBack, .atCentre),
        (.atStation, .returnedToCentre, .backAtCentre), (.backAtCentre, .returnedToCity, .backAtCity),
        (.backAtCity, .returnedToProvince, .backAtProvince), (.backAtCentre, .handedOver, .onWayToStation),
        (.delivered, .lossReported, .cardLost), (.cardLost, .foundByHolder, .delivered),
        (.delivered, .replacementAccepted, .reordered), (.cardLost, .replacementAccepted, .reordered),
        (.backAtCentre, .replacementAccepted, .reordered), (.backAtCity, .replacementAccepted, .reordered),
        (.backAtProvince, .replacementAccepted, .reordered),
        (.ordered, .cardRevoked, .cardWithdrawn), (.reordered, .cardRevoked, .cardWithdrawn),
        (.cardLost, .cardRevoked, .cardWithdrawn), (.cardWrittenOff, .cardRevoked, .cardWithdrawn),
        (.inProduction, .cardRevoked, .cardRevoked), (.produced, .cardRevoked, .cardRevoked),
        (.inTransit, .cardRevoked, .cardRevoked), (.atCentre, .cardRevoked, .cardRevoked),
        (.onWayToStation, .cardRevoked, .cardRevoked), (.atStation, .cardRevoked, .cardRevoked),
        (.delivered, .cardRevoked, .cardRevoked), (.parcelRefused, .cardRevoked, .cardRevoked),
        (.cardMissing, .cardRevoked, .cardRevoked), (.backAtCentre, .cardRevoked, .cardRevoked),
        (.backAtCity, .cardRevoked, .cardRevoked), (.backAtProvince, .cardRevoked, .cardRevoked),
        (.cardRevoked, .cardTakenBack, .cardWithdrawn),
    ]

    @Test("allows each step of the table and refuses every other one, leaving the stage as it was")
    func table() {
        for stage in SubmissionStage.allCases {
            for step in SubmissionStep.allCases {
                var machine = SubmissionStateMachine(stage: stage)
                let expected = Self.possible.first { $0.from == stage && $0.step == step }?.to
                if let expected {
                    #expect((try? machine.apply(step)) == expected, "\(step) at \(stage)")
                    #expect(machine.stage == expected)
                } else {
                    #expect(throws: ImpossibleStep(stage: stage, step: step)) { try machine.apply(step) }
                    #expect(machine.stage == stage)
                }
            }
        }
    }

    @Test("leads from the counter to the holder's hand")
    func straight() throws {
        var machine = SubmissionStateMachine()
        for step in [
            SubmissionStep.checkPassed, .verificationPassed, .initialReviewPassed, .auditPassed, .filed,
            .productionStarted, .produced,
            .shipped, .receivedAtCentre, .handedOver, .receivedAtStation, .delivered,
        ] {
            #expect(!machine.stage.isFinal)
            try machine.apply(step)
        }
        #expect(machine.stage == .delivered)
        #expect(machine.stage.isFinal)
    }

    @Test("leads back to the applicant hop by hop from the city, and up again")
    func back() throws {
        var machine = SubmissionStateMachine(stage: .awaitingAudit)
        var holders: [Holder] = []
        for step in [SubmissionStep.auditReturned, .initialReviewReturned, .verificationReturned, .checkReturned] {
            #expect(step.isReturn)
            holders.append(try machine.apply(step).holder)
            #expect(machine.stage.isReturned)
        }
        #expect(holders == [.bureau, .centre, .station, .applicant])
        for step in [SubmissionStep.corrected, .checkPassed, .verificationPassed, .initialReviewPassed, .auditPassed] {
            try machine.apply(step)
        }
        #expect(machine.stage == .awaitingFiling)
    }

    @Test("goes on from where it was put off, and back to the bureau from the bank")
    func interruptions() throws {
        for (from, clearing) in [
            (SubmissionStage.awaitingInitialReview, SubmissionStep.clearedForReview),
            (.awaitingAudit, .clearedForAudit), (.awaitingFiling, .clearedForFiling),
            (.awaitingBankCheck, .clearedForBank),
        ] {
            var machine = SubmissionStateMachine(stage: from)
            #expect(try machine.apply(.rulingRequested).holder == .province)
            #expect(try machine.apply(clearing) == from)
        }
        var machine = SubmissionStateMachine(stage: .awaitingFiling)
        #expect(try machine.apply(.filedForBank).holder == .bank)
        #expect(SubmissionStep.bankCheckReturned.isReturn)
        #expect(try machine.apply(.bankCheckReturned).isReturned)
        #expect(machine.stage.holder == .bureau)
    }

    @Test("does not let a level pass the same submission twice")
    func twice() throws {
        for (from, step, to) in Self.possible where to != from {
            var machine = SubmissionStateMachine(stage: from)
            try machine.apply(step)
            #expect(throws: ImpossibleStep.self, "\(step) after \(from)") { try machine.apply(step) }
        }
    }

    @Test("reaches every stage, ends only where it is settled, and every step is possible somewhere")
    func reachable() {
        var reached: Set<SubmissionStage> = [.awaitingStationCheck]
        var open: [SubmissionStage] = [.awaitingStationCheck]
        while let stage = open.popLast() {
            for step in SubmissionStateMachine.steps(from: stage) {
                if let next = SubmissionStateMachine.stage(after: step, from: stage), reached.insert(next).inserted {
                    open.append(next)
                }
            }
        }
        #expect(reached == Set(SubmissionStage.allCases))
        for stage in SubmissionStage.allCases {
            // A card that is settled can still become void, be lost or be replaced; a paper cannot.
            #expect(SubmissionStateMachine.steps(from: stage).isEmpty ? stage.isFinal : !stage.isFinal || stage.isCard)
            #expect((stage.holder == .nobody) == stage.isFinal)
        }
        for step in SubmissionStep.allCases { #expect(!SubmissionStateMachine.stages(allowing: step).isEmpty) }
        #expect(
            SubmissionStateMachine.stages(allowing: .verificationPassed) == [.awaitingVerification, .returnedToCentre])
    }

    @Test("never leaves the table on a random walk, and every walk can still end")
    func walks() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            var machine = SubmissionStateMachine()
            for _ in 0..<60 where !machine.stage.isFinal {
                let step = SubmissionStep.allCases.randomElement(using: &generator) ?? .filed
                let before = machine.stage
                let allowed = SubmissionStateMachine.steps(from: before).contains(step)
                let done = (try? machine.apply(step)) != nil
                #expect(done == allowed)
                if !done { #expect(machine.stage == before) }
            }
        }
    }

    @Test("a refusal says where it stands, whose turn it is and what to do, in both languages")
    func words() {
        let refusal = ImpossibleStep(stage: .awaitingAudit, step: .verificationPassed)
        #expect(refusal.zh.contains("待市退役军人事务局审核") && refusal.zh.contains("市退役军人事务局处理"))
        #expect(refusal.en.contains("city bureau"))
        #expect(ImpossibleStep(stage: .delivered, step: .delivered).zh.contains("已办结"))
        for stage in SubmissionStage.allCases { #expect(!stage.chinese.isEmpty && !stage.english.isEmpty) }
        for step in SubmissionStep.allCases { #expect(!step.chinese.isEmpty && !step.english.isEmpty) }
        for holder in Holder.allCases { #expect(!holder.chinese.isEmpty && !holder.english.isEmpty) }
        for reason in ReturnReason.allCases {
            #expect(reason.guidanceChinese.hasSuffix("。") && reason.guidanceEnglish.hasSuffix("."))
        }
        #expect(Set(ReturnReason.allCases.map(\.chinese)).count == ReturnReason.allCases.count)
    }

    @Test("codes of stages and steps are stable")
    func codes() {
        #expect(
            SubmissionStage.allCases.map(\.rawValue) == [
                "awaitingStationCheck", "returnedToApplicant", "awaitingVerification", "returnedToStation",
                "awaitingInitialReview",
                "returnedToCentre", "awaitingAudit", "returnedToBureau", "awaitingFiling", "awaitingBankCheck",
                "awaitingRuling", "refused", "discontinued", "ordered",
                "inProduction", "produced",
                "inTransit", "atCentre", "onWayToStation", "atStation", "delivered",
                "parcelRefused", "cardMissing", "cardLost", "reordered", "backAtCentre", "backAtCity", "backAtProvince",
                "cardWrittenOff", "cardRevoked", "cardWithdrawn",
            ])
        #expect(
            SubmissionStep.allCases.map(\.rawValue) == [
                "checkPassed", "checkReturned", "corrected", "verificationPassed", "verificationReturned",
                "initialReviewPassed",
                "initialReviewReturned", "auditPassed", "auditReturned", "auditRefused", "filed",
                "initialReviewRefused",
                "filingRefused", "filedForBank", "bankCheckPassed", "bankCheckReturned", "rulingRequested",
                "clearedForReview", "clearedForAudit", "clearedForFiling", "clearedForBank", "rulingRefused",
                "discontinued", "auditReopened", "filingReopened", "bankCheckReopened", "productionStarted",
                "produced", "shipped",
                "receivedAtCentre", "handedOver", "receivedAtStation", "delivered",
                "parcelRefused", "reportedMissing", "foundAtMaker", "foundInCustody", "remakeOrdered", "writtenOff",
                "handoverTakenBack", "returnedToCentre", "returnedToCity", "returnedToProvince", "lossReported",
                "foundByHolder", "replacementAccepted", "cardRevoked", "cardTakenBack",
            ])
        #expect(
            ReturnReason.allCases.map(\.rawValue) == [
                "materialsIncomplete", "materialsUnclear", "cardKindWrong", "identityMismatch", "formsUnsigned",
                "photoUnsuitable",
                "fileIncomplete", "proofInsufficient", "recordsDisagree", "bankCardLimit", "bankAccountUnavailable",
                "bankDetailsMismatch", "other",
            ])
    }
}
