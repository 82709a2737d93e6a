import Contracts
import FoundationEssentials

/// The progress of one transaction over its subjects, round by round. Pure.
package struct BatchRun {
    package struct Tally: Sendable, Equatable {
        package var applied: [String: Int] = [:]
        package var duplicates = 0
        package var held = 0
        package var deferred = 0
        package var parked = 0
    }

    private let policy: RetryPolicy
    private var chains: [SubjectKey: ArraySlice<SubjectPlan.Step>] = [:]
    private var cursors: [SubjectKey: (number: Int, last: UUID?)] = [:]

    package private(set) var appliedIDs: [UUID] = []
    package private(set) var removed: [UUID] = []
    package private(set) var kept:
        [(incoming: Incoming, state: WaitingRow.State, cause: String?, failures: Int, delay: Duration?)] =
            []
    package private(set) var updated:
        [(id: UUID, state: WaitingRow.State, cause: String, failures: Int, delay: Duration)] = []
    package private(set) var tally = Tally()

    package init(policy: RetryPolicy) { self.policy = policy }

    package mutating func add(_ key: SubjectKey, applied: Int, _ plan: SubjectPlan) {
        if !plan.chain.isEmpty { self.chains[key] = plan.chain[...] }
        self.cursors[key] = (applied, nil)
        self.tally.duplicates += plan.duplicates
        for incoming in plan.early { self.hold(incoming) }
        for (incoming, cause) in plan.unreadable {
            self.kept.append((incoming, .parked, cause, 0, nil))
            self.tally.parked += 1
        }
    }

    /// Keeps a message whose number was applied with another message: dropped, it would be lost without a trace.
    package mutating func keepReused(_ incoming: Incoming) {
        let cause = "\(Self.reusedCause)\(incoming.envelope.producer.rawValue)’s database been restored?"
        self.kept.append((incoming, .parked, cause, 0, nil))
        self.tally.duplicates -= 1
        self.tally.parked += 1
    }

    /// How the cause of such a parked message begins.
    package static let reusedCause = "its number was applied with another message: has "

    /// The next message of each chain, at most one of each subject, by type. Nil when all chains have ended.
    package mutating func nextRound() -> [(type: String, steps: [SubjectPlan.Step])]? {
        self.passSkipped()
        var taken: Set<UUID> = []
        var byType: [String: [SubjectPlan.Step]] = [:]
        for (key, chain) in self.chains {
            guard let step = chain.first, taken.insert(key.subject).inserted else { continue }
            byType[step.incoming.envelope.type, default: []].append(step)
        }
        guard !byType.isEmpty else { return nil }
        // Sorted, so that two instances take row locks of their domain tables in the same order.
        return byType.keys.sorted().map { type in
            (
                type,
                (byType[type] ?? []).sorted {
                    $0.incoming.envelope.subject.uuidString < $1.incoming.envelope.subject.uuidString
                }
            )
        }
    }

    /// Takes in what a handler did with its messages.
    package mutating func settle(_ steps: [SubjectPlan.Step], postponed: [Postponed]) throws {
        let reasons = Dictionary(postponed.map { ($0.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
        guard Set(reasons.keys).isSubset(of: steps.map(\.incoming.envelope.id)) else {
            throw MessagingError(.misusedHandler, "a handler postponed a message it was not given")
        }
        for step in steps {
            let envelope = step.incoming.envelope
            let key = step.incoming.key
            if let reason = reasons[envelope.id] {
                self.postpone(step, reason)
                self.stop(key)
                continue
            }
            self.cursors[key] = (envelope.number, envelope.id)
            self.appliedIDs.append(envelope.id)
            if step.waiting != nil { self.removed.append(envelope.id) }
            self.tally.applied[envelope.type, default: 0] += 1
            self.chains[key]?.removeFirst()
            if self.chains[key]?.isEmpty ?? true { self.chains[key] = nil }
        }
    }

    /// A message that was given up takes its turn without an effect.
    private mutating func passSkipped() {
        for key in self.chains.keys {
            while let step = self.chains[key]?.first, step.waiting?.state == .skipped {
                self.cursors[key] = (step.incoming.envelope.number, step.incoming.envelope.id)
                self.removed.append(step.incoming.envelope.id)
                self.chains[key]?.removeFirst()
            }
            if self.chains[key]?.isEmpty ?? true { self.chains[key] = nil }
        }
    }

    package var moves: [(key: SubjectKey, number: Int, last: UUID)] {
        self.cursors.compactMap { key, cursor in cursor.last.map { (key, cursor.number, $0) } }
    }

    private mutating func postpone(_ step: SubjectPlan.Step, _ reason: String) {
        let id = step.incoming.envelope.id
        self.tally.deferred += 1
        guard let row = step.waiting else {
            self.kept.append((step.incoming, .deferred, reason, 0, self.policy.delay(afterAttempts: 1)))
            return
        }
        self.updated.append(
            (id, .deferred, reason, row.failures, self.policy.delay(afterAttempts: max(row.attempts, 1))))
    }

    /// What stands behind a postponed message keeps its turn: arrivals are held, waiting rows stay as they are.
    private mutating func stop(_ key: SubjectKey) {
        guard let rest = self.chains.removeValue(forKey: key)?.dropFirst() else { return }
        for step in rest where step.waiting == nil { self.hold(step.incoming) }
    }

    private mutating func hold(_ incoming: Incoming) {
        self.kept.append((incoming, .held, nil, 0, nil))
        self.tally.held += 1
    }
}
