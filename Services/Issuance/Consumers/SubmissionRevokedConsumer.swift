import Contracts
import Messaging

/// 收回 → the card is void, and taken back wherever it is (N32).
enum SubmissionRevokedConsumer {
    static func handler(_ holdCards: HoldCards) -> MessageHandler {
        .on(SubmissionRevoked.self) { batch, work in
            try await holdCards.revoke(
                batch.map { HoldCards.Word(submission: $0.message.submissionID, at: $0.message.at, by: $0.message.by) },
                in: work)
            return []
        }
    }
}
