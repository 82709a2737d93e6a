import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// Submissions in full flow, for faults to strike: every office works at once, in real time, without programme days.
///
/// Everybody is registered, submits, and is carried to the card in hand or to a refusal. Each office takes its work list
/// again and again until nobody is left, exactly as people would who know nothing of each other.
struct FaultFlow: Sendable {
    let script: Script
    let ledger: FlowLedger
    let desk: Desk
    let clock: FlowClock
    /// Calls of one office under way at once.
    let concurrency: Int
    /// How long nothing may move before the flow counts as stuck.
    var patience = Duration.seconds(100)

    private var people: [RehearsalPerson] { self.ledger.people }

    /// - Throws: ``OperationsError`` when nothing moves any more, or a service refuses what it must accept.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.counter() }
            group.addTask { try await self.office(self.stations) }
            group.addTask { try await self.office(self.centre) }
            group.addTask { try await self.office(self.bureau) }
            group.addTask { try await self.office { try await self.above(.city, .awaitingAudit) } }
            group.addTask { try await self.office { try await self.above(.province, .awaitingFiling) } }
            if self.script.programme.bankChecks {
                group.addTask { try await self.office { try await self.above(.bank, .awaitingBankCheck) } }
            }
            group.addTask { try await self.custody() }
        }
    }

    /// Repeats an office's work until everybody has come to an end.
    private func office(_ pass: () async throws -> Int) async throws {
        while !self.ledger.isFinished {
            if try await pass() > 0 { continue }
            guard self.ledger.idle < self.patience else { throw self.stuck }
            try await Task.sleep(for: .milliseconds(15))
        }
    }

    private var stuck: OperationsError {
        OperationsError(
            "nothing has moved for \(self.patience): \(self.ledger.figures.ended) of \(self.people.count) came to an end"
        )
    }

    // MARK: Counter and station

    private func counter() async throws {
        try await self.each(self.people) { person in
            try self.clock.tick()
            let registered = try await self.desk.post(
                .intake, "/api/persons",
                person.registration, as: .station, station: person.station, answer: IntakeAPI.Person.self)
            self.ledger.registered()
            self.ledger.attempts()
            try self.clock.tick()
            let submission = try await self.desk.post(
                .intake, "/api/submissions",
                IntakeAPI.NewSubmission(
                    personID: registered.id, cardKind: person.cardKind, bank: person.bank, channel: .onSite,
                    applicationFormSigned: true, bankConfirmationSigned: true, originals: person.originals),
                as: .station, station: person.station, key: "fault-\(registered.id)-1",
                answer: IntakeAPI.Submission.self)
            self.ledger.submitted(person, submission.id)
            try await self.desk.send(
                .intake, "PUT", "/api/submissions/\(submission.id)/materials/photo", as: .station,
                station: person.station,
                body: self.script.photo(person), type: "image/jpeg")
        }
    }

    private func stations() async throws -> Int {
        let list = try await self.desk.call(
            .intake, "GET", "/api/submissions?limit=200", as: .centre, answer: IntakeAPI.WorkList.self)
        // Without its photo a submission is still at the counter; one whose answer is under way is not known yet.
        let work = list.submissions.compactMap { submission in
            self.ledger.person(of: submission.id).flatMap { person in
                submission.materials.contains { $0.kind == .photo } ? (submission, person) : nil
            }
        }
        try await self.each(work) { submission, person in
            try self.clock.tick()
            let path = "/api/submissions/\(submission.id)"
            guard submission.stage == .awaitingStationCheck else {
                try await self.unlessDone {
                    _ = try await self.desk.post(
                        .intake, "\(path)/correction",
                        IntakeAPI.Correction(
                            applicationFormSigned: true, bankConfirmationSigned: true,
                            bank: self.ledger.file(person).bankFailed ? self.script.otherBank(person) : nil),
                        as: .station, station: person.station, answer: IntakeAPI.Submission.self)
                }
                return self.ledger.corrected(person)
            }
            let decision = self.script.decision(
                .station, person, round: submission.round, look: self.ledger.look(.station, person))
            try await self.unlessDone {
                _ = try await self.desk.post(
                    .intake, "\(path)/check", IntakeAPI.StationDecision(decision), as: .station,
                    station: person.station,
                    answer: IntakeAPI.Submission.self)
            }
            self.ledger.decided(.station, person, returned: decision.outcome == .return)
        }
        return work.count
    }

    // MARK: Centre, bureau, city, province, bank

    private func centre() async throws -> Int {
        try await self.decide(at: .verification, as: .centre) { found, person in
            guard found.stage == .returnedToCentre else {
                return self.script.decision(
                    .centre, person, round: found.round, look: self.ledger.look(.centre, person))
            }
            if self.ledger.file(person).bankFailed { return self.script.handsDown(.centre, round: found.round) }
            return self.script.centreReturnsFurther(person) && self.ledger.file(person).centreReturns == 0
                ? Decision(outcome: .return, reason: .formsUnsigned, round: found.round)
                : Decision(outcome: .pass, round: found.round)
        }
    }

    private func bureau() async throws -> Int {
        try await self.decide(at: .review, as: .bureau) { found, person in
            self.ledger.file(person).bankFailed
                ? self.script.handsDown(.bureau, round: found.round)
                : self.script.decision(.bureau, person, round: found.round, look: self.ledger.look(.bureau, person))
        }
    }

    private func decide(
        at service: ServiceName, as role: Role,
        _ judge: @escaping @Sendable (CaseAPI.Case, RehearsalPerson) -> Decision
    ) async throws -> Int {
        let level: Level = role == .centre ? .centre : .bureau
        var cases = try await self.desk.post(
            service, "/api/claims", CaseAPI.Claim(limit: 200), as: role, answer: CaseAPI.WorkList.self
        ).cases
        if cases.isEmpty {
            // What was claimed by a call whose answer was lost is still ours, and only the list shows it.
            cases = try await self.desk.call(
                service, "GET", "/api/cases?limit=200", as: role, answer: CaseAPI.WorkList.self
            ).cases
        }
        let work = cases.compactMap { found in self.ledger.person(of: found.submissionID).map { (found, $0) } }
        try await self.each(work) { found, person in
            let decision = judge(found, person)
            try self.clock.tick()
            try await self.unlessDone {
                _ = try await self.desk.post(
                    service, "/api/cases/\(found.submissionID)/decision", decision, as: role,
                    answer: CaseAPI.Outcome.self)
            }
            self.ledger.decided(level, person, returned: decision.outcome == .return)
            if decision.outcome == .refuse { self.ledger.refused(person) }
        }
        return work.count
    }

    private func above(_ level: Level, _ stage: SubmissionStage) async throws -> Int {
        let list = try await self.desk.call(
            .review, "GET", "/api/cases?stage=\(stage.rawValue)&limit=200", as: .superior, answer: CaseAPI.WorkList.self
        )
        let now = try self.clock.tick()
        let work = list.cases.compactMap { found in
            self.ledger.person(of: found.submissionID).map { person in
                (
                    person,
                    CaseAPI.SuperiorDecisions.Item(
                        submissionID: found.submissionID, level: level,
                        decision: self.script.decision(
                            level, person, round: found.round, look: self.ledger.look(level, person)), decidedAt: now)
                )
            }
        }
        guard !work.isEmpty else { return 0 }
        if level == .bank {
            for (person, item) in work {
                self.ledger.bankDecides(person, failed: item.decision.outcome == .return)
            }
        }
        let answer = try await self.desk.post(
            .review, "/api/decisions", CaseAPI.SuperiorDecisions(decisions: work.map(\.1)), as: .superior,
            answer: CaseAPI.SuperiorOutcomes.self)
        if let refused = answer.outcomes.first(where: { $0.result == .refused }) {
            throw OperationsError(
                "review refused a decision of \(level.rawValue) about \(refused.submissionID): \(refused.english ?? "")"
            )
        }
        for (person, item) in work {
            self.ledger.decided(level, person, returned: item.decision.outcome == .return)
            if item.decision.outcome == .refuse { self.ledger.refused(person) }
        }
        return work.count
    }

    // MARK: -

    func each<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = items[...]
            for item in rest.prefix(self.concurrency) { group.addTask { try await body(item) } }
            rest = rest.dropFirst(self.concurrency)
            while try await group.next() != nil {
                if let item = rest.popFirst() { group.addTask { try await body(item) } }
            }
        }
    }

    /// A step that is refused because an earlier try of the same call was carried out is done.
    func unlessDone(_ call: () async throws -> Void) async throws {
        do {
            try await call()
        } catch let refusal as Desk.Refusal where refusal.status == 409 && refusal.afterLostAnswer {
        }
    }
}
