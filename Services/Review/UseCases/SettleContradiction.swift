import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime

/// Settles a row that says something else than what is recorded: somebody of the bureau has asked, and either what is
/// recorded stands, or it is taken back and the row recorded in its place.
struct SettleContradiction: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let announcement: StageAnnouncement
    let remarks: RemarkSeal
    let rules: ReviewRules

    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func callAsFunction(
        _ id: UUID, _ settlement: ReviewAPI.Settlement, by principal: Principal
    ) async throws -> ReviewAPI.Contradiction {
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            let contradictions = ContradictionStore(sql: unit.sql)
            let store = CaseStore(sql: unit.sql)
            guard let kept = try await contradictions.lock(id),
                let found = try await store.lock([kept.row.submissionID])[kept.row.submissionID]
            else { throw CaseRefusal.contradictionNotFound }
            try AccessPolicy.decide(principal, .settleContradiction, on: found.resource)
            var answer = kept.row
            if let settledAs = kept.row.settledAs {
                guard settledAs == settlement.outcome else { throw CaseRefusal.contradictionSettled }
                return answer
            }
            if settlement.outcome == .rowStands {
                let sealed = SealedRemarks(ground: kept.ground, note: kept.note)
                answer.stage = try await self.replace(kept.row, sealed, of: found, by: principal, now, store, unit)
            }
            try await contradictions.settle(id, as: settlement.outcome, by: principal.subject, at: now)
            answer.settledAs = settlement.outcome
            return answer
        }
    }

    /// Takes the decision on record back and records the row in its place.
    ///
    /// - Returns: Where the case is then.
    private func replace(
        _ row: ReviewAPI.Contradiction, _ sealed: SealedRemarks, of found: ReviewCase, by principal: Principal,
        _ now: Date, _ store: CaseStore, _ unit: UnitOfWork
    ) async throws -> SubmissionStage {
        let id = found.submissionID
        try found.check(round: row.round)
        let history = try await store.decisions(about: [id], of: Level.allCases, remarks: self.remarks)[id, default: []]
        let reopening = try found.reopening(row.level, history: history, at: now, rules: self.rules)
        var reopened = found.moved(by: reopening, note: nil, subject: principal.subject)
        // Since when it really was with that level, so that the row's own day can be judged.
        reopened.waitingSince = history.arrival(at: row.level) ?? found.waitingSince
        let decision = Decision(
            outcome: row.outcome, reason: row.reason, round: row.round,
            ground: self.remarks.openGround(sealed.ground, of: id), note: self.remarks.openNote(sealed.note, of: id))
        var verdict = try reopened.verdict(
            of: row.level, decision, decidedAt: row.decidedAt, by: principal.subject, recordedAt: now,
            rules: self.rules)
        // It takes its place in the history now, whenever it was decided.
        verdict.at = now
        let moved = reopened.moved(by: verdict, note: sealed.note, subject: principal.subject)
        try self.announcement.announce(reopening, of: reopened, by: principal.subject, to: unit)
        try self.announcement.announce(verdict, of: moved, by: principal.subject, to: unit)
        try await store.carryOut(
            [
                CaseStore.Step(moved: reopened, verdict: reopening, sealed: .none, decidedAt: now),
                CaseStore.Step(moved: moved, verdict: verdict, sealed: sealed, decidedAt: row.decidedAt),
            ], by: principal.subject, at: now)
        return moved.stage
    }
}

extension Sequence<RecordedDecision> {
    /// When the level below passed it on, last.
    fileprivate func arrival(at level: Level) -> Date? {
        let below: Level =
            switch level {
            case .province: .city
            case .bank: .province
            default: .bureau
            }
        return self.filter { $0.level == below && $0.outcome == .pass }.last?.decidedAt
    }
}
