import FoundationEssentials
import HTTPCalls

extension TencentProvider {
    /// The most one call gives.
    private static let most = 100

    private struct ByNumber: Encodable {
        let beginTime: Int64
        let endTime: Int64
        let offset: Int
        let limit: Int
        let phoneNumber: String
        let smsSdkAppId: String
    }

    private struct ByOrder: Encodable {
        let limit: Int
        let smsSdkAppId: String
    }

    private struct Answer: Decodable {
        struct Response: Decodable {
            let error: Failure?
            let pullSmsSendStatusSet: [Status]?
        }

        struct Status: Decodable {
            let userReceiveTime: CloudJSON.Text?
            let serialNo: String?
            let reportStatus: String
            let description: String?
            let sessionContext: String?
        }

        let response: Response
    }

    /// Asks with `PullSmsSendStatusByPhoneNumber` for the message with our id, or with Tencent's. Tencent keeps seven days,
    /// and has nothing to say before the carrier has.
    package func query(_ sent: SentSMS) async throws(SMSProviderError) -> [Receipt] {
        let begin = Int64(sent.submittedAt.timeIntervalSince1970) - 60
        let statuses = try await self.statuses(
            "PullSmsSendStatusByPhoneNumber",
            ByNumber(
                beginTime: begin, endTime: begin + 4 * 86_400, offset: 0, limit: Self.most, phoneNumber: sent.to.e164,
                smsSdkAppId: self.application))
        return statuses.compactMap { status in
            let isOurs =
                status.sessionContext.flatMap { UUID(uuidString: $0) } == sent.id
                || (sent.reference != nil && status.serialNo == sent.reference)
            return isOurs ? Self.receipt(status, message: sent.id) : nil
        }
    }

    /// Takes the oldest receipts out of Tencent's queue (`PullSmsSendStatus`). They are given once: store them before
    /// anything else.
    ///
    /// - Parameter limit: 1 to 100.
    package func pull(limit: Int = 100) async throws(SMSProviderError) -> [Receipt] {
        let statuses = try await self.statuses(
            "PullSmsSendStatus", ByOrder(limit: min(max(1, limit), Self.most), smsSdkAppId: self.application))
        return statuses.compactMap { status in
            Self.receipt(status, message: status.sessionContext.flatMap { UUID(uuidString: $0) })
        }
    }

    private func statuses(_ action: String, _ body: some Encodable) async throws(SMSProviderError) -> [Answer.Status] {
        let reply: HTTPReply
        do throws(HTTPCallError) {
            reply = try await self.call(action, body)
        } catch {
            throw .unavailable(code: error.metricLabel)
        }
        guard let answer = try? CloudJSON.decoder(.upperCamelCase).decode(Answer.self, from: Data(reply.body)) else {
            throw .unavailable(code: "http-\(reply.status)")
        }
        if let failure = answer.response.error { throw .unavailable(code: ProviderCode.clean(failure.code)) }
        return answer.response.pullSmsSendStatusSet ?? []
    }

    private static func receipt(_ status: Answer.Status, message: UUID?) -> Receipt? {
        let words = status.description ?? ""
        guard let state = Self.state(status.reportStatus, words) else { return nil }
        guard message != nil || status.serialNo != nil else { return nil }
        let at = status.userReceiveTime.flatMap { Int64($0.value) }.map { Date(timeIntervalSince1970: Double($0)) }
        return Receipt(message: message, reference: status.serialNo, state: state, code: words, at: at)
    }

    private static func state(_ report: String, _ words: String) -> ReceiptState? {
        switch report {
        case "SUCCESS": .delivered
        case "FAIL": .failed(FailureClass.carrier(words) ?? .unknownCode)
        default: nil
        }
    }

    private struct Report: Decodable {
        let userReceiveTime: String?
        let reportStatus: String
        let errmsg: CloudJSON.Text?
        let description: String?
        let sid: String
    }

    /// Reads a push of sending states: a list.
    package func receipts(in request: InboundHTTP) throws(SMSProviderError) -> [Receipt] {
        try self.secret.check(request, is: "receipts")
        return try CloudJSON.list(request.body, of: Report.self, keys: .snakeCase).compactMap { report in
            let code = report.errmsg?.value ?? ""
            guard let state = Self.state(report.reportStatus, "\(code) \(report.description ?? "")") else {
                return nil
            }
            return Receipt(
                message: nil, reference: report.sid, state: state, code: code,
                at: CloudJSON.time(report.userReceiveTime))
        }
    }

    private struct Reply: Decodable {
        let extend: CloudJSON.Text?
        let mobile: String
        let nationcode: CloudJSON.Text?
        let text: String
        let time: CloudJSON.Text?
    }

    /// Reads a push of a reply. It has no id: the same number, text and second are the same reply.
    package func inbound(in request: InboundHTTP) throws(SMSProviderError) -> [InboundSMS] {
        try self.secret.check(request, is: "inbound")
        return try CloudJSON.list(request.body, of: Reply.self, keys: .snakeCase).compactMap { reply in
            guard (reply.nationcode?.value ?? "86") == "86", let from = try? PhoneNumber(reply.mobile) else {
                return nil
            }
            let at = reply.time.flatMap { Int64($0.value) }.map { Date(timeIntervalSince1970: Double($0)) }
            return InboundSMS(
                from: from, to: ProviderCode.clean(reply.extend?.value ?? ""), text: reply.text, reference: nil,
                at: at)
        }
    }
}
