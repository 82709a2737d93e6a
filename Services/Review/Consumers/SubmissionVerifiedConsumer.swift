import Contracts
import Messaging

/// `submission.verified` from verification.
enum SubmissionVerifiedConsumer {
    static func handler(_ receive: ReceiveVerified) -> MessageHandler {
        .on(SubmissionVerified.self) { messages, unit in try await receive(messages, in: unit) }
    }
}
