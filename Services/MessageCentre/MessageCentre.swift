import FoundationEssentials
import NIOConcurrencyHelpers
import NIOCore
import SMPP
import ServiceRuntime

/// The centre: its state behind a lock, its connections, and a timer for what becomes due. Safe from any thread.
final class MessageCentre: Sendable {
    private let state: NIOLockedValueBox<CentreState>
    private let channels = NIOLockedValueBox<[Int: any Channel]>([:])
    /// When the timer rings next.
    private let armed = NIOLockedValueBox<NIODeadline?>(nil)
    private let loop: any EventLoop
    private let clock: ProgrammeClock

    /// - Parameter loop: Carries every session and the timer.
    init(settings: CentreSettings, loop: any EventLoop, clock: ProgrammeClock) {
        self.state = NIOLockedValueBox(CentreState(settings: settings, start: clock.now()))
        self.loop = loop
        self.clock = clock
    }

    /// Does something with the state and carries out what follows from it.
    ///
    /// - Parameter reader: A session that flushes by itself when it has handed on all that came with one read.
    @discardableResult
    func perform<Result>(
        reading reader: Int? = nil, _ body: (inout CentreState, Date) -> (Result, [CentreState.Action])
    ) -> Result {
        let now = self.clock.now()
        let ((result, actions), due) = self.state.withLockedValue { state in (body(&state, now), state.nextDue) }
        self.carryOut(actions, reading: reader)
        if let due { self.arm(due, now) }
        return result
    }

    /// Reads the state.
    func read<Result>(_ body: (CentreState) -> Result) -> Result { self.state.withLockedValue { body($0) } }

    // MARK: - Sessions

    func opened(_ channel: any Channel) -> Int? {
        let id = self.state.withLockedValue { $0.opened() }
        if let id { self.channels.withLockedValue { $0[id] = channel } }
        return id
    }

    func closed(_ id: Int) {
        self.channels.withLockedValue { $0[id] = nil }
        self.perform { state, now in ((), state.closed(id, now: now)) }
    }

    /// The caller flushes its own channel.
    func received(_ frame: SMPPFrame, from id: Int) {
        self.perform(reading: id) { state, now in ((), state.received(frame, from: id, now: now)) }
    }

    /// Closes every session, as a stop does.
    func closeAll() {
        for channel in self.channels.withLockedValue({ Array($0.values) }) { channel.close(promise: nil) }
    }

    private func carryOut(_ actions: [CentreState.Action], reading reader: Int?) {
        guard !actions.isEmpty else { return }
        let channels = self.channels.withLockedValue { $0 }
        var written: Set<Int> = []
        for action in actions {
            switch action {
            case .send(let id, let pdu):
                channels[id]?.write(pdu, promise: nil)
                if id != reader { written.insert(id) }
            case .close(let id):
                channels[id]?.flush()
                channels[id]?.close(promise: nil)
            }
        }
        for id in written { channels[id]?.flush() }
    }

    // MARK: - Time

    private func arm(_ due: Date, _ now: Date) {
        // Rounded up, and never two timers within a millisecond: thousands of receipts a second share one.
        let wait = max(1, Int64((due.timeIntervalSince(now) * 1000).rounded(.up)))
        let deadline = NIODeadline.now() + .milliseconds(wait)
        let isEarlier = self.armed.withLockedValue { armed in
            if let armed, armed <= deadline { return false }
            armed = deadline
            return true
        }
        guard isEarlier else { return }
        self.loop.scheduleTask(deadline: deadline) {
            self.armed.withLockedValue { armed in
                if armed == deadline { armed = nil }
            }
            self.perform { state, now in ((), state.pump(now: now)) }
        }
    }
}
