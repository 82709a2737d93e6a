/// Why a call has no answer. What matters to a caller is whether the server may have acted on it.
package enum HTTPCallError: Error, Sendable, Equatable {
    /// Nothing was sent: no connection was free or could be made in time, or the other side did not show a certificate we
    /// trust. Safe to repeat.
    case refused
    /// Sent, wholly or in part, and the connection ended without an answer. The server may have acted: repeat only with
    /// an idempotency key, or where repeating does no harm.
    case unanswered
    /// Sent, and no answer within the time limit. As with ``unanswered``.
    case timedOut
    /// What came back was not HTTP, or larger than ``HTTPCaller/largestReply``. The server may have acted.
    case malformed
    /// The task was cancelled, or the caller shut down. As with ``unanswered``.
    case cancelled

    /// A bounded set of words, fit for a metric label.
    package var metricLabel: String {
        switch self {
        case .refused: "refused"
        case .unanswered: "unanswered"
        case .timedOut: "timed_out"
        case .malformed: "malformed"
        case .cancelled: "cancelled"
        }
    }
}
