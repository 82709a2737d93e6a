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

    private struct Kept {
        let channel: any Channel
        let since: NIODeadline
    }

    private struct State {
        var free: [Kept] = []
        /// Connections open or being opened, free ones included.
        var count = 0
        var waiting: [Waiter] = []
        var nextID: UInt64 = 0
        var closed = false
    }

    private let limit: Int
    private let idle: TimeAmount?
    private let state = NIOLockedValueBox(State())

    /// - Parameter idle: What has been free for longer is not lent any more.
    init(limit: Int, idle: TimeAmount? = nil) {
        self.limit = max(1, limit)
        self.idle = idle
    }

    /// Waits for a connection, or for leave to open one, until the deadline.
    func take(before deadline: NIODeadline, timer: any EventLoop) async -> Grant {
        let (immediate, id) = self.state.withLockedValue { state in
            state.nextID += 1
            return (self.grant(&state), state.nextID)
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
                    if let grant = self.grant(&state) { return grant }
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

    private func grant(_ state: inout State) -> Grant? {
        if state.closed { return Grant.none(.cancelled) }
        // The last one used is the least likely to have been closed by the server meanwhile.
        while let kept = state.free.popLast() {
            let isFresh = self.idle.map { NIODeadline.now() - kept.since < $0 } ?? true
            if isFresh, kept.channel.isActive { return .use(kept.channel) }
            state.count -= 1
            // Asks the connection's own thread; nothing happens under this lock.
            kept.channel.close(promise: nil)
        }
        guard state.count < self.limit else { return nil }
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
            state.free.append(Kept(channel: channel, since: .now()))
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
            return (state.free.map(\.channel), state.waiting)
        }
        for waiter in waiting { waiter.continuation.resume(returning: .none(.cancelled)) }
        return free
    }
}
