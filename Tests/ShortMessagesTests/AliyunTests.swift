import FoundationEssentials
import ShortMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AliyunTests {
    private static let accepted = #"{"Code":"OK","Message":"OK","BizId":"700^0","RequestId":"F-1"}"#

    @Test func aMessageGoesOutAsAliyunWantsIt() async throws {
        let message = try Sample.message(extend: "42")
        try await StandIn.with(.always(.reply(200, Self.accepted))) { server in
            let provider = try Sample.aliyun(.loopback(port: server.port))
            #expect(await provider.submit(message) == .accepted(reference: "700^0", parts: 1))
            #expect(await provider.submit(message) == .accepted(reference: "700^0", parts: 1))
            await provider.shutdown()
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.path == "/" && request.body.isEmpty)
            #expect(
                request.query == [
                    "PhoneNumbers": "19900000001", "SignName": "谯城退役军人", "TemplateCode": "SMS_1",
                    "TemplateParam": #"{"name":"测试甲","station":"薛阁街道服务站"}"#, "OutId": message.id.uuidString,
                    "SmsUpExtendCode": "42",
                ])
            #expect(request.headers["host"] == "dysmsapi.aliyuncs.com")
            #expect(request.headers["x-acs-action"] == "SendSms" && request.headers["x-acs-version"] == "2017-05-25")
            // What was sent is what was signed.
            let nonce = try #require(request.headers["x-acs-signature-nonce"])
            let signed = AliyunSignature.headers(
                action: "SendSms", version: "2017-05-25", host: "dysmsapi.aliyuncs.com",
                query: request.query.map { ($0.key, $0.value) }, key: CloudKey(id: "key-id", secret: "key-secret"),
                now: Sample.now, nonce: nonce)
            for (name, value) in signed { #expect(request.headers[name.lowercased()] == value) }
            #expect(server.requests.last?.headers["x-acs-signature-nonce"] != nonce)
        }
    }

    @Test(arguments: [
        ("isv.MOBILE_NUMBER_ILLEGAL", "rejected_invalidNumber"),
        ("isv.SMS_SIGNATURE_ILLEGAL", "rejected_contentOrSignature"),
        ("isv.SMS_CONTENT_ILLEGAL", "rejected_contentOrSignature"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "rejected_contentOrSignature"),
        ("isv.BUSINESS_LIMIT_CONTROL", "throttled"), ("isv.DAY_LIMIT_CONTROL", "throttled"),
        ("Throttling.User", "throttled"), ("isv.OUT_OF_SERVICE", "not_sent"), ("isv.AMOUNT_NOT_ENOUGH", "not_sent"),
        ("SignatureDoesNotMatch", "not_sent"), ("InvalidAccessKeyId.NotFound", "not_sent"),
        ("isp.RAM_PERMISSION_DENY", "not_sent"), ("isv.SOMETHING_NEW", "rejected_unknownCode"),
        ("isp.SYSTEM_ERROR", "unknown"), ("SignatureNonceUsed", "unknown"), ("ok", "unknown"), ("", "unknown"),
    ])
    func everyRefusalHasItsMeaning(code: String, label: String) async throws {
        // Some come with 200, some with 400.
        for status in [200, 400] {
            let refusal = StandIn.Answer.reply(status, #"{"Code":"\#(code)","Message":"x"}"#)
            try await StandIn.with(.always(refusal)) {
                server in
                let provider = try Sample.aliyun(.loopback(port: server.port))
                #expect(try await provider.submit(Sample.message()).metricLabel == label)
                await provider.shutdown()
            }
        }
    }

    @Test func whatIsNotAnsweredOrUnreadableMayHaveBeenSent() async throws {
        for (answer, code) in [
            (StandIn.Answer.hangUp, "unanswered"), (.silence, "timed_out"), (.garbage("\u{0}\u{1}"), "malformed"),
            (.reply(200, "<html>"), "http-200"), (.reply(502, ""), "http-502"), (.reply(500, Self.accepted), "OK"),
            (.reply(200, "[]"), "http-200"),
        ] {
            try await StandIn.with(.always(answer)) { server in
                let provider = try Sample.aliyun(.loopback(port: server.port), timeout: .milliseconds(300))
                #expect(try await provider.submit(Sample.message()) == .unknown(code: code))
                await provider.shutdown()
                #expect(server.requests.count == 1)
            }
        }
        let nobody = try Sample.aliyun(.loopback(port: try await StandIn.closedPort()))
        #expect(try await nobody.submit(Sample.message()) == .notSent(code: "refused"))
    }

    @Test func whatTheTemplateCannotSayNeverLeaves() async throws {
        let provider = try Sample.aliyun(.loopback(port: try await StandIn.closedPort()))
        let cases: [(OutboundSMS, SubmitOutcome)] = [
            (try Sample.message(to: "010-65000000"), .rejected(.invalidNumber, code: "landline")),
            (try Sample.message(template: nil), .rejected(.contentOrSignature, code: "no-template")),
            (try Sample.message(text: "没有签名"), .rejected(.contentOrSignature, code: "no-signature")),
            (try Sample.message(text: "【】空"), .rejected(.contentOrSignature, code: "no-signature")),
            (
                try Sample.message(parameters: [("a", "1"), ("a", "2")]),
                .rejected(.contentOrSignature, code: "parameters")
            ),
            (try Sample.message(notAfter: Sample.now), .notSent(code: "too-late")),
        ]
        for (message, outcome) in cases { #expect(await provider.submit(message) == outcome) }
    }

    private static func page(_ details: [String], total: Int) -> String {
        #"{"Code":"OK","TotalCount":\#(total),"SmsSendDetailDTOs":{"SmsSendDetailDTO":[\#(details.joined(separator: ","))]}}"#
    }

    private static func detail(_ id: UUID, _ status: Int, _ code: String) -> String {
        #"{"PhoneNum":"19900000001","SendStatus":\#(status),"ErrCode":"\#(code)","OutId":"\#(id.uuidString)","#
            + #""Content":"x","SendDate":"2026-11-18 10:00:00","ReceiveDate":"2026-11-18 10:00:05"}"#
    }

    @Test func aMessageWhoseCallHadNoAnswerIsFoundAgain() async throws {
        let id = UUID()
        // Two pages of others' messages to the same number before ours.
        let script = StandIn.Script.by { request, _ in
            let isLast = request.query["CurrentPage"] == "3"
            let details = isLast ? [Self.detail(id, 3, "DELIVERED")] : (0..<50).map { _ in Self.detail(UUID(), 3, "") }
            return .reply(200, Self.page(details, total: 101))
        }
        try await StandIn.with(script) { server in
            let provider = try Sample.aliyun(.loopback(port: server.port))
            let sent = SentSMS(id: id, to: try PhoneNumber("19900000001"), reference: nil, submittedAt: Sample.now)
            let receipts = try await provider.query(sent)
            #expect(
                receipts == [
                    Receipt(
                        message: id, reference: nil, state: .delivered, code: "DELIVERED",
                        at: Date(timeIntervalSince1970: 1_794_967_205))
                ])
            await provider.shutdown()
            #expect(server.requests.map { $0.query["CurrentPage"] } == ["1", "2", "3"])
            let first = try #require(server.requests.first)
            #expect(first.headers["x-acs-action"] == "QuerySendDetails")
            #expect(first.query["PhoneNumber"] == "19900000001" && first.query["BizId"] == nil)
            // 2026-11-18 19:06 in Peking.
            #expect(first.query["SendDate"] == "20261118")
        }
    }

    @Test(arguments: [
        (1, "", ReceiptState.accepted), (2, "MK:0001", .failed(.invalidNumber)), (2, "", .failed(.unknownCode)),
        (2, "DELIVRD", .failed(.unknownCode)), (3, "DELIVERED", .delivered),
    ])
    func statesWhenAsked(status: Int, code: String, state: ReceiptState) async throws {
        let id = UUID()
        let page = Self.page([Self.detail(id, status, code)], total: 1)
        try await StandIn.with(.always(.reply(200, page))) { server in
            let provider = try Sample.aliyun(.loopback(port: server.port))
            let sent = SentSMS(id: id, to: try PhoneNumber("19900000001"), reference: "7^0", submittedAt: Sample.now)
            #expect(try await provider.query(sent).map(\.state) == [state])
            await provider.shutdown()
            #expect(server.requests.first?.query["BizId"] == "7^0")
        }
    }

    @Test func aroundMidnightTheNextDayIsAskedToo() async throws {
        try await StandIn.with(.always(.reply(200, Self.page([], total: 0)))) { server in
            let provider = try Sample.aliyun(.loopback(port: server.port))
            // 23:55 in Peking.
            let late = Date(timeIntervalSince1970: 1_794_931_200 + 86_400 - 300)
            let sent = SentSMS(id: UUID(), to: try PhoneNumber("19900000001"), reference: nil, submittedAt: late)
            #expect(try await provider.query(sent) == [])
            await provider.shutdown()
            #expect(server.requests.map { $0.query["SendDate"] } == ["20261118", "20261119"])
        }
    }

    @Test func aQuestionWithoutAnAnswerSaysSo() async throws {
        for (answer, code) in [
            (StandIn.Answer.hangUp, "unanswered"), (.reply(200, "x"), "http-200"),
            (.reply(400, #"{"Code":"isv.QUERY_DATE_ILLEGAL"}"#), "isv.QUERY_DATE_ILLEGAL"),
        ] {
            try await StandIn.with(.always(answer)) { server in
                let provider = try Sample.aliyun(.loopback(port: server.port))
                let sent = SentSMS(
                    id: UUID(), to: try PhoneNumber("19900000001"), reference: nil, submittedAt: Sample.now)
                await #expect(throws: SMSProviderError.unavailable(code: code)) { try await provider.query(sent) }
                await provider.shutdown()
            }
        }
    }

    @Test func aPushedListIsReadAsFarAsItCanBe() throws {
        let provider = try Sample.aliyun(.loopback(port: 1))
        let id = UUID()
        let good =
            #"{"phone_number":"19900000001","send_time":"2026-11-18 10:00:00","report_time":"2026-11-18 10:00:05","#
        let body = """
            [\(good)"success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"7^0","out_id":"\(id.uuidString)"},
             \(good)"success":false,"err_code":"UNDELIV","err_msg":"空号","sms_size":1,"biz_id":"8^0","out_id":"of somebody else"},
             \(good)"success":false,"err_code":1,"err_msg":null,"biz_id":"9^0"},
             \(good)"success":"maybe","biz_id":"9^0"}, {"success":true}, {"biz_id":"x"}, 7, null]
            """
        let at = Date(timeIntervalSince1970: 1_794_967_205)
        let expected = [
            Receipt(message: id, reference: "7^0", state: .delivered, code: "DELIVERED", at: at),
            Receipt(message: nil, reference: "8^0", state: .failed(.invalidNumber), code: "UNDELIV", at: at),
            Receipt(message: nil, reference: "9^0", state: .failed(.unknownCode), code: "1", at: at),
        ]
        let request = try Sample.callback("receipts", body: body)
        #expect(try provider.receipts(in: request) == expected)
        // Pushed again it is the same.
        #expect(try provider.receipts(in: request) == expected)
        #expect(try provider.receipts(in: try Sample.callback("receipts", body: "[]")) == [])
        for body in ["{", "[1,2]", "\"x\"", String(repeating: "[", count: 5000)] {
            #expect(throws: SMSProviderError.self) {
                try provider.receipts(in: try Sample.callback("receipts", body: body))
            }
        }
        #expect(throws: SMSProviderError.unauthenticated) {
            try provider.receipts(in: try Sample.callback("receipts", body: body, secret: "another-secret-of-a-path"))
        }
        #expect(provider.callbackAnswer.body == #"{"code":0,"msg":"OK"}"#)
    }

    @Test func pushedReplies() throws {
        let provider = try Sample.aliyun(.loopback(port: 1))
        let body = """
            [{"phone_number":"19900000001","send_time":"2026-11-18 10:00:05","content":"Td","sign_name":"x","dest_code":"1234","sequence_id":42},
             {"phone_number":"19900000002","send_time":"20261118100005","content":"1","dest_code":1234,"sequence_id":"43"},
             {"phone_number":"1381111****","content":"masked","dest_code":"1"}]
            """
        let at = Date(timeIntervalSince1970: 1_794_967_205)
        #expect(
            try provider.inbound(in: try Sample.callback("inbound", body: body)) == [
                InboundSMS(from: try PhoneNumber("19900000001"), to: "1234", text: "Td", reference: "42", at: at),
                InboundSMS(from: try PhoneNumber("19900000002"), to: "1234", text: "1", reference: "43", at: at),
            ])
    }
}
