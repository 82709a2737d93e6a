import CardProgramme
import FoundationEssentials
import HTTPCalls

extension AliyunProvider {
    private static let pageSize = 50
    /// A number that has had more than 500 messages on one day is somebody else's problem.
    private static let mostPages = 10

    private struct Details: Decodable {
        struct List: Decodable {
            let details: [Detail]

            enum CodingKeys: String, CodingKey { case details = "SmsSendDetailDTO" }
        }

        struct Detail: Decodable {
            let state: CloudJSON.Text
            let code: CloudJSON.Text?
            let outID: String?
            let received: String?
            let sent: String?

            enum CodingKeys: String, CodingKey {
                case state = "SendStatus"
                case code = "ErrCode"
                case outID = "OutId"
                case received = "ReceiveDate"
                case sent = "SendDate"
            }
        }

        let code: String
        let total: CloudJSON.Text?
        let list: List?

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case total = "TotalCount"
            case list = "SmsSendDetailDTOs"
        }
    }

    /// Asks with `QuerySendDetails`, by number and day, for the message with our id. Aliyun keeps 30 days.
    package func query(_ sent: SentSMS) async throws(SMSProviderError) -> [Receipt] {
        let day = CalendarDay(sent.submittedAt)
        let found = try await self.details(of: sent, on: day)
        // Handed over before midnight, taken in after it.
        let later = CalendarDay(sent.submittedAt.addingTimeInterval(600))
        return found.isEmpty && later != day ? try await self.details(of: sent, on: later) : found
    }

    private func details(of sent: SentSMS, on day: CalendarDay) async throws(SMSProviderError) -> [Receipt] {
        var query = [
            ("PhoneNumber", sent.to.national), ("SendDate", day.description.replacing("-", with: "")),
            ("PageSize", String(Self.pageSize)),
        ]
        if let reference = sent.reference { query.append(("BizId", reference)) }
        var receipts: [Receipt] = []
        for page in 1...Self.mostPages {
            let details = try await self.page(query + [("CurrentPage", String(page))])
            let list = details.list?.details ?? []
            receipts += list.compactMap { Self.receipt($0, of: sent) }
            let total = details.total.flatMap { Int($0.value) } ?? 0
            if list.isEmpty || page * Self.pageSize >= total { break }
        }
        return receipts
    }

    private func page(_ query: [(String, String)]) async throws(SMSProviderError) -> Details {
        let reply: HTTPReply
        do throws(HTTPCallError) {
            reply = try await self.call("QuerySendDetails", query)
        } catch {
            throw .unavailable(code: error.metricLabel)
        }
        guard let details = try? JSONDecoder().decode(Details.self, from: Data(reply.body)) else {
            throw .unavailable(code: "http-\(reply.status)")
        }
        guard details.code == "OK" else { throw .unavailable(code: ProviderCode.clean(details.code)) }
        return details
    }

    private static func receipt(_ detail: Details.Detail, of sent: SentSMS) -> Receipt? {
        guard let id = detail.outID.flatMap({ UUID(uuidString: $0) }), id == sent.id else { return nil }
        let code = detail.code?.value ?? ""
        let state: ReceiptState
        switch detail.state.value {
        case "1": state = .accepted
        case "2": state = .failed(FailureClass.carrier(code) ?? .unknownCode)
        case "3": state = .delivered
        default: return nil
        }
        let isFinal = state != .accepted
        return Receipt(
            message: id, reference: sent.reference, state: state, code: code,
            at: CloudJSON.time(isFinal ? detail.received ?? detail.sent : detail.sent))
    }

    private struct Report: Decodable {
        let success: CloudJSON.Text
        let code: CloudJSON.Text?
        let words: String?
        let reference: String?
        let outID: String?
        let reported: String?

        enum CodingKeys: String, CodingKey {
            case success
            case code = "err_code"
            case words = "err_msg"
            case reference = "biz_id"
            case outID = "out_id"
            case reported = "report_time"
        }
    }

    /// Reads a push of `SmsReport`: a list, which may repeat what came before.
    package func receipts(in request: InboundHTTP) throws(SMSProviderError) -> [Receipt] {
        try self.secret.check(request, is: "receipts")
        return try CloudJSON.list(request.body, of: Report.self, keys: .asWritten).compactMap { report in
            let code = report.code?.value ?? ""
            let state: ReceiptState
            switch report.success.value {
            case "true": state = .delivered
            case "false":
                state = .failed(FailureClass.carrier("\(code) \(report.words ?? "")") ?? .unknownCode)
            default: return nil
            }
            let id = report.outID.flatMap { UUID(uuidString: $0) }
            guard id != nil || report.reference != nil else { return nil }
            return Receipt(
                message: id, reference: report.reference, state: state, code: code,
                at: CloudJSON.time(report.reported))
        }
    }

    private struct Upward: Decodable {
        let from: String
        let content: String
        let extend: CloudJSON.Text?
        let sequence: CloudJSON.Text?
        let sent: String?

        enum CodingKeys: String, CodingKey {
            case from = "phone_number"
            case content
            case extend = "dest_code"
            case sequence = "sequence_id"
            case sent = "send_time"
        }
    }

    /// Reads a push of `SmsUp`.
    package func inbound(in request: InboundHTTP) throws(SMSProviderError) -> [InboundSMS] {
        try self.secret.check(request, is: "inbound")
        return try CloudJSON.list(request.body, of: Upward.self, keys: .asWritten).compactMap { message in
            guard let from = try? PhoneNumber(message.from) else { return nil }
            return InboundSMS(
                from: from, to: ProviderCode.clean(message.extend?.value ?? ""), text: message.content,
                reference: message.sequence.map { ProviderCode.clean($0.value) }, at: CloudJSON.time(message.sent))
        }
    }
}
