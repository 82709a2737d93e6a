import FoundationEssentials
import Messaging

/// The inbox with its tables in memory: the same plans and runs as the real one, without a database. A transaction is a
/// copy that replaces the original, or does not.
struct InboxModel {
    struct Tables {
        var cursors: [SubjectKey: Int] = [:]
        var waiting: [UUID: WaitingRow] = [:]
        /// Everything that was ever applied, in order.
        var effects: [SubjectKey: [Int]] = [:]
    }

    struct Failure: Error {}

    enum Verdict { case applied, postponed, failed }

    var tables = Tables()
    private let policy = RetryPolicy()

    /// One call of the real `process`: bisection, failures and parking included.
    ///
    /// - Parameter judge: what the handler does with a message.
    mutating func process(_ batch: InboxBatch, limit: Int = .max, judge: (Incoming) -> Verdict) throws {
        guard !batch.isEmpty else { return }
        do {
            self.tables = try self.applied(batch, limit, judge)
        } catch is Failure {
            if batch.keys.count > 1 {
                let (left, right) = batch.halves
                try self.process(left, limit: 1, judge: judge)
                try self.process(right, limit: 1, judge: judge)
            } else if limit > 1 {
                try self.process(batch, limit: 1, judge: judge)
            } else {
                self.recordFailure(batch)
            }
        }
    }

    private func applied(_ batch: InboxBatch, _ limit: Int, _ judge: (Incoming) -> Verdict) throws -> Tables {
        var tables = self.tables
        var run = BatchRun(policy: self.policy)
        for (key, arrivals) in batch.arrivals {
            run.add(key, applied: tables.cursors[key] ?? 0, self.plan(key, arrivals, batch.claimed, limit))
        }
        while let round = run.nextRound() {
            for (_, steps) in round {
                var postponed: [Postponed] = []
                for step in steps {
                    switch judge(step.incoming) {
                    case .applied: tables.effects[step.incoming.key, default: []].append(step.incoming.envelope.number)
                    case .postponed: postponed.append(Postponed(step.incoming.envelope.id, reason: "not yet"))
                    case .failed: throw Failure()
                    }
                }
                try run.settle(steps, postponed: postponed)
            }
        }
        for move in run.moves { tables.cursors[move.key] = move.number }
        for id in run.removed { tables.waiting[id] = nil }
        for kept in run.kept where tables.waiting[kept.incoming.envelope.id] == nil {
            tables.waiting[kept.incoming.envelope.id] = WaitingRow(
                incoming: kept.incoming, state: kept.state, attempts: 0, failures: kept.failures, claimed: false)
        }
        for change in run.updated { self.change(change.id, change.state, change.failures, &tables) }
        return tables
    }

    private mutating func recordFailure(_ batch: InboxBatch) {
        guard let key = batch.keys.first else { return }
        let plan = self.plan(key, batch.arrivals[key] ?? [], batch.claimed, 1)
        if let culprit = plan.chain.first {
            let failures = (culprit.waiting?.failures ?? 0) + 1
            let state: WaitingRow.State = failures >= self.policy.maximumFailures ? .parked : .deferred
            if culprit.waiting == nil {
                self.keep(culprit.incoming, state, failures)
            } else {
                self.change(culprit.incoming.envelope.id, state, failures, &self.tables)
            }
        }
        for incoming in plan.early { self.keep(incoming, .held, 0) }
    }

    private func plan(_ key: SubjectKey, _ arrivals: [Incoming], _ claimed: Set<UUID>, _ limit: Int) -> SubjectPlan {
        let waiting = self.tables.waiting.values.filter { $0.incoming.key == key }.map { row in
            WaitingRow(
                incoming: row.incoming, state: row.state, attempts: row.attempts, failures: row.failures,
                claimed: claimed.contains(row.incoming.envelope.id))
        }
        return SubjectPlan(applied: self.tables.cursors[key] ?? 0, arrivals: arrivals, waiting: waiting, limit: limit)
    }

    private mutating func keep(_ incoming: Incoming, _ state: WaitingRow.State, _ failures: Int) {
        guard self.tables.waiting[incoming.envelope.id] == nil else { return }
        self.tables.waiting[incoming.envelope.id] = WaitingRow(
            incoming: incoming, state: state, attempts: 0, failures: failures, claimed: false)
    }

    private func change(_ id: UUID, _ state: WaitingRow.State, _ failures: Int, _ tables: inout Tables) {
        guard let row = tables.waiting[id] else { return }
        tables.waiting[id] = WaitingRow(
            incoming: row.incoming, state: state, attempts: row.attempts + 1, failures: failures, claimed: false)
    }

    /// What the poller looks at: everything deferred, and held messages whose turn has come.
    func due(deferredToo: Bool) -> InboxBatch {
        var batch = InboxBatch()
        for row in self.tables.waiting.values {
            let cursor = self.tables.cursors[row.incoming.key] ?? 0
            switch row.state {
            case .deferred where deferredToo:
                batch.claimed.insert(row.incoming.envelope.id)
                batch.arrivals[row.incoming.key] = []
            case .held, .skipped:
                if row.incoming.envelope.number <= cursor + 1 { batch.arrivals[row.incoming.key] = [] }
            default: break
            }
        }
        return batch
    }

    /// `youdai parked replay`, or `discard`.
    mutating func settleParked(as state: WaitingRow.State) {
        for (id, row) in self.tables.waiting where row.state == .parked {
            self.tables.waiting[id] = WaitingRow(
                incoming: row.incoming, state: state, attempts: 0, failures: 0, claimed: false)
        }
    }
}
