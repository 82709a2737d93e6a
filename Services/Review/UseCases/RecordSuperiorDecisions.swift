import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Records what city and province decided, as their list says (N18, N19). Nothing is decided here.
///
/// Every item has its own answer: one that is wrong does not keep the others from being recorded, and a list sent twice
/// changes nothing the second time.
struct RecordSuperiorDecisions: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let announcement: StageAnnouncement

    static let limits = 1...500

    func callAsFunction(
        _ items: [CaseAPI.SuperiorDecisions.Item], by principal: Principal
    ) async throws -> CaseAPI.SuperiorOutcomes {
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            let store = CaseStore(sql: unit.sql)
            let submissions = Array(Set(items.map(\.submissionID)))
            var cases = try await store.lock(submissions)
            var recorded = try await store.superiorDecisions(about: submissions)
            var steps: [CaseStore.Step] = []
            var outcomes: [CaseAPI.SuperiorOutcomes.Item] = []
            for item in items {
                do {
                    let found = try self.reachable(item, in: cases, by: principal)
                    if recorded[item.submissionID, default: []].contains(item, about: found) {
                        outcomes.append(
                            .init(submissionID: item.submissionID, result: .alreadyRecorded, stage: found.stage))
                        continue
                    }
                    let verdict = try found.verdict(
                        of: item.level, item.decision, decidedAt: item.decidedAt, recordedAt: now)
                    let moved = found.moved(by: verdict)
                    try self.announcement.announce(verdict, of: moved, by: principal.subject, to: unit)
                    cases[item.submissionID] = moved
                    recorded[item.submissionID, default: []].append(item.recorded(about: found))
                    steps.append(CaseStore.Step(moved: moved, verdict: verdict, decidedAt: item.decidedAt))
                    outcomes.append(.init(submissionID: item.submissionID, result: .recorded, stage: moved.stage))
                } catch let refusal as CaseRefusal {
                    outcomes.append(
                        item.refused(zh: refusal.zh, en: refusal.en, stage: cases[item.submissionID]?.stage))
                } catch let denied as AccessError {
                    // Where a case is concerns nobody outside its division.
                    outcomes.append(item.refused(zh: denied.zh, en: denied.en, stage: nil))
                }
            }
            try await store.carryOut(steps, by: principal.subject, at: now)
            return CaseAPI.SuperiorOutcomes(outcomes: outcomes)
        }
    }

    private func reachable(
        _ item: CaseAPI.SuperiorDecisions.Item, in cases: [UUID: ReviewCase], by principal: Principal
    ) throws -> ReviewCase {
        guard let found = cases[item.submissionID] else { throw CaseRefusal.notFound }
        try AccessPolicy.decide(principal, item.level == .province ? .recordFiling : .recordAudit, on: found.resource)
        return found
    }
}

extension ReviewCase {
    /// The case as a decision of city or province leaves it.
    func moved(by verdict: ReviewVerdict) -> ReviewCase {
        var moved = self
        moved.stage = verdict.stage
        moved.waitingSince = verdict.at
        moved.due = verdict.due
        moved.lastReason = verdict.reason ?? self.lastReason
        moved.claim = nil
        moved.revision += 1
        return moved
    }
}

extension CaseAPI.SuperiorDecisions.Item {
    fileprivate func recorded(about found: ReviewCase) -> RecordedDecision {
        RecordedDecision(
            submissionID: self.submissionID, level: self.level, round: self.decision.round, pass: found.pass,
            outcome: self.decision.outcome, reason: self.decision.reason, decidedAt: self.decidedAt)
    }

    fileprivate func refused(zh: String, en: String, stage: SubmissionStage?) -> CaseAPI.SuperiorOutcomes.Item {
        .init(submissionID: self.submissionID, result: .refused, stage: stage, chinese: zh, english: en)
    }
}
