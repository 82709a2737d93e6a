import Contracts
import Messaging

/// 备案通过 → card order. A second approval of the same submission changes nothing and sends nothing.
enum SubmissionApprovedConsumer {
    static func handler(_ orderCards: OrderCards) -> MessageHandler {
        .on(SubmissionApproved.self) { approvals, work in
            try await orderCards(approvals, in: work)
            return []
        }
    }
}
