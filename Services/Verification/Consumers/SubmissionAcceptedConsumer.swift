import Contracts
import Messaging

/// `submission.accepted` from intake.
enum SubmissionAcceptedConsumer {
    static func handler(_ accept: AcceptSubmissions) -> MessageHandler {
        .on(SubmissionAccepted.self) { messages, unit in try await accept(messages, in: unit) }
    }
}
