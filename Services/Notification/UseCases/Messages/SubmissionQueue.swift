import NIOConcurrencyHelpers

/// Messages that are on record as being submitted and wait for a free hand, in order. Who decides about the next ones does
/// so while these are handed over, and waits where too many wait already.
final class SubmissionQueue: Sendable {
    private struct State {
        var waiting: ArraySlice<SubmitMessage.Outgoing> = []
        var hands: [CheckedContinuation<SubmitMessage.Outgoing?, Never>] = []
        /// Who decides and found it full.
        var decider: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    /// How many wait at most when the next are decided about.
    private let low: Int

    init(low: Int) { self.low = low }

    /// Adds messages behind those that wait.
    func add(_ list: [SubmitMessage.Outgoing]) {
        let given = self.state.withLockedValue { state in
            state.waiting += list
            let count = min(state.hands.count, state.waiting.count)
            let given = Array(zip(state.hands.prefix(count), state.waiting.prefix(count)))
            state.hands.removeFirst(count)
            state.waiting = state.waiting.dropFirst(count)
            return given
        }
        for (hand, one) in given { hand.resume(returning: one) }
    }

    /// The next one, waited for; nil when it is closed and nothing is left.
    func next() async -> SubmitMessage.Outgoing? {
        await withCheckedContinuation { continuation in
            let (found, decider) = self.state.withLockedValue {
                state -> (SubmitMessage.Outgoing??, CheckedContinuation<Void, Never>?) in
                if let one = state.waiting.popFirst() {
                    guard state.waiting.count <= self.low else { return (.some(one), nil) }
                    defer { state.decider = nil }
                    return (.some(one), state.decider)
                }
                if state.isClosed { return (.some(nil), nil) }
                state.hands.append(continuation)
                return (nil, nil)
            }
            if let found { continuation.resume(returning: found) }
            decider?.resume()
        }
    }

    /// Waits until few enough wait, or it is closed, or the task is cancelled. For one task at a time.
    func room() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRoom = self.state.withLockedValue { state in
                    // A cancellation that came before finds nobody to wake, and shows here.
                    guard state.waiting.count > self.low, !state.isClosed, !Task.isCancelled else { return true }
                    state.decider = continuation
                    return false
                }
                if isRoom { continuation.resume() }
            }
        } onCancel: {
            self.state.withLockedValue { state in
                defer { state.decider = nil }
                return state.decider
            }?.resume()
        }
    }

    /// Nothing is added any more: hands finish what is left.
    func close() {
        let hands = self.state.withLockedValue { state in
            state.isClosed = true
            defer { state.hands = [] }
            return state.hands
        }
        for hand in hands { hand.resume(returning: nil) }
    }
}
