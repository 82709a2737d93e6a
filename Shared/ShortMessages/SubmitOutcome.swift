/// What became of handing a message to a provider. What matters is whether it may be handed over again.
package enum SubmitOutcome: Sendable, Equatable {
    /// The provider has taken it; what becomes of it comes as receipts.
    ///
    /// - reference: The provider's id of it. Kannel gives none.
    /// - parts: How many it counts, as far as it says, otherwise how many we count.
    case accepted(reference: String?, parts: Int)
    /// Not sent, and the same provider would not send it later either.
    case rejected(FailureClass, code: String)
    /// Not sent; may be handed over again after that time.
    case throttled(retryAfter: Duration, code: String)
    /// Certainly not sent: no connection, a refusal that is no fault of the message (credentials, an account without
    /// money), or its time has passed. Safe to repeat, here or with another provider.
    case notSent(code: String)
    /// Nobody can tell: the request was written and no answer, or none that can be read, came. Never repeat it: ask with
    /// ``SMSProvider/query(_:)``, or wait for a receipt until the time for that is over.
    case unknown(code: String)

    /// Whether handing it over again can give the person a second message.
    package var mayHaveBeenSent: Bool {
        switch self {
        case .accepted, .unknown: true
        case .rejected, .throttled, .notSent: false
        }
    }

    /// Whether it speaks against the provider rather than against this message; what ``ProviderRouting`` counts.
    package var isProviderFailure: Bool {
        switch self {
        case .notSent, .unknown, .throttled: true
        case .accepted, .rejected: false
        }
    }

    /// A bounded set of words, fit for a metric label.
    package var metricLabel: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(let failure, _): "rejected_\(failure.rawValue)"
        case .throttled: "throttled"
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}
