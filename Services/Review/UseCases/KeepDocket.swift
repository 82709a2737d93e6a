import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL
import ServiceRuntime

/// 重点核查: the docket of what was left over, investigated one by one (R99–R102).
struct KeepDocket: Sendable {
    let endpoint: MessageEndpoint
    let pool: PostgresPool
    let clock: ProgrammeClock
    let remarks: RemarkSeal

    /// How many one call may put on it, and how many one page shows.
    static let limits = 1...500
    static let standardLimit = 100

    /// Puts on the docket what the services listed (R99).
    ///
    /// - Throws: ``DocketRefusal``, or `AccessError` when one of them is outside the caller's reach. Nothing is changed
    ///   then.
    func list(_ items: [RecheckAPI.LeftOver], by principal: Principal) async throws -> RecheckAPI.Listed {
        for item in items {
            try AccessPolicy.decide(
                principal, .manageDocket, on: Resource(division: item.division, station: item.station))
            guard DocketRefusal.isCode(item.division), DocketRefusal.isCode(item.station), item.round >= 1,
                !item.stage.isFinal, item.owner != .nobody
            else { throw DocketRefusal.itemUnfit }
        }
        let now = self.clock.now()
        return try await self.endpoint.transaction { unit in
            try await DocketStore(sql: unit.sql).list(items, by: principal.subject, at: now)
        }
    }

    /// The problem list of a town, or of all of them.
    func page(
        station: String?, state: RecheckAPI.State?, limit: Int, offset: Int, for principal: Principal
    ) async throws -> RecheckAPI.Docket {
        let (entries, total) = try await self.pool.withTransaction(isolation: .snapshot) { sql in
            try await DocketStore(sql: sql).page(
                station: station, state: state, limit: limit, offset: offset, for: principal)
        }
        return RecheckAPI.Docket(entries: entries.map { self.present($0, to: principal) }, total: total)
    }

    /// Whom these submissions are about; the submission's own id where review has never had it.
    func people(of submissions: [UUID]) async throws -> [UUID] {
        guard !submissions.isEmpty else { return [] }
        return try await self.pool.withTransaction { sql in try await DocketStore(sql: sql).people(of: submissions) }
    }

    /// Notes what an investigation brought to light (R100).
    func add(
        _ finding: RecheckAPI.NewFinding, to submission: UUID, by principal: Principal
    ) async throws -> RecheckAPI.Entry {
        guard let text = ReturnNote.trimmed(finding.text), DocketRefusal.isFinding(text) else {
            throw DocketRefusal.findingUnfit
        }
        let now = self.clock.now()
        let box = try self.remarks.seal(finding: text, of: submission)
        return try await self.change(submission, .investigate, by: principal) { stored, store in
            // The same finding sent again, after its answer was lost.
            if stored.entry.revision == finding.revision + 1, let last = stored.findings.last,
                last.by == principal.subject, self.remarks.openFinding(last.box, of: submission) == text
            {
                return
            }
            guard stored.entry.state != .solved else { throw DocketRefusal.concluded }
            guard stored.entry.revision == finding.revision else { throw DocketRefusal.overtaken }
            try await store.add(box, to: submission, by: principal.subject, at: now)
        }
    }

    /// Concludes an investigation: put right, so that it goes through the same steps again (R101), or a hard case for the
    /// leading group (R102).
    func conclude(
        _ submission: UUID, as conclusion: RecheckAPI.Conclusion, by principal: Principal
    ) async throws -> RecheckAPI.Entry {
        guard conclusion.state != .open else { throw DocketRefusal.stateUnfit }
        let now = self.clock.now()
        return try await self.change(submission, .manageDocket, by: principal) { stored, store in
            if stored.entry.state == conclusion.state { return }
            guard stored.entry.state != .solved else { throw DocketRefusal.concluded }
            guard stored.entry.revision == conclusion.revision else { throw DocketRefusal.overtaken }
            // Each one is looked into before it is concluded (R100).
            guard !stored.findings.isEmpty else { throw DocketRefusal.notInvestigated }
            try await store.conclude(submission, as: conclusion.state, by: principal.subject, at: now)
        }
    }

    private func change(
        _ submission: UUID, _ action: Action, by principal: Principal,
        _ body: @Sendable (DocketStore.Stored, DocketStore) async throws -> Void
    ) async throws -> RecheckAPI.Entry {
        let stored = try await self.endpoint.transaction { unit in
            let store = DocketStore(sql: unit.sql)
            guard let stored = try await store.lock(submission) else { throw DocketRefusal.notFound }
            try AccessPolicy.decide(principal, action, on: stored.resource)
            try await body(stored, store)
            guard let changed = try await store.lock(submission) else { throw DocketRefusal.notFound }
            return changed
        }
        return self.present(stored, to: principal)
    }

    /// Who investigates reads the findings; everybody else sees that there are some.
    private func present(_ stored: DocketStore.Stored, to principal: Principal) -> RecheckAPI.Entry {
        var entry = stored.entry
        let mayRead = AccessPolicy.allows(principal, .investigate, on: stored.resource)
        entry.findings = stored.findings.map { finding in
            RecheckAPI.Finding(
                text: mayRead ? self.remarks.openFinding(finding.box, of: stored.id) : "", foundAt: finding.at,
                by: finding.by)
        }
        return entry
    }
}
