import NIOConcurrencyHelpers

/// Lets so many through at once, in the order they came. Whoever was let through says when they are done.
final class Permits: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ count: Int) { self.state = NIOLockedValueBox(State(free: count)) }

    func run<T: Sendable>(_ body: () async -> T) async -> T {
        await self.enter()
        let value = await body()
        self.leave()
        return value
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = self.state.withLockedValue { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = self.state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
