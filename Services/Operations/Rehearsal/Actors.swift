import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Applicants and staff: each piece of work as the calls a person would make.
///
/// Every call may have been heard although its answer was lost. Staff then see that the step was taken and go on; so does
/// this, by looking at the case again.
struct Actors: Sendable {
    let script: Script
    let desk: Desk

    func act(
        _ work: Engagement.Work, _ person: RehearsalPerson, _ ledger: RehearsalLedger, on day: CalendarDay
    ) async throws -> Outcome {
        let file = ledger.files[person.index]
        switch work {
        case .register: return try await self.registerWithMistakes(person)
        case .check: return try await self.check(person, file)
        case .verify: return try await self.verify(person, file)
        case .review: return try await self.review(person, file)
        case .deliver: return try await self.deliver(person, file)
        case .sendBack: return try await self.sendBack(person, file)
        case .sendFurther: return try await self.sendFurther(person, file)
        case .rule: return try await self.rule(person, file, on: day)
        case .replaceLost: return try await self.replaceLost(person, file)
        default: throw OperationsError("\(work) is not one person's work")
        }
    }

    // MARK: Applicant and station

    func submit(
        _ person: RehearsalPerson, _ file: RehearsalLedger.File, _ channel: IntakeAPI.Channel
    ) async throws -> Outcome {
        guard let personID = file.personID else { throw OperationsError("person \(person.index) was not registered") }
        let submission = try await self.desk.post(
            .intake, "/api/submissions",
            IntakeAPI.NewSubmission(
                personID: personID, cardKind: person.cardKind, bank: person.bank, channel: channel,
                applicationFormSigned: true, bankConfirmationSigned: true, originals: person.originals),
            as: .station, station: person.station, key: "rehearsal-\(personID)-1", answer: IntakeAPI.Submission.self)
        try await self.desk.send(
            .intake, "PUT", "/api/submissions/\(submission.id)/materials/photo", as: .station, station: person.station,
            body: self.script.photo(person), type: "image/jpeg")
        return .stage(
            person.index, .awaitingStationCheck,
            .init(submission: submission.id, step: .corrected, round: submission.round, dueOn: nil))
    }

    private func check(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        let decision = self.script.decision(
            .station, person, round: file.round, look: self.looks(file, .checkPassed, .checkReturned))
        let stage: SubmissionStage = decision.outcome == .pass ? .awaitingVerification : .returnedToApplicant
        try await self.unlessDone {
            _ = try await self.desk.post(
                .intake, "/api/submissions/\(try self.id(file))/check", IntakeAPI.StationDecision(decision),
                as: .station, station: person.station,
                answer: IntakeAPI.Submission.self)
        }
        return .stage(
            person.index, stage,
            .init(step: decision.outcome == .pass ? .checkPassed : .checkReturned, round: file.round))
    }

    func correct(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        try await self.unlessDone {
            _ = try await self.desk.post(
                .intake, "/api/submissions/\(try self.id(file))/correction",
                IntakeAPI.Correction(
                    applicationFormSigned: true, bankConfirmationSigned: true,
                    bank: file.bankFailed ? self.script.otherBank(person) : nil), as: .station,
                station: person.station, answer: IntakeAPI.Submission.self)
        }
        return .stage(person.index, .awaitingStationCheck, .init(step: .corrected, round: file.round + 1))
    }

    // MARK: Centre and bureau

    private func verify(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        var decision = self.script.decision(
            .centre, person, round: file.round, look: self.looks(file, .verificationPassed, .verificationReturned))
        if file.stage == .returnedToCentre {
            decision =
                self.script.centreReturnsFurther(person) && file.returns[.centre, default: 0] == 0
                ? Decision(outcome: .return, reason: .formsUnsigned, round: file.round)
                : Decision(outcome: .pass, round: file.round)
            if file.bankFailed { decision = self.script.handsDown(.centre, round: file.round) }
        }
        try await self.unlessDone {
            _ = try await self.desk.post(
                .verification, "/api/cases/\(try self.id(file))/decision", decision, as: .centre,
                answer: CaseAPI.Outcome.self)
        }
        return .stage(
            person.index, decision.outcome == .pass ? .awaitingInitialReview : .returnedToStation,
            .init(step: decision.outcome == .pass ? .verificationPassed : .verificationReturned, round: file.round))
    }

