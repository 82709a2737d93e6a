import NIOConcurrencyHelpers
import PollExecutor

/// What the callers of a publisher and its connection share.
final class PublisherHub: Sendable {
    private enum Phase { case idle, running, closing, ended }

    private struct State {
        var phase = Phase.idle
        var inbox: [PublishTicket] = []
        var executor: PollExecutor?
        var visible = AMQPPublisher.State()
        var statistics = AMQPPublisher.Statistics()
        var progress = ContinuousClock.now
        var closeBy: ContinuousClock.Instant?
    }

    private let state = NIOLockedValueBox(State())

    var visible: AMQPPublisher.State { self.state.withLockedValue { $0.visible } }
    var statistics: AMQPPublisher.Statistics { self.state.withLockedValue { $0.statistics } }
    /// When the broker last answered for a message.
    var progress: ContinuousClock.Instant { self.state.withLockedValue { $0.progress } }
    /// Until when a closing publisher waits for the answers still open; nil while it is not closing.
    var closeBy: ContinuousClock.Instant? { self.state.withLockedValue { $0.closeBy } }

    // MARK: - Callers

    /// - Returns: Whether the ticket will be looked at.
    func submit(_ ticket: PublishTicket) -> Bool {
        let (accepted, executor) = self.state.withLockedValue { state in
            guard state.phase == .idle || state.phase == .running else { return (false, PollExecutor?.none) }
            state.inbox.append(ticket)
            // Somebody who came before has already woken the thread, and it has not looked yet.
            return (true, state.inbox.count == 1 ? state.executor : nil)
        }
        executor?.interrupt()
        return accepted
    }

    func beginClosing(within timeout: Duration) {
        let executor = self.state.withLockedValue { state in
            if state.phase == .idle || state.phase == .running { state.phase = .closing }
            state.closeBy = .now + timeout
            return state.executor
        }
        executor?.interrupt()
    }

    // MARK: - The connection

    func started(_ executor: PollExecutor) {
        self.state.withLockedValue { state in
            state.executor = executor
            if state.phase == .idle || state.phase == .ended { state.phase = .running }
        }
    }

    /// - Returns: Tickets nobody will look at any more.
    func ended() -> [PublishTicket] {
        self.state.withLockedValue { state in
            state.phase = .ended
            state.executor = nil
            state.visible = AMQPPublisher.State()
            defer { state.inbox = [] }
            return state.inbox
        }
    }

    func takeInbox(into waiting: inout [PublishTicket]) {
        let tickets = self.state.withLockedValue { state in
            defer { state.inbox = [] }
            return state.inbox
        }
        if !tickets.isEmpty { waiting.append(contentsOf: tickets) }
    }

    func connected(_ connected: Bool) {
        self.state.withLockedValue { state in
            if connected { state.statistics.connections += 1 }
            state.visible = AMQPPublisher.State(connected: connected, blocked: false)
        }
    }

    func blocked(_ blocked: Bool) { self.state.withLockedValue { $0.visible.blocked = blocked } }

    func answered(_ counts: AMQPPublisher.Statistics) {
        self.state.withLockedValue { state in
            state.progress = .now
            state.statistics.confirmed += counts.confirmed
            state.statistics.returned += counts.returned
            state.statistics.refused += counts.refused
        }
    }

    func lost(_ count: Int) { self.state.withLockedValue { $0.statistics.lost += count } }
}
