import FoundationEssentials
import ShortMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TencentTests {
    private static func status(_ code: String, context: String = "", serial: String = "5000:1", fee: Int = 1) -> String
    {
        #"{"Response":{"SendStatusSet":[{"SerialNo":"\#(serial)","PhoneNumber":"+8619900000001","Fee":\#(fee),"#
            + #""SessionContext":"\#(context)","Code":"\#(code)","Message":"m","IsoCode":"CN"}],"RequestId":"r"}}"#
    }

    private static func error(_ code: String) -> String {
        #"{"Response":{"Error":{"Code":"\#(code)","Message":"m"},"RequestId":"r"}}"#
    }

    @Test func aMessageGoesOutAsTencentWantsIt() async throws {
        let message = try Sample.message(extend: "42")
        let answer = StandIn.Answer.reply(200, Self.status("Ok", context: message.id.uuidString, fee: 2))
        try await StandIn.with(.always(answer)) { server in
            let provider = try Sample.tencent(.loopback(port: server.port))
            #expect(await provider.submit(message) == .accepted(reference: "5000:1", parts: 2))
            await provider.shutdown()
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.path == "/" && request.query.isEmpty)
            #expect(
                request.body
                    == #"{"ExtendCode":"42","PhoneNumberSet":["+8619900000001"],"SessionContext":"\#(message.id.uuidString)","#
                    + #""SignName":"谯城退役军人","SmsSdkAppId":"1400000000","TemplateId":"SMS_1","#
                    + #""TemplateParamSet":["测试甲","薛阁街道服务站"]}"#)
            #expect(request.headers["host"] == "sms.tencentcloudapi.com")
            #expect(request.headers["x-tc-action"] == "SendSms" && request.headers["x-tc-version"] == "2021-01-11")
            #expect(request.headers["x-tc-timestamp"] == "1795000000")
            #expect(request.headers["x-tc-region"] == "ap-guangzhou")
            #expect(request.headers["content-type"] == TencentSignature.contentType)
            #expect(
                request.headers["authorization"]
                    == TencentSignature.authorization(
                        service: "sms", host: "sms.tencentcloudapi.com", body: Array(request.body.utf8),
                        key: CloudKey(id: "key-id", secret: "key-secret"), now: Sample.now))
        }
    }

    @Test(arguments: [
        ("InvalidParameterValue.IncorrectPhoneNumber", "rejected_invalidNumber"),
        ("FailedOperation.PhoneNumberInBlacklist", "rejected_blocked"),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "rejected_contentOrSignature"),
        ("FailedOperation.SignatureIncorrectOrUnapproved", "rejected_contentOrSignature"),
        ("FailedOperation.ContainSensitiveWord", "rejected_contentOrSignature"),
        ("InvalidParameterValue.TemplateParameterLengthLimit", "rejected_contentOrSignature"),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "throttled"),
        ("LimitExceeded.PhoneNumberDailyLimit", "throttled"),
        ("LimitExceeded", "throttled"), ("RequestLimitExceeded", "throttled"),
        ("RequestLimitExceeded.UinLimitExceeded", "throttled"), ("AuthFailure.SignatureFailure", "not_sent"),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", "not_sent"),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "not_sent"),
        ("FailedOperation.FailResolvePacket", "rejected_unknownCode"), ("MissingParameter", "rejected_unknownCode"),
        ("FailedOperation", "unknown"), ("InternalError.Timeout", "unknown"), ("InternalError", "unknown"),
        ("ok", "unknown"), ("", "unknown"),
    ])
    func aFailureOfTheCallAndOfANumberWithinA200MeanTheSame(code: String, label: String) async throws {
        for body in [Self.status(code), Self.error(code)] {
            try await StandIn.with(.always(.reply(200, body))) { server in
                let provider = try Sample.tencent(.loopback(port: server.port))
                #expect(try await provider.submit(Sample.message()).metricLabel == label)
                await provider.shutdown()
            }
        }
    }

    @Test func whatIsNotAnsweredOrUnreadableMayHaveBeenSent() async throws {
        for (answer, code) in [
            (StandIn.Answer.hangUp, "unanswered"), (.silence, "timed_out"), (.garbage("nonsense\r\n\r\n"), "malformed"),
            (.reply(200, "{}"), "http-200"), (.reply(504, "gateway"), "http-504"),
            (.reply(200, #"{"Response":{"RequestId":"r"}}"#), "no-status"),
            (.reply(200, #"{"Response":{"SendStatusSet":[]}}"#), "no-status"),
            (.reply(200, Self.status("Ok", context: UUID().uuidString)), "foreign-context"),
        ] {
            try await StandIn.with(.always(answer)) { server in
                let provider = try Sample.tencent(.loopback(port: server.port), timeout: .milliseconds(300))
                #expect(try await provider.submit(Sample.message()) == .unknown(code: code))
                await provider.shutdown()
                #expect(server.requests.count == 1)
            }
        }
        let nobody = try Sample.tencent(.loopback(port: try await StandIn.closedPort()))
        #expect(try await nobody.submit(Sample.message()) == .notSent(code: "refused"))
    }

    @Test func aVariableOfMoreThanTwelveCharactersNeverLeaves() async throws {
        try await StandIn.with(.always(.reply(200, Self.status("Ok")))) { server in
            let provider = try Sample.tencent(.loopback(port: server.port))
            let (fits, long) = ("谯城区谯东镇退役军人服务", "谯城区谯东镇退役军人服务站")
            #expect(
                try await provider.submit(Sample.message(parameters: [("station", long)]))
                    == .rejected(.contentOrSignature, code: "parameter-length"))
            #expect(server.requests.isEmpty)
            #expect(
                try await provider.submit(Sample.message(parameters: [("station", fits)]))
                    == .accepted(reference: "5000:1", parts: 1))
            await provider.shutdown()
        }
    }

    @Test func aMessageIsFoundByOurIDOrByTencents() async throws {
        let id = UUID()
        func status(_ serial: String, _ context: String, _ report: String, _ words: String) -> String {
            #"{"UserReceiveTime":1795000060,"CountryCode":"86","SubscriberNumber":"19900000001","PhoneNumber":"+8619900000001","#
                + #""SerialNo":"\#(serial)","ReportStatus":"\#(report)","Description":"\#(words)","SessionContext":"\#(context)"}"#
        }
        let body =
            #"{"Response":{"PullSmsSendStatusSet":["#
            + [
                status("5000:1", "", "SUCCESS", "DELIVRD"), status("5000:2", id.uuidString, "FAIL", "MK:0001"),
                status("5000:3", UUID().uuidString, "SUCCESS", "DELIVRD"), status("5000:4", id.uuidString, "?", ""),
            ].joined(separator: ",") + #"],"RequestId":"r"}}"#
        try await StandIn.with(.always(.reply(200, body))) { server in
            let provider = try Sample.tencent(.loopback(port: server.port))
            let to = try PhoneNumber("19900000001")
            let at = Date(timeIntervalSince1970: 1_795_000_060)
            let failed = Receipt(
                message: id, reference: "5000:2", state: .failed(.invalidNumber), code: "MK:0001", at: at)
            let unknown = SentSMS(id: id, to: to, reference: nil, submittedAt: Sample.now)
            #expect(try await provider.query(unknown) == [failed])
            let known = SentSMS(id: id, to: to, reference: "5000:1", submittedAt: Sample.now)
            #expect(try await provider.query(known).map(\.state) == [.delivered, .failed(.invalidNumber)])
            let request = try #require(server.requests.first)
            #expect(request.headers["x-tc-action"] == "PullSmsSendStatusByPhoneNumber")
            #expect(
                request.body == #"{"BeginTime":1794999940,"EndTime":1795345540,"Limit":100,"Offset":0,"#
                    + #""PhoneNumber":"+8619900000001","SmsSdkAppId":"1400000000"}"#)
            let pulled = try await provider.pull(limit: 500)
            #expect(pulled.map(\.message) == [nil, id, pulled[2].message] && pulled[2].message != nil)
            #expect(server.requests.last?.body == #"{"Limit":100,"SmsSdkAppId":"1400000000"}"#)
            await provider.shutdown()
        }
    }

    @Test func aQuestionWithoutAnAnswerSaysSo() async throws {
        for (answer, code) in [
            (StandIn.Answer.hangUp, "unanswered"), (.reply(200, "x"), "http-200"),
            (.reply(200, Self.error("AuthFailure.SignatureExpire")), "AuthFailure.SignatureExpire"),
        ] {
            try await StandIn.with(.always(answer)) { server in
                let provider = try Sample.tencent(.loopback(port: server.port))
                await #expect(throws: SMSProviderError.unavailable(code: code)) { try await provider.pull() }
                await provider.shutdown()
            }
        }
    }

    @Test func aPushedListIsReadAsFarAsItCanBe() throws {
        let provider = try Sample.tencent(.loopback(port: 1))
        let body = """
            [{"user_receive_time":"2026-11-18 10:00:05","nationcode":"86","mobile":"19900000001","report_status":"SUCCESS","errmsg":"DELIVRD","description":"用户短信送达成功","sid":"5000:1"},
             {"user_receive_time":"","nationcode":"86","mobile":"19900000001","report_status":"FAIL","errmsg":"MK:0010","description":"x","sid":"5000:2"},
             {"user_receive_time":"2026-02-31 10:00:05","report_status":"FAIL","errmsg":-106,"description":"运营商关键字拦截","sid":"5000:3"},
             {"report_status":"LATER","sid":"5000:4"}, {"report_status":"SUCCESS"}, []]
            """
        let request = try Sample.callback("receipts", body: body)
        #expect(
            try provider.receipts(in: request) == [
                Receipt(
                    message: nil, reference: "5000:1", state: .delivered, code: "DELIVRD",
                    at: Date(timeIntervalSince1970: 1_794_967_205)),
                Receipt(message: nil, reference: "5000:2", state: .failed(.temporarilyOff), code: "MK:0010", at: nil),
                Receipt(message: nil, reference: "5000:3", state: .failed(.contentOrSignature), code: "-106", at: nil),
            ])
        for body in ["", "null", "[[]]"] {
            #expect(throws: SMSProviderError.self) {
                try provider.receipts(in: try Sample.callback("receipts", body: body))
            }
        }
        #expect(provider.callbackAnswer.body == #"{"result":0,"errmsg":"OK"}"#)
    }

    @Test func aPushedReply() throws {
        let provider = try Sample.tencent(.loopback(port: 1))
        let body = #"{"extend":"42","mobile":"19900000001","nationcode":"86","sign":"x","text":"退订","time":1795000000}"#
        #expect(
            try provider.inbound(in: try Sample.callback("inbound", body: body)) == [
                InboundSMS(from: try PhoneNumber("19900000001"), to: "42", text: "退订", reference: nil, at: Sample.now)
            ])
        let foreign = body.replacing(#""86""#, with: #""1""#)
        #expect(try provider.inbound(in: try Sample.callback("inbound", body: foreign)) == [])
    }
}
