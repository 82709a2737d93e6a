import CardProgramme
import FoundationEssentials
import HTTPCalls

/// Sends through Aliyun's short message service (dysmsapi 2017-05-25).
///
/// Sends approved templates only. `OutId` is our id and comes back in every receipt and every answer to
/// ``query(_:)``, so that a message whose call had no answer can be found again.
package struct AliyunProvider: SMSProvider {
    package static let host = "dysmsapi.aliyuncs.com"
    static let version = "2017-05-25"

    package let name: String
    package let capabilities = SMSCapabilities(
        needsTemplate: true, canQuery: true, keepsValidity: false, longestParameter: nil)
    package let callbackAnswer = CallbackAnswer(contentType: "application/json", body: #"{"code":0,"msg":"OK"}"#)

    let secret: PathSecret
    private let key: CloudKey
    private let clock: ProviderClock
    private let caller: HTTPCaller

    /// - Parameters:
    ///   - secret: In the address Aliyun pushes to: `…/<secret>/receipts` and `…/<secret>/inbound`.
    ///   - timeout: For a whole call.
    package init(
        endpoint: CloudEndpoint, key: CloudKey, secret: PathSecret, name: String = "aliyun",
        connections: Int = 4, timeout: Duration = .seconds(10), clock: ProviderClock = .system
    ) {
        self.name = name
        self.secret = secret
        self.key = key
        self.clock = clock
        self.caller = endpoint.caller(authority: Self.host, connections: connections, timeout: timeout)
    }

    /// Closes the connections. Calls that are running finish.
    package func shutdown() async { await self.caller.shutdown() }

    package func submit(_ message: OutboundSMS) async -> SubmitOutcome {
        guard message.to.isMobile else { return .rejected(.invalidNumber, code: "landline") }
        guard let template = message.templateCode else { return .rejected(.contentOrSignature, code: "no-template") }
        guard let signature = message.signature else { return .rejected(.contentOrSignature, code: "no-signature") }
        guard message.notAfter > self.clock.now() else { return .notSent(code: "too-late") }
        guard let parameters = Self.parameters(message) else {
            return .rejected(.contentOrSignature, code: "parameters")
        }
        var query = [
            ("PhoneNumbers", message.to.national), ("SignName", signature), ("TemplateCode", template),
            ("TemplateParam", parameters), ("OutId", message.id.uuidString),
        ]
        if let extend = message.extend { query.append(("SmsUpExtendCode", extend)) }
        do throws(HTTPCallError) {
            let reply = try await self.call("SendSms", query)
            return Self.outcome(of: reply, parts: message.length.parts)
        } catch {
            return .http(error)
        }
    }

    /// A JSON object of texts; nil where two parameters have one name.
    private static func parameters(_ message: OutboundSMS) -> String? {
        var values: [String: String] = [:]
        for parameter in message.parameters where values.updateValue(parameter.value, forKey: parameter.name) != nil {
            return nil
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(values)).map { String(decoding: $0, as: UTF8.self) }
    }

    func call(_ action: String, _ query: [(String, String)]) async throws(HTTPCallError) -> HTTPReply {
        let headers = AliyunSignature.headers(
            action: action, version: Self.version, host: Self.host, query: query, key: self.key,
            now: self.clock.now(), nonce: UUID().uuidString)
        return try await self.caller.call("POST", "/?\(CanonicalRequest.query(query))", headers: headers)
    }

    private struct Answer: Decodable {
        let code: String
        let reference: String?

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case reference = "BizId"
        }
    }

    private static func outcome(of reply: HTTPReply, parts: Int) -> SubmitOutcome {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.body)) else {
            return .unknown(code: "http-\(reply.status)")
        }
        if answer.code == "OK", reply.status == 200 { return .accepted(reference: answer.reference, parts: parts) }
        return Self.refusal(answer.code)
    }

    /// Aliyun's codes (help.aliyun.com 101346, 101347). `isv.` is a refusal of what we asked for; of anything that is not
    /// known it cannot be told whether it was sent.
    static func refusal(_ code: String) -> SubmitOutcome {
        let short = ProviderCode.clean(code)
        switch code {
        case "isv.MOBILE_NUMBER_ILLEGAL", "isv.PHONE_NUMBER_ILLEGAL": return .rejected(.invalidNumber, code: short)
        case "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_SIGN_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
            "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_CONTENT_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS",
            "isv.TEMPLATE_PARAMS_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.PARAM_LENGTH_LIMIT",
            "isv.PARAM_NOT_SUPPORT_URL", "isv.INVALID_JSON_PARAM", "isv.EXTEND_CODE_ERROR":
            return .rejected(.contentOrSignature, code: short)
        // So many a day to one number, or from one account.
        case "isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL":
            return .throttled(retryAfter: .seconds(3600), code: short)
        case "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE",
            "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.DENY_IP_RANGE", "isv.MONTH_LIMIT_CONTROL",
            "isp.RAM_PERMISSION_DENY", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidTimeStamp.Expired":
            return .notSent(code: short)
        default:
            if code.hasPrefix("Throttling") { return .throttled(retryAfter: .seconds(2), code: short) }
            if code.hasPrefix("InvalidAccessKeyId") || code.hasPrefix("Forbidden") { return .notSent(code: short) }
            if code.hasPrefix("isv.") { return .rejected(.unknownCode, code: short) }
            // isp.SYSTEM_ERROR, SignatureNonceUsed (somebody repeated the request) and what we have never heard of.
            return .unknown(code: short)
        }
    }
}
