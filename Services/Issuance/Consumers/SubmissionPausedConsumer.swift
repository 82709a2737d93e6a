import Contracts
import Messaging

/// 暂缓 → the card stays with whoever has it (N21).
enum SubmissionPausedConsumer {
    static func handler(_ holdCards: HoldCards) -> MessageHandler {
        .on(SubmissionPaused.self) { batch, work in
            try await holdCards.pause(
                batch.map { HoldCards.Word(submission: $0.message.submissionID, at: $0.message.at, by: $0.message.by) },
                true, in: work)
            return []
        }
    }
}
