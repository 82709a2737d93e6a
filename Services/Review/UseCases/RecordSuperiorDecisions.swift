import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// Records what city, province and bank decided, as their list says (N18, N19, N23). Nothing is decided here.
///
/// Every item has its own answer: one that is wrong does not keep the others from being recorded, and a list sent twice
/// changes nothing the second time. An item that says something else than what is recorded is not applied: it is kept for
/// somebody of the bureau to settle.
struct RecordSuperiorDecisions: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let announcement: StageAnnouncement
    let remarks: RemarkSeal
    let rules: ReviewRules

    static let limits = 1...500

    func callAsFunction(
        _ items: [CaseAPI.SuperiorDecisions.Item], by principal: Principal
    ) async throws -> CaseAPI.SuperiorOutcomes {
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            let store = CaseStore(sql: unit.sql)
            let submissions = Array(Set(items.map(\.submissionID)))
            var listing = Listing(
                cases: try await store.lock(submissions),
                recorded: try await store.decisions(
                    about: submissions, of: ReviewCase.levelsAbove, remarks: self.remarks))
            for index in Self.order(of: items) {
                listing.outcomes[index] = try self.record(
                    items[index], at: index, in: &listing, by: principal, now, unit)
            }
            try await store.carryOut(listing.steps, by: principal.subject, at: now)
            let settled = try await ContradictionStore(sql: unit.sql).keep(
                listing.contradictions.map(\.row), by: principal.subject, at: now)
            for (kept, isSettled) in zip(listing.contradictions, settled) where isSettled {
                listing.outcomes[kept.index] = .init(
                    submissionID: kept.row.found.submissionID, result: .alreadyRecorded, stage: kept.row.found.stage)
            }
            return CaseAPI.SuperiorOutcomes(outcomes: items.indices.compactMap { listing.outcomes[$0] })
        }
    }

    /// What a list has come to so far.
    private struct Listing {
        var cases: [UUID: ReviewCase]
        var recorded: [UUID: [RecordedDecision]]
        var steps: [CaseStore.Step] = []
        var contradictions: [(row: ContradictionStore.Row, index: Int)] = []
        /// By place in the list.
        var outcomes: [Int: CaseAPI.SuperiorOutcomes.Item] = [:]
    }

    /// Lower levels first: one list may hold a submission's whole way, in whatever order.
    private static func order(of items: [CaseAPI.SuperiorDecisions.Item]) -> [Int] {
        let ranks = ReviewCase.levelsAbove
        return items.indices.sorted { left, right in
            let (first, second) = (
                ranks.firstIndex(of: items[left].level) ?? 0, ranks.firstIndex(of: items[right].level) ?? 0
            )
            return first == second ? left < right : first < second
        }
    }

    private func record(
        _ item: CaseAPI.SuperiorDecisions.Item, at index: Int, in listing: inout Listing, by principal: Principal,
        _ now: Date, _ unit: UnitOfWork
    ) throws -> CaseAPI.SuperiorOutcomes.Item {
        let id = item.submissionID
        do {
            let found = try self.reachable(item, in: listing.cases, by: principal)
            let known = listing.recorded[id, default: []]
            let item = known.withRound(item, about: found)
            if known.contains(item, about: found, rules: self.rules) {
                return .init(submissionID: id, result: .alreadyRecorded, stage: found.stage)
            }
            do {
                let verdict = try found.verdict(
                    of: item.level, item.decision, decidedAt: item.decidedAt, by: principal.subject, recordedAt: now,
                    rules: self.rules)
                return try self.take(verdict, item, of: found, in: &listing, by: principal, unit)
            } catch let refusal as CaseRefusal {
                guard refusal.mayContradict, let recorded = known.contradicted(by: item) else { throw refusal }
                let sealed = try self.sealed(item)
                listing.contradictions.append(
                    (.init(id: UUIDv7.generate(), found: found, item: item, recorded: recorded, sealed: sealed), index))
                let told = CaseRefusal.contradicts(recorded)
                return .init(
                    submissionID: id, result: .contradicts, stage: found.stage, chinese: told.zh, english: told.en)
            }
        } catch let refusal as CaseRefusal {
            return item.refused(zh: refusal.zh, en: refusal.en, stage: listing.cases[id]?.stage)
        } catch let denied as AccessError {
            // Where a case is concerns nobody outside its division.
            return item.refused(zh: denied.zh, en: denied.en, stage: nil)
        }
    }

    private func take(
        _ verdict: ReviewVerdict, _ item: CaseAPI.SuperiorDecisions.Item, of found: ReviewCase,
        in listing: inout Listing, by principal: Principal, _ unit: UnitOfWork
    ) throws -> CaseAPI.SuperiorOutcomes.Item {
        let sealed = try self.sealed(item)
        let moved = found.moved(by: verdict, note: sealed.note, subject: principal.subject)
        try self.announcement.announce(verdict, of: moved, by: principal.subject, to: unit)
        listing.cases[item.submissionID] = moved
        listing.recorded[item.submissionID, default: []].append(item.recorded(about: found))
        listing.steps.append(
            CaseStore.Step(moved: moved, verdict: verdict, sealed: sealed, decidedAt: item.decidedAt))
        return .init(submissionID: item.submissionID, result: .recorded, stage: moved.stage)
    }

    private func sealed(_ item: CaseAPI.SuperiorDecisions.Item) throws(CaseRefusal) -> SealedRemarks {
        do {
            return try self.remarks.seal(
                item.decision.ground, note: ReturnNote.trimmed(item.decision.note), of: item.submissionID)
        } catch {
            throw .applicantUnreadable
        }
    }

    private func reachable(
        _ item: CaseAPI.SuperiorDecisions.Item, in cases: [UUID: ReviewCase], by principal: Principal
    ) throws -> ReviewCase {
        guard let found = cases[item.submissionID] else { throw CaseRefusal.notFound }
        try AccessPolicy.decide(principal, item.level == .city ? .recordAudit : .recordFiling, on: found.resource)
        return found
    }
}

extension CaseRefusal {
    /// Whether what was refused may be a row that says something else than what is recorded, and not merely a wrong one.
    fileprivate var mayContradict: Bool {
        ["impossible_step", "case.otherRound", "decision.tooEarly"].contains(self.code)
    }
}

extension CaseAPI.SuperiorDecisions.Item {
    fileprivate func recorded(about found: ReviewCase) -> RecordedDecision {
        RecordedDecision(
            submissionID: self.submissionID, level: self.level, round: self.decision.round, pass: found.pass,
            outcome: RecordedOutcome(self.decision.outcome), reason: self.decision.reason,
            ground: self.decision.ground, decidedAt: self.decidedAt)
    }

    fileprivate func refused(zh: String, en: String, stage: SubmissionStage?) -> CaseAPI.SuperiorOutcomes.Item {
        .init(submissionID: self.submissionID, result: .refused, stage: stage, chinese: zh, english: en)
    }
}
