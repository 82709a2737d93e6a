import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Carries out verdicts off the straight way, one case at a time: lock, judge, record, announce, in one transaction.
struct CaseMover: Sendable {
    let endpoint: MessageEndpoint
    let announcement: StageAnnouncement
    let remarks: RemarkSeal

    /// - Parameters:
    ///   - decidedAt: As a list says; nil for now.
    ///   - judge: Gives nil when the case has come to this already.
    ///   - same: Whether what was recorded last is the very same request, which then is answered as the first time.
    /// - Throws: ``CaseRefusal``, or ``AccessError`` when the case is outside the caller's reach. Nothing is changed then.
    func move(
        _ submission: UUID, _ action: Action, by principal: Principal, at now: Date, decidedAt: Date? = nil,
        _ judge: @Sendable (ReviewCase) throws -> ReviewVerdict?,
        same: @Sendable (RecordedDecision) -> Bool
    ) async throws -> ReviewAPI.Standing {
        try await self.endpoint.transaction { unit in
            let store = CaseStore(sql: unit.sql)
            guard let found = try await store.lock([submission])[submission] else { throw CaseRefusal.notFound }
            try AccessPolicy.decide(principal, action, on: found.resource)
            let verdict: ReviewVerdict
            do {
                guard let judged = try judge(found) else { throw CaseRefusal.decidedOtherwise }
                verdict = judged
            } catch let refusal as CaseRefusal {
                let history = try await store.decisions(
                    about: [submission], of: Level.allCases, remarks: self.remarks)
                guard refusal.kind == .conflict, let last = history[submission]?.last, same(last) else { throw refusal }
                return found.standing
            }
            let sealed = try self.remarks.seal(verdict.ground, note: verdict.note, of: submission)
            let moved = found.moved(by: verdict, note: sealed.note, subject: principal.subject)
            try await store.carryOut(
                [CaseStore.Step(moved: moved, verdict: verdict, sealed: sealed, decidedAt: decidedAt ?? verdict.at)],
                by: principal.subject, at: now)
            try self.announcement.announce(verdict, of: moved, by: principal.subject, to: unit)
            return moved.standing
        }
    }
}

extension ReviewCase {
    var standing: ReviewAPI.Standing {
        ReviewAPI.Standing(
            submissionID: self.submissionID, round: self.round, stage: self.stage, dueOn: self.due?.day,
            hold: self.hold?.rawValue)
    }
}
