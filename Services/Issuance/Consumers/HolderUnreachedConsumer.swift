import Contracts
import Messaging

/// Nobody could tell a holder for months → the card's row says so to whoever sends it up (N25).
enum HolderUnreachedConsumer {
    static func handler(_ noteUnreachable: NoteUnreachable) -> MessageHandler {
        .on(HolderUnreached.self) { batch, work in
            try await noteUnreachable(batch.map(\.message), in: work)
            return []
        }
    }
}
