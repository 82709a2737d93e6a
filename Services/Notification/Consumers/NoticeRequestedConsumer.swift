import Contracts
import Messaging

/// A service asks to tell a person something → one recorded notice.
enum NoticeRequestedConsumer {
    static func handler(_ recordNotices: RecordNotices) -> MessageHandler {
        .on(NoticeRequested.self) { requests, work in
            try await recordNotices(requests, in: work)
            return []
        }
    }
}
