import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers
import ServiceRuntime

/// The steps between which a crash must neither lose nor double anything. Tests kill the process at each of them.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// Deliveries are in memory, nothing is written.
    case consumerReceived = "consumer.received"
    /// The transaction is open and the subjects' cursors are locked.
    case consumerLocked = "consumer.locked"
    /// The handlers' effects are written; cursors, inbox and messages go with the commit, which is not sent.
    case consumerHandled = "consumer.handled"
    /// Committed, and no ack is sent.
    case consumerCommitted = "consumer.committed"
    /// Acks are written to the socket.
    case consumerAcknowledged = "consumer.acknowledged"
    /// The relay has messages in its hands, nothing is published.
    case relayClaimed = "relay.claimed"
    /// The broker confirmed, and the rows are still in the outbox.
    case relayConfirmed = "relay.confirmed"
    /// The rows are gone from the outbox.
    case relayDeleted = "relay.deleted"
    /// An interface call's rows are written; its messages go with the commit, which is not sent.
    case workWritten = "work.written"
    /// Committed, and the caller has no answer.
    case workCommitted = "work.committed"
    /// A seat is out of the count of free ones, and its caller has no answer.
    case seatCounted = "seat.counted"
    /// A hold is claimed in the count, and nothing of it is written.
    case seatClaimed = "seat.claimed"
    /// The count knows that the seat is written, and the caller has no answer.
    case seatSettled = "seat.settled"
    /// Notification: that a message is being submitted is committed; no provider has it yet.
    case messageSubmitting = "message.submitting"
    /// Notification: a provider has answered; what it said is not written yet.
    case messageSubmitted = "message.submitted"

    /// Those between a hold of a seat and its confirmation.
    package static let ofSeats: [CrashPoint] = [.seatCounted, .seatClaimed, .workWritten, .workCommitted, .seatSettled]
    /// Those every message and every interface call passes.
    package static let ofMessages = Self.allCases.filter {
        ![.seatCounted, .seatClaimed, .seatSettled, .messageSubmitting, .messageSubmitted].contains($0)
    }
}

/// A deliberate crash, for tests: `FAULTS_CRASH_AT=consumer.committed:20` kills the process with SIGKILL the 20th time
/// that step is reached, `FAULTS_CRASH_SUBJECT=<id>` each time a message of that subject is about to be applied. Without
/// those keys it does nothing.
package struct FaultPlan: Sendable {
    package static let none = FaultPlan(point: nil, countdown: 1, subject: nil)

    private let point: CrashPoint?
    private let remaining: NIOLockedValueBox<Int>
    private let subject: UUID?

    /// The plan of both keys; either may be empty.
    ///
    /// - Throws: ``MessagingError`` `configuration`, when a key names no step or no id.
    package init(crashAt: String?, crashSubject: String?) throws(MessagingError) {
        var plan = FaultPlan.none
        if let text = crashAt, !text.isEmpty {
            guard let crash = FaultPlan(text) else {
                throw MessagingError(
                    .configuration, "\(ConfigurationKey.crashAt.environmentName): no such step: \(text)")
            }
            plan = crash
        }
        var subject: UUID?
        if let text = crashSubject, !text.isEmpty {
            guard let id = UUID(uuidString: text) else {
                throw MessagingError(
                    .configuration, "\(ConfigurationKey.crashSubject.environmentName): not an id: \(text)")
            }
            subject = id
        }
        self = FaultPlan(point: plan.point, remaining: plan.remaining, subject: subject)
    }

    /// - Returns: nil when `text` names no step, or its count is not a positive number.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, let point = CrashPoint(rawValue: String(name)), parts.count <= 2 else {
            return nil
        }
        var countdown = 1
        if parts.count == 2 {
            guard let count = Int(parts[1]), count >= 1 else { return nil }
            countdown = count
        }
        self.init(point: point, countdown: countdown, subject: nil)
    }

    private init(point: CrashPoint?, countdown: Int, subject: UUID?) {
        self.init(point: point, remaining: NIOLockedValueBox(countdown), subject: subject)
    }

    private init(point: CrashPoint?, remaining: NIOLockedValueBox<Int>, subject: UUID?) {
        self.point = point
        self.remaining = remaining
        self.subject = subject
    }

    package func reached(_ point: CrashPoint) {
        guard point == self.point else { return }
        let left = self.remaining.withLockedValue { remaining in
            remaining -= 1
            return remaining
        }
        if left == 0 { kill(getpid(), SIGKILL) }
    }

    /// A message of this subject is about to be applied.
    package func applying(_ subject: UUID) {
        if subject == self.subject { kill(getpid(), SIGKILL) }
    }
}