    private func review(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        let id = try self.id(file)
        let seen = try await self.desk.call(
            .review, "GET", "/api/cases/\(id)", as: .bureau, answer: CaseAPI.Case.self)
        if !file.bankFailed, file.looks[.rulingRequested] == nil, self.script.happens(.suspension, person) {
            return try await self.suspend(person, file)
        }
        let decision =
            file.bankFailed
            ? self.script.handsDown(.bureau, round: file.round)
            : self.script.decision(
                .bureau, person, round: file.round,
                look: self.looks(file, .initialReviewPassed, .initialReviewReturned))
        try await self.unlessDone {
            _ = try await self.desk.post(
                .review, "/api/cases/\(id)/decision", decision, as: .bureau, answer: CaseAPI.Outcome.self)
        }
        let (stage, step): (SubmissionStage, SubmissionStep) =
            switch decision.outcome {
            case .pass: (.awaitingAudit, .initialReviewPassed)
            case .return: (.returnedToCentre, .initialReviewReturned)
            case .refuse: (.refused, .initialReviewRefused)
            }
        return .stage(person.index, stage, .init(step: step, round: file.round, dueOn: seen.dueOn))
    }

    // MARK: City, province and bank, by list

    func record(
        _ level: Level, _ people: [RehearsalPerson], _ ledger: RehearsalLedger, on day: CalendarDay
    ) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        let hour: Hour =
            switch level {
            case .city: .city
            case .province: .province
            default: .bank
            }
        for start in stride(from: 0, to: people.count, by: 500) {
            var items: [CaseAPI.SuperiorDecisions.Item] = []
            for person in people[start..<min(start + 500, people.count)] {
                let file = ledger.files[person.index]
                let look =
                    switch level {
                    case .city: self.looks(file, .auditPassed, .auditReturned)
                    case .province: self.looks(file, .filed, .filedForBank)
                    default: self.looks(file, .bankCheckPassed, .bankCheckReturned)
                    }
                let decision = self.script.decision(level, person, round: file.round, look: look)
                items.append(
                    .init(
                        submissionID: try self.id(file), level: level, decision: decision,
                        decidedAt: hour.instant(on: day)))
                let (stage, step): (SubmissionStage, SubmissionStep) =
                    switch (level, decision.outcome) {
                    case (.city, .pass): (.awaitingFiling, .auditPassed)
                    case (.city, .return): (.returnedToBureau, .auditReturned)
                    case (.city, .refuse): (.refused, .auditRefused)
                    case (.province, _):
                        self.script.programme.bankChecks ? (.awaitingBankCheck, .filedForBank) : (.ordered, .filed)
                    case (_, .pass): (.ordered, .bankCheckPassed)
                    default: (.returnedToBureau, .bankCheckReturned)
                    }
                outcomes.append(.stage(person.index, stage, .init(step: step, round: file.round)))
            }
            let answer = try await self.desk.post(
                .review, "/api/decisions", CaseAPI.SuperiorDecisions(decisions: items), as: .superior,
                answer: CaseAPI.SuperiorOutcomes.self)
            if let refused = answer.outcomes.first(where: { $0.result == .refused }) {
                throw OperationsError(
                    "Review refused a decision of \(level.rawValue) about \(refused.submissionID): \(refused.english ?? "")"
                )
            }
        }
        return outcomes
    }

    // MARK: -

    func deliver(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        let id = try self.id(file)
        let order = try await self.desk.call(
            .issuance, "GET", "/api/orders/\(id)", as: .station, station: person.station, answer: IssuanceAPI.Order.self
        )
        let modes = self.script.programme.deliveryModes
        let isProxy = self.script.happens(.proxy, person)
        try await self.unlessDone {
            _ = try await self.desk.post(
                .issuance, "/api/orders/\(id)/delivery",
                IssuanceAPI.Delivery(
                    mode: modes[self.script.chance.index(modes.count, person: person.index, "mode")],
                    receivedBy: isProxy ? .relative : .holder, relation: isProxy ? "子女" : nil,
                    proof: isProxy ? [.signature, .householdRegister] : [.signature]),
                as: .station, station: person.station, answer: IssuanceAPI.Order.self)
        }
        return .stage(
            person.index, .delivered,
            .init(
                step: .delivered, round: file.round, dueOn: order.dueOn, exceptions: isProxy ? [.proxy] : []))
    }

    func id(_ file: RehearsalLedger.File) throws -> UUID {
        guard let id = file.submission else { throw OperationsError("a person without a submission cannot be decided") }
        return id
    }

    /// Which look of this level this is: 1 for the first.
    func looks(_ file: RehearsalLedger.File, _ steps: SubmissionStep...) -> Int {
        Set(steps).reduce(0) { $0 + file.looks[$1, default: 0] } + 1
    }

    /// A step that was refused because an earlier try of the same call was carried out is done.
    func unlessDone(_ call: () async throws -> Void) async throws {
        do {
            try await call()
        } catch let refusal as Desk.Refusal where refusal.status == 409 && refusal.afterLostAnswer {
        }
    }
}
