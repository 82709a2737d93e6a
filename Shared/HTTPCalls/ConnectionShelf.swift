import NIOConcurrencyHelpers
import NIOCore

/// Which connections are free, and who waits for one. Decides; opens none.
final class ConnectionShelf: Sendable {
    /// What somebody who asked for a connection is given.
    enum Grant: Sendable {
        /// An open connection nobody else uses.
        case use(any Channel)
        /// Leave to open one.
        case open
        /// Nothing, and why.
        case none(HTTPCallError)
    }

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Grant, Never>
    }

    private struct State {
        var free: [any Channel] = []
        /// Connections open or being opened, free ones included.
        var count = 0
        var waiting: [Waiter] = []
        var nextID: UInt64 = 0
        var closed = false
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Waits for a connection, or for leave to open one, until the deadline.
    func take(before deadline: NIODeadline, timer: any EventLoop) async -> Grant {
        let (immediate, id) = self.state.withLockedValue { state in
            state.nextID += 1
            return (Self.grant(&state, self.limit), state.nextID)
        }
        if let immediate { return immediate }
        let alarm = timer.scheduleTask(deadline: deadline) { self.giveUp(id, .timedOut) }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.state.withLockedValue { state -> Grant? in
                    // Cancelled before this line: the handler below found nobody to wake. After it: it finds us.
                    if Task.isCancelled { return Grant.none(.cancelled) }
                    if NIODeadline.now() >= deadline { return Grant.none(.timedOut) }
                    if let grant = Self.grant(&state, self.limit) { return grant }
                    state.waiting.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            self.giveUp(id, .cancelled)
        }
    }

    private func giveUp(_ id: UInt64, _ reason: HTTPCallError) {
        let waiter = self.state.withLockedValue { state -> Waiter? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        waiter?.continuation.resume(returning: .none(reason))
    }

    private static func grant(_ state: inout State, _ limit: Int) -> Grant? {
        if state.closed { return Grant.none(.cancelled) }
        // The last one used is the least likely to have been closed by the server meanwhile.
        while let channel = state.free.popLast() {
            if channel.isActive { return .use(channel) }
            state.count -= 1
        }
        guard state.count < limit else { return nil }
        state.count += 1
        return .open
    }

    /// Gives a connection back for others to use.
    func put(_ channel: any Channel) {
        let (waiter, close) = self.state.withLockedValue { state -> (Waiter?, Bool) in
            if state.closed {
                state.count -= 1
                return (nil, true)
            }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.free.append(channel)
            return (nil, false)
        }
        if close { channel.close(promise: nil) }
        waiter?.continuation.resume(returning: .use(channel))
    }

    /// A connection is gone, or could not be opened: somebody else may open one.
    func forget() {
        let waiter = self.state.withLockedValue { state -> Waiter? in
            guard !state.closed, !state.waiting.isEmpty else {
                state.count -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        waiter?.continuation.resume(returning: .open)
    }

    /// Refuses everybody from now on.
    ///
    /// - Returns: The free connections, for the caller to close; those in use close when they are given back.
    func close() -> [any Channel] {
        let (free, waiting) = self.state.withLockedValue { state in
            defer {
                state.count -= state.free.count
                state.free = []
                state.waiting = []
            }
            state.closed = true
            return (state.free, state.waiting)
        }
        for waiter in waiting { waiter.continuation.resume(returning: .none(.cancelled)) }
        return free
    }
}
