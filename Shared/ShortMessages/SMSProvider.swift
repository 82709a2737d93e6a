import FoundationEssentials

/// What a provider can do.
package struct SMSCapabilities: Sendable, Equatable {
    /// Sends only templates it has approved: ``OutboundSMS/templateCode`` is needed.
    package let needsTemplate: Bool
    /// Can be asked what became of a message: ``SMSProvider/query(_:)``.
    package let canQuery: Bool
    /// Drops a message that cannot be delivered until its ``OutboundSMS/notAfter``. Others may deliver it days later.
    package let keepsValidity: Bool
    /// The most characters of one template variable, where there is a limit.
    package let longestParameter: Int?

    package init(needsTemplate: Bool, canQuery: Bool, keepsValidity: Bool, longestParameter: Int?) {
        self.needsTemplate = needsTemplate
        self.canQuery = canQuery
        self.keepsValidity = keepsValidity
        self.longestParameter = longestParameter
    }
}

/// What to answer a provider's callback with once what it said is stored. Anything else makes it repeat.
package struct CallbackAnswer: Sendable, Equatable {
    package let contentType: String
    package let body: String
}

/// Somebody who sends short messages for us. Safe to use from any number of tasks.
package protocol SMSProvider: Sendable {
    /// A short word for logs, metrics and keys: `kannel`.
    var name: String { get }
    var capabilities: SMSCapabilities { get }
    var callbackAnswer: CallbackAnswer { get }

    /// Hands a message over, once. Never repeats anything of itself that may have been sent.
    ///
    /// That it is being submitted must be on record before: a crash meanwhile is ``SubmitOutcome/unknown(code:)``.
    func submit(_ message: OutboundSMS) async -> SubmitOutcome

    /// Asks what became of a message. An empty list says that the provider does not know it (yet).
    ///
    /// - Throws: ``SMSProviderError``: `unsupported`, or that nothing could be learnt now.
    func query(_ sent: SentSMS) async throws(SMSProviderError) -> [Receipt]

    /// The receipts in a callback. Parts that cannot be read are left out and counted as ``SMSProviderError/malformed(_:)``
    /// only where nothing can be.
    func receipts(in request: InboundHTTP) throws(SMSProviderError) -> [Receipt]

    /// The messages from people in a callback; as with ``receipts(in:)``.
    func inbound(in request: InboundHTTP) throws(SMSProviderError) -> [InboundSMS]
}

/// Why a provider's callback was not read, or a question not answered.
package enum SMSProviderError: Error, Sendable, Equatable {
    /// The path's secret is wrong: answer 404.
    case unauthenticated
    /// Answer 413.
    case tooLarge
    /// Not what the provider documents: answer 400. The text says what, never with data of a person.
    case malformed(String)
    /// The provider knows no such call.
    case unsupported
    /// Nothing could be learnt now; ask again later. The code is the provider's.
    case unavailable(code: String)
}

/// The time as a provider tells it, from whoever makes the provider: requests are signed with it.
package struct ProviderClock: Sendable {
    package let now: @Sendable () -> Date

    package init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    package static let system = ProviderClock { Date() }
}
