import Contracts
import Messaging

/// 恢复办理 → the card goes on from where it was (N21).
enum SubmissionResumedConsumer {
    static func handler(_ holdCards: HoldCards) -> MessageHandler {
        .on(SubmissionResumed.self) { batch, work in
            try await holdCards.pause(
                batch.map { HoldCards.Word(submission: $0.message.submissionID, at: $0.message.at, by: $0.message.by) },
                false, in: work)
            return []
        }
    }
}
