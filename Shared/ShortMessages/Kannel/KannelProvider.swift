import CardProgramme
import FoundationEssentials
import HTTPCalls

/// Sends through a Kannel smsbox (1.4.5) of our own: `GET /cgi-bin/sendsms`.
///
/// Kannel has no idempotency key, and its answer carries no id: receipts are matched by our own, which goes out in
/// `dlr-url` and comes back with every one. There is nothing to ask later. Of a message in several parts only the first
/// has a receipt.
package struct KannelProvider: SMSProvider {
    package let name: String
    package let capabilities = SMSCapabilities(
        needsTemplate: false, canQuery: false, keepsValidity: true, longestParameter: nil)
    /// Empty: what answers a `get-url` Kannel would send to the person. The `sms-service` needs `max-messages = 0` as well.
    package let callbackAnswer = CallbackAnswer(contentType: "text/plain", body: "")

    let configuration: KannelConfiguration
    private let clock: ProviderClock
    private let caller: HTTPCaller

    package init(configuration: KannelConfiguration, name: String = "kannel", clock: ProviderClock = .system) {
        self.name = name
        self.configuration = configuration
        self.clock = clock
        self.caller = HTTPCaller(
            host: configuration.host, port: configuration.port, connections: configuration.connections,
            timeout: configuration.timeout, idle: .seconds(2))
    }

    /// Closes the connections. Calls that are running finish.
    package func shutdown() async { await self.caller.shutdown() }

    package func submit(_ message: OutboundSMS) async -> SubmitOutcome {
        // Only mobile telephones; Kannel would take anything.
        guard message.to.isMobile else { return .rejected(.invalidNumber, code: "landline") }
        guard message.length.parts > 0 else { return .rejected(.contentOrSignature, code: "empty") }
        // Kannel's unit is the minute; rounded down it never outlives the message.
        let minutes = Int((message.notAfter.timeIntervalSince(self.clock.now()) / 60).rounded(.down))
        guard minutes >= 1 else { return .notSent(code: "too-late") }
        do throws(HTTPCallError) {
            // The call sends something, GET or not: HTTPCaller must not repeat it.
            let reply = try await self.caller.call("GET", self.path(message, minutes), isHarmless: false)
            return Self.outcome(of: reply, parts: message.length.parts)
        } catch {
            return .http(error)
        }
    }

    package func query(_ sent: SentSMS) async throws(SMSProviderError) -> [Receipt] { throw .unsupported }

    private func path(_ message: OutboundSMS, _ minutes: Int) -> String {
        var items = [
            ("username", self.configuration.username), ("password", self.configuration.password),
            ("from", self.configuration.sender + (message.extend ?? "")), ("to", message.to.national),
            // Without both, Kannel accepts Chinese and sends question marks.
            ("coding", "2"), ("charset", "UTF-8"), ("text", message.text),
            // A week is the longest a carrier keeps one.
            ("validity", String(min(minutes, 7 * 24 * 60))),
            // Delivered, failed, buffered, taken by the carrier, refused by it.
            ("dlr-mask", "31"), ("dlr-url", self.receiptURL(message.id)),
        ]
        if let smsc = self.configuration.smsc { items.append(("smsc", smsc)) }
        return "/cgi-bin/sendsms?" + PercentEncoding.query(items)
    }

    /// The escapes `%d` (kind), `%A` (the carrier's words), `%I` (Kannel's id) and `%T` (time) are filled in by Kannel.
    private func receiptURL(_ id: UUID) -> String {
        self.configuration.callbackBase + self.configuration.secret.path("receipts")
            + "?id=\(id.uuidString)&type=%d&reply=%A&fid=%I&at=%T"
    }

    /// Every answer smsbox is known to give (§4.1); anything else may have been sent.
    static func outcome(of reply: HTTPReply, parts: Int) -> SubmitOutcome {
        let text = reply.text
        switch reply.status {
        // "0: Accepted for delivery", "3: Queued for later delivery" while the line to the carrier is down.
        case 202 where text.hasPrefix("0:") || text.hasPrefix("3:"): return .accepted(reference: nil, parts: parts)
        // "Missing receiver number, rejected", "DLR-Mask field misformed, rejected": our mistake, nobody's number.
        case 400: return .rejected(.unknownCode, code: "400")
        case 403 where text.hasPrefix("Authorization failed"): return .notSent(code: "authorization")
        // "Not routable. Do not try again."
        case 403: return .rejected(.unknownCode, code: "403")
        case 404: return .notSent(code: "404")
        // "Temporal failure, try again later.": bearerbox has not taken it.
        case 503 where text.hasPrefix("Temporal failure"): return .throttled(retryAfter: .seconds(30), code: "503")
        default: return .unknown(code: "http-\(reply.status)")
        }
    }
}

extension SubmitOutcome {
    /// A call without an answer: only ``HTTPCallError/refused`` says that nothing left.
    static func http(_ error: HTTPCallError) -> SubmitOutcome {
        error == .refused ? .notSent(code: error.metricLabel) : .unknown(code: error.metricLabel)
    }
}
