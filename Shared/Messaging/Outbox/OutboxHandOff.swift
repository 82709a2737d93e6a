import NIOConcurrencyHelpers

/// What the transactions of this process have just committed, on its way to the relay without a detour over the database.
///
/// A hint and nothing more: whatever is not handed over, or is forgotten here, still stands in the outbox and is found
/// there a second later.
final class OutboxHandOff: Sendable {
    /// Messages kept in memory at most. While the broker is slower than the service, the outbox holds the rest.
    static let limit = 2_000

    private let waiting = NIOLockedValueBox<[OutboxMessage]>([])

    func offer(_ messages: [OutboxMessage]) {
        self.waiting.withLockedValue { waiting in
            guard waiting.count + messages.count <= Self.limit else { return }
            waiting.append(contentsOf: messages)
        }
    }

    /// The oldest, at most `count`.
    func take(_ count: Int) -> [OutboxMessage] {
        self.waiting.withLockedValue { waiting in
            let taken = Array(waiting.prefix(count))
            waiting.removeFirst(taken.count)
            return taken
        }
    }

    func forget() { self.waiting.withLockedValue { $0.removeAll() } }
}
