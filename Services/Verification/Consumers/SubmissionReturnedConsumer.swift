import Contracts
import Messaging

/// `submission.returned` from review.
enum SubmissionReturnedConsumer {
    static func handler(_ takeBack: TakeBackReturned) -> MessageHandler {
        .on(SubmissionReturned.self) { messages, unit in try await takeBack(messages, in: unit) }
    }
}
