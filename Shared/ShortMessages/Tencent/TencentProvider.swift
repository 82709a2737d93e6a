import CardProgramme
import FoundationEssentials
import HTTPCalls

/// Sends through Tencent Cloud's short message service (sms 2021-01-11).
///
/// Sends approved templates only, with variables of at most twelve characters. What happened to a number stands inside an
/// answer of 200. Pushed receipts carry Tencent's own id alone; only ``query(_:)`` and ``pull(limit:)`` give ours back.
package struct TencentProvider: SMSProvider {
    package static let host = "sms.tencentcloudapi.com"
    static let version = "2021-01-11"

    package let name: String
    package let capabilities = SMSCapabilities(
        needsTemplate: true, canQuery: true, keepsValidity: false, longestParameter: 12)
    package let callbackAnswer = CallbackAnswer(contentType: "application/json", body: #"{"result":0,"errmsg":"OK"}"#)

    let secret: PathSecret
    let application: String
    private let region: String
    private let key: CloudKey
    private let clock: ProviderClock
    private let caller: HTTPCaller

    /// - Parameters:
    ///   - application: `SmsSdkAppId`.
    ///   - region: Where the call is served: `ap-guangzhou`.
    ///   - secret: In the address Tencent pushes to: `…/<secret>/receipts` and `…/<secret>/inbound`.
    ///   - timeout: For a whole call.
    package init(
        endpoint: CloudEndpoint, key: CloudKey, application: String, region: String = "ap-guangzhou",
        secret: PathSecret, name: String = "tencent", connections: Int = 4, timeout: Duration = .seconds(10),
        clock: ProviderClock = .system
    ) {
        self.name = name
        self.secret = secret
        self.application = application
        self.region = region
        self.key = key
        self.clock = clock
        self.caller = endpoint.caller(authority: Self.host, connections: connections, timeout: timeout)
    }

    /// Closes the connections. Calls that are running finish.
    package func shutdown() async { await self.caller.shutdown() }

    private struct Send: Encodable {
        let phoneNumberSet: [String]
        let smsSdkAppId: String
        let templateId: String
        let signName: String
        let templateParamSet: [String]
        let sessionContext: String
        let extendCode: String?
    }

    package func submit(_ message: OutboundSMS) async -> SubmitOutcome {
        guard message.to.isMobile else { return .rejected(.invalidNumber, code: "landline") }
        guard let template = message.templateCode else { return .rejected(.contentOrSignature, code: "no-template") }
        guard let signature = message.signature else { return .rejected(.contentOrSignature, code: "no-signature") }
        guard message.notAfter > self.clock.now() else { return .notSent(code: "too-late") }
        // Refused with 1036 otherwise, after the call. Counted in UTF-16 units, which is never too few.
        let longest = self.capabilities.longestParameter ?? .max
        guard message.parameters.allSatisfy({ $0.value.utf16.count <= longest }) else {
            return .rejected(.contentOrSignature, code: "parameter-length")
        }
        let send = Send(
            phoneNumberSet: [message.to.e164], smsSdkAppId: self.application, templateId: template,
            signName: signature, templateParamSet: message.parameters.map(\.value),
            sessionContext: message.id.uuidString, extendCode: message.extend)
        do throws(HTTPCallError) {
            let reply = try await self.call("SendSms", send)
            return Self.outcome(of: reply, to: message)
        } catch {
            return .http(error)
        }
    }

    func call(_ action: String, _ body: some Encodable) async throws(HTTPCallError) -> HTTPReply {
        let encoder = CloudJSON.encoder()
        // Texts and numbers of ours: there is nothing in them that JSON could not hold.
        guard let data = try? encoder.encode(body) else { throw .refused }
        let bytes = Array(data)
        let now = self.clock.now()
        let headers = [
            ("Content-Type", TencentSignature.contentType), ("X-TC-Action", action), ("X-TC-Version", Self.version),
            ("X-TC-Region", self.region), ("X-TC-Timestamp", String(Int64(now.timeIntervalSince1970.rounded(.down)))),
            (
                "Authorization",
                TencentSignature.authorization(
                    service: "sms", host: Self.host, body: bytes, key: self.key, now: now)
            ),
        ]
        return try await self.caller.call("POST", "/", headers: headers, body: bytes)
    }

    struct Failure: Decodable {
        let code: String
    }

    private struct Answer: Decodable {
        struct Response: Decodable {
            let error: Failure?
            let sendStatusSet: [Status]?
        }

        struct Status: Decodable {
            let serialNo: String?
            let fee: Int?
            let sessionContext: String?
            let code: String
        }

        let response: Response
    }

    private static func outcome(of reply: HTTPReply, to message: OutboundSMS) -> SubmitOutcome {
        guard let answer = try? CloudJSON.decoder(.upperCamelCase).decode(Answer.self, from: Data(reply.body)) else {
            return .unknown(code: "http-\(reply.status)")
        }
        if let failure = answer.response.error { return Self.refusal(failure.code) }
        guard let statuses = answer.response.sendStatusSet, statuses.count == 1, let status = statuses.first else {
            return .unknown(code: "no-status")
        }
        guard status.code == "Ok" else { return Self.refusal(status.code) }
        // An answer to somebody else's message says nothing about ours.
        guard status.sessionContext.flatMap({ $0.isEmpty ? nil : $0 }) ?? message.id.uuidString == message.id.uuidString
        else { return .unknown(code: "foreign-context") }
        let reference = status.serialNo.flatMap { $0.isEmpty ? nil : $0 }
        return .accepted(reference: reference, parts: max(1, status.fee ?? message.length.parts))
    }

    /// Tencent's codes (cloud.tencent.com 382/59177), of the whole call and of one number alike.
    static func refusal(_ code: String) -> SubmitOutcome {
        let short = ProviderCode.clean(code)
        switch code {
        case "InvalidParameterValue.IncorrectPhoneNumber": return .rejected(.invalidNumber, code: short)
        case "FailedOperation.PhoneNumberInBlacklist": return .rejected(.blocked, code: short)
        case "FailedOperation.SignatureIncorrectOrUnapproved", "FailedOperation.TemplateIncorrectOrUnapproved",
            "FailedOperation.ContainSensitiveWord", "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
            "FailedOperation.TemplateUnapprovedOrNotExist", "InvalidParameterValue.TemplateParameterFormatError",
            "InvalidParameterValue.TemplateParameterLengthLimit", "InvalidParameterValue.ContentLengthLimit",
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter":
            return .rejected(.contentOrSignature, code: short)
        case "FailedOperation.InsufficientBalanceInSmsPackage", "InvalidParameterValue.SdkAppIdNotExist",
            "InternalError.SigVerificationFail", "InternalError.SigFieldMissing",
            "InternalError.RestApiInterfaceNotExist", "IpNotInWhitelist", "IpInBlacklist":
            return .notSent(code: short)
        case "LimitExceeded.PhoneNumberThirtySecondLimit", "LimitExceeded.DeliveryFrequencyLimit":
            return .throttled(retryAfter: .seconds(30), code: short)
        // Nobody can tell what failed.
        case "FailedOperation": return .unknown(code: short)
        default: break
        }
        switch code.prefix(while: { $0 != "." }) {
        case "LimitExceeded": return .throttled(retryAfter: .seconds(3600), code: short)
        case "RequestLimitExceeded": return .throttled(retryAfter: .seconds(2), code: short)
        case "AuthFailure", "UnauthorizedOperation": return .notSent(code: short)
        case "FailedOperation", "InvalidParameter", "InvalidParameterValue", "MissingParameter",
            "UnsupportedOperation", "UnknownParameter":
            return .rejected(.unknownCode, code: short)
        // InternalError.Timeout and its like, and what we have never heard of.
        default: return .unknown(code: short)
        }
    }
}
