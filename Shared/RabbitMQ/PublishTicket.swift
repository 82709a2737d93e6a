import NIOConcurrencyHelpers

/// The messages of one call of ``AMQPPublisher/publish(_:)`` and what is known about them.
///
/// Shared by the caller, its timer and the connection's thread: each message is resolved once, by whoever comes first.
final class PublishTicket: Sendable {
    private struct State {
        var outcomes: [PublishOutcome?]
        var open: Int
        var continuation: CheckedContinuation<[PublishOutcome], Never>?
    }

    let messages: [AMQPMessage]
    let created = ContinuousClock.now
    private let state: NIOLockedValueBox<State>

    init(_ messages: [AMQPMessage]) {
        self.messages = messages
        self.state = NIOLockedValueBox(
            State(outcomes: Array(repeating: nil, count: messages.count), open: messages.count, continuation: nil))
    }

    var isFinished: Bool { self.state.withLockedValue { $0.open == 0 } }

    /// Waits until every message is resolved.
    func outcomes() async -> [PublishOutcome] {
        await withCheckedContinuation { continuation in
            let finished: [PublishOutcome]? = self.state.withLockedValue { state in
                if state.open == 0 { return state.outcomes.map { $0 ?? .unknown } }
                state.continuation = continuation
                return nil
            }
            if let finished { continuation.resume(returning: finished) }
        }
    }

    func resolve(_ index: Int, _ outcome: PublishOutcome) {
        self.finish { state in
            guard state.outcomes[index] == nil else { return }
            state.outcomes[index] = outcome
            state.open -= 1
        }
    }

    /// Gives every message that is still open this outcome.
    func resolveOpen(_ outcome: PublishOutcome) {
        self.finish { state in
            guard state.open > 0 else { return }
            for index in state.outcomes.indices where state.outcomes[index] == nil { state.outcomes[index] = outcome }
            state.open = 0
        }
    }

    private func finish(_ change: (inout State) -> Void) {
        let (continuation, outcomes) = self.state.withLockedValue { state in
            change(&state)
            guard state.open == 0, let continuation = state.continuation else {
                return (CheckedContinuation<[PublishOutcome], Never>?.none, [PublishOutcome]())
            }
            state.continuation = nil
            return (continuation, state.outcomes.map { $0 ?? .unknown })
        }
        continuation?.resume(returning: outcomes)
    }
}
