import NIOConcurrencyHelpers

/// Lets calls that come at the same time share one piece of work, such as one commit.
///
/// A call that finds nobody working starts at once; those that come while it works form the next group. So a single call
/// waits for nothing, and under load a group is as large as what came in during the last one. No timer is involved.
package final class GroupedCalls<Input: Sendable, Output: Sendable>: Sendable {
    private struct Call {
        let input: Input
        let continuation: CheckedContinuation<Result<Output, any Error>, Never>
    }

    private struct State {
        var waiting: [Call] = []
        var working = 0
    }

    private let state = NIOLockedValueBox(State())
    private let largest: Int
    private let lanes: Int
    private let body: @Sendable ([Input]) async -> [Result<Output, any Error>]

    /// - Parameters:
    ///   - largest: calls in a group at most.
    ///   - lanes: groups at work at the same time.
    ///   - body: one result for each input, in their order.
    package init(
        largest: Int, lanes: Int, body: @escaping @Sendable ([Input]) async -> [Result<Output, any Error>]
    ) {
        self.largest = largest
        self.lanes = lanes
        self.body = body
    }

    /// Waits for the group this input becomes part of. A task that is cancelled still gets its answer, since the work may
    /// be done already.
    package func run(_ input: Input) async throws -> Output {
        let result = await withCheckedContinuation { continuation in
            let starts = self.state.withLockedValue { state in
                state.waiting.append(Call(input: input, continuation: continuation))
                guard state.working < self.lanes else { return false }
                state.working += 1
                return true
            }
            if starts { Task { await self.work() } }
        }
        return try result.get()
    }

    private func work() async {
        while let group = self.next() {
            let results = await self.body(group.map(\.input))
            precondition(results.count == group.count, "a grouped call without an answer would wait for ever")
            for (call, result) in zip(group, results) { call.continuation.resume(returning: result) }
        }
    }

    /// The next group; nil, and this lane at rest, when nobody waits.
    private func next() -> [Call]? {
        self.state.withLockedValue { state in
            guard !state.waiting.isEmpty else {
                state.working -= 1
                return nil
            }
            let group = Array(state.waiting.prefix(self.largest))
            state.waiting.removeFirst(group.count)
            return group
        }
    }
}
