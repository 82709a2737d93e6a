import Contracts
import FoundationEssentials
import Logging
import PostgreSQL
import ServiceLifecycle

/// Applies batches of messages: one transaction a batch, set-based, exactly once in effect.
///
/// The effect, the cursors, the inbox rows and the outbox rows of what the effect sends commit together. A message that
/// fails is found by halving the batch, then tried again later, then parked: it never holds back another subject.
struct InboxProcessor: Sendable {
    let endpoint: EndpointCore
    let handlers: [String: MessageHandler]
    let policy: RetryPolicy

    /// Applies a batch, however long it takes: while the database is away it waits and tries again, so the deliveries stay
    /// unacknowledged and nothing parks. Afterwards every arrival is applied, kept in `waiting`, or known as a duplicate.
    ///
    /// - Parameter limit: longest chain of one subject; 1 when a crash or a failure must have one culprit.
    /// - Throws: `CancellationError` when the task is cancelled; then nothing may be acknowledged.
    func process(_ batch: InboxBatch, limit: Int = .max) async throws {
        guard !batch.isEmpty else { return }
        var conflicts = 0
        var outage = 0
        while true {
            try Self.checkEnd(afterFailures: outage)
            do {
                return try await self.apply(batch, limit: limit)
            } catch let error as CancellationError {
                throw error
            } catch let error as PostgresError where error.isOutage {
                outage += 1
                if outage == 1 {
                    self.endpoint.logger.warning(
                        "the database does not answer; messages wait", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: min(.milliseconds(100) * (1 << min(outage, 5)), .seconds(2)))
            } catch let error as PostgresError where error.isRetryable && conflicts < 5 {
                conflicts += 1
            } catch {
                if batch.keys.count > 1 {
                    self.endpoint.metrics.bisected()
                    let (left, right) = batch.halves
                    try await self.process(left, limit: 1)
                    return try await self.process(right, limit: 1)
                }
                if limit > 1 { return try await self.process(batch, limit: 1) }
                try await self.recordFailure(batch, error)
                return
            }
        }
    }

    private func apply(_ batch: InboxBatch, limit: Int) async throws {
        let started = ContinuousClock.now
        let tally = try await self.endpoint.transaction(until: .consumerHandled) { work in
            let store = InboxStore(transaction: work.sql)
            let (cursors, waiting) = try await store.open(batch.keys, claimed: batch.claimed, read: self.read)
            self.endpoint.faults.reached(.consumerLocked)
            var run = BatchRun(policy: self.policy)
            var past: [Incoming] = []
            for (key, arrivals) in batch.arrivals {
                let plan = SubjectPlan(
                    applied: cursors[key] ?? 0, arrivals: arrivals, waiting: waiting[key] ?? [], limit: limit)
                past += plan.past
                run.add(key, applied: cursors[key] ?? 0, plan)
            }
            if !past.isEmpty {
                let settled = try await store.settled(past.map(\.envelope.id))
                for incoming in past where !settled.contains(incoming.envelope.id) { run.keepReused(incoming) }
            }
            while let round = run.nextRound() {
                for (type, steps) in round {
                    guard let handler = self.handlers[type] else { continue }
                    for step in steps { self.endpoint.faults.applying(step.incoming.envelope.subject) }
                    let postponed = try await handler.apply(
                        steps.compactMap { step in
                            guard case .message(let message) = step.incoming.content else { return nil }
                            return (step.incoming.envelope, message)
                        }, work)
                    try run.settle(steps, postponed: postponed)
                }
            }
            work.last = [
                InboxStore.advance(run.moves, applied: run.appliedIDs), InboxStore.remove(run.removed),
                InboxStore.keep(run.kept), InboxStore.update(run.updated),
            ].compactMap { $0 }
            return run.tally
        }
        self.endpoint.metrics.batchApplied(tally, in: ContinuousClock.now - started)
    }

    /// The one message that fails is tried again later, or parks when it has failed often enough.
    private func recordFailure(_ batch: InboxBatch, _ error: any Error) async throws {
        guard let key = batch.keys.first else { return }
        // Types and codes only: an error's text may quote a row.
        let cause = Self.cause(of: error)
        var outage = 0
        while true {
            try Self.checkEnd(afterFailures: outage)
            do {
                try await self.endpoint.transaction { work in
                    let store = InboxStore(transaction: work.sql)
                    let (applied, waiting) = try await store.open([key], claimed: batch.claimed, read: self.read)
                    let plan = SubjectPlan(
                        applied: applied[key] ?? 0, arrivals: batch.arrivals[key] ?? [], waiting: waiting[key] ?? [],
                        limit: 1)
                    if let culprit = plan.chain.first {
                        let failures = (culprit.waiting?.failures ?? 0) + 1
                        let state: WaitingRow.State = failures >= self.policy.maximumFailures ? .parked : .deferred
                        let delay = self.policy.delay(afterAttempts: failures)
                        work.last += [
                            culprit.waiting == nil
                                ? InboxStore.keep([(culprit.incoming, state, cause, failures, delay)])
                                : InboxStore.update([(culprit.incoming.envelope.id, state, cause, failures, delay)])
                        ].compactMap { $0 }
                        self.endpoint.metrics.failed(culprit.incoming.envelope.type, parked: state == .parked)
                        self.endpoint.logger.log(
                            level: state == .parked ? .error : .notice,
                            state == .parked ? "message parked" : "message failed, will be tried again",
                            metadata: [
                                "message.id": "\(culprit.incoming.envelope.id)",
                                "message.type": "\(culprit.incoming.envelope.type)", "failures": "\(failures)",
                                "cause": "\(cause)",
                            ])
                    }
                    work.last += [
                        InboxStore.keep(plan.early.map { ($0, .held, nil, 0, nil) }),
                        InboxStore.keep(plan.unreadable.map { ($0.incoming, .parked, $0.cause, 0, nil) }),
                    ].compactMap { $0 }
                }
                return
            } catch let error as PostgresError where error.isOutage || error.isRetryable {
                outage += 1
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Whoever tries again and again ends with the service: what it could not finish, the broker gives to somebody else.
    ///
    /// - Throws: `CancellationError`.
    static func checkEnd(afterFailures failures: Int) throws {
        if Task.isCancelled || (failures > 0 && Task.isShuttingDownGracefully) { throw CancellationError() }
    }

    func read(_ envelope: Envelope, _ body: [UInt8]) -> Incoming.Content {
        guard let handler = self.handlers[envelope.type] else {
            return .unreadable(cause: "no handler for \(envelope.type)")
        }
        guard handler.producers.contains(envelope.producer) else {
            return .unreadable(cause: "\(envelope.producer.rawValue) may not send \(envelope.type)")
        }
        do {
            return .message(try handler.decode(body))
        } catch {
            return .unreadable(cause: "the body is not a \(envelope.type): \(Self.cause(of: error))")
        }
    }

    static func cause(of error: any Error) -> String {
        switch error {
        case let error as PostgresError:
            "database \(error.sqlState ?? "error") \(error.constraint ?? "")"
        case let error as DecodingError:
            switch error {
            case .keyNotFound(let key, _): "missing \(key.stringValue)"
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                "wrong type at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
            case .dataCorrupted(let context):
                "unreadable at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
            @unknown default: "undecodable"
            }
        default: "\(type(of: error))"
        }
    }
}

extension PostgresError {
    /// The database is away, full, starting or shutting down: nothing is wrong with the message.
    package var isOutage: Bool {
        if self.isConnectionLoss { return true }
        switch self.code {
        case .commitOutcomeUnknown, .poolClosed, .connection: return true
        case .timeout: return self.sqlState == nil
        default: break
        }
        guard let state = self.sqlState else { return false }
        // A day partition is missing (no constraint is named then): housekeeping makes it, no message is at fault.
        if state == "23514", self.constraint == nil { return true }
        return state.hasPrefix("53") || state.hasPrefix("57P") || state.hasPrefix("08") || state.hasPrefix("58")
    }
}
