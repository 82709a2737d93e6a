import CardProgramme
import FoundationEssentials
import NIOConcurrencyHelpers
import ShortMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WeChatTests {
    private static let token = #"{"access_token":"token-1","expires_in":7200}"#

    private static func client(_ port: Int, timeout: Duration = .seconds(10), now: Double = 0) -> WeChatClient {
        WeChatClient(
            endpoint: .loopback(port: port), application: "wx0000000000000000", secret: "app-secret",
            timeout: timeout, now: { now })
    }

    private static let message = WeChatMessage(
        user: "user-1", template: "tpl-1", fields: ["thing1": "薛阁街道服务站", "date2": "2022年3月16日"])

    @Test func aMessageGoesOutAsWeChatWantsItAndTheTokenIsKept() async throws {
        let script = StandIn.Script.by { request, _ in
            request.path == "/cgi-bin/stable_token"
                ? .reply(200, Self.token) : .reply(200, #"{"errcode":0,"errmsg":"ok","msgid":1}"#)
        }
        try await StandIn.with(script) { server in
            let client = Self.client(server.port)
            #expect(await client.send(Self.message) == .accepted)
            #expect(await client.send(Self.message) == .accepted)
            await client.shutdown()
            #expect(
                server.requests.map(\.path) == [
                    "/cgi-bin/stable_token", "/cgi-bin/message/subscribe/send", "/cgi-bin/message/subscribe/send",
                ])
            let (asked, sent) = (server.requests[0], server.requests[1])
            #expect(asked.method == "POST" && asked.query.isEmpty && asked.body.contains(#""secret":"app-secret""#))
            #expect(sent.method == "POST" && sent.query == ["access_token": "token-1"])
            #expect(sent.headers["host"] == "api.weixin.qq.com")
            #expect(
                sent.body
                    == #"{"data":{"date2":{"value":"2022年3月16日"},"thing1":{"value":"薛阁街道服务站"}},"lang":"zh_CN","#
                    + #""miniprogram_state":"formal","template_id":"tpl-1","touser":"user-1"}"#)
        }
    }

    @Test(arguments: [
        (0, "accepted"), (43_101, "refused"), (40_003, "nobody"), (47_003, "rejected"), (40_037, "rejected"),
        (45_009, "notSent"), (-1, "notSent"), (4_711, "rejected"),
    ])
    func everyCodeMeansOneThing(code: Int, label: String) async throws {
        let script = StandIn.Script.by { request, _ in
            .reply(200, request.path == "/cgi-bin/stable_token" ? Self.token : #"{"errcode":\#(code),"errmsg":"m"}"#)
        }
        try await StandIn.with(script) { server in
            let client = Self.client(server.port)
            #expect(await client.send(Self.message).label == label)
            await client.shutdown()
            #expect(server.requests.count == 2)
        }
    }

    /// A token may be taken away before its time: a fresh one is asked for once, not for ever.
    @Test(arguments: [(1, "accepted", 4), (2, "notSent", 4)])
    func aTokenThatHasEndedIsAskedForAnew(refusals: Int, label: String, requests: Int) async throws {
        let refused = NIOLockedValueBox(0)
        let script = StandIn.Script.by { request, number in
            guard request.path != "/cgi-bin/stable_token" else {
                return .reply(200, #"{"access_token":"token-\#(number)","expires_in":7200}"#)
            }
            let isRefused = refused.withLockedValue { count in
                count += 1
                return count <= refusals
            }
            return .reply(200, #"{"errcode":\#(isRefused ? 42_001 : 0)}"#)
        }
        try await StandIn.with(script) { server in
            let client = Self.client(server.port)
            #expect(await client.send(Self.message).label == label)
            await client.shutdown()
            #expect(server.requests.count == requests)
            #expect(server.requests.last?.query["access_token"] == "token-2")
        }
    }

    /// What was handed over and not answered may have been sent; what never left may be tried again.
    @Test func whatIsNotAnsweredMayHaveBeenSent() async throws {
        for answer in [StandIn.Answer.hangUp, .silence, .garbage("no HTTP"), .reply(502, "<html>")] {
            let script = StandIn.Script.by { request, _ in
                request.path == "/cgi-bin/stable_token" ? .reply(200, Self.token) : answer
            }
            try await StandIn.with(script) { server in
                let client = Self.client(server.port, timeout: .milliseconds(200))
                #expect(await client.send(Self.message).label == "unknown", "\(answer)")
                await client.shutdown()
            }
        }
        for answer in [StandIn.Answer.hangUp, .reply(200, #"{"errcode":40125,"errmsg":"invalid appsecret"}"#)] {
            try await StandIn.with(.always(answer)) { server in
                let client = Self.client(server.port)
                #expect(await client.send(Self.message).label == "notSent", "\(answer)")
                await client.shutdown()
                #expect(server.requests.allSatisfy { $0.path == "/cgi-bin/stable_token" })
            }
        }
        let client = Self.client(try await StandIn.closedPort())
        #expect(await client.send(Self.message).label == "notSent")
        await client.shutdown()
    }

    @Test func whoHasLoggedInIsAskedOnce() async throws {
        try await StandIn.with(.always(.reply(200, #"{"openid":"user-1","session_key":"k"}"#))) { server in
            let client = Self.client(server.port)
            #expect(try await client.user(loggedInWith: "co&de") == "user-1")
            await client.shutdown()
            let request = try #require(server.requests.first)
            #expect(request.method == "GET" && request.path == "/sns/jscode2session")
            #expect(
                request.query == [
                    "appid": "wx0000000000000000", "secret": "app-secret", "js_code": "co&de",
                    "grant_type": "authorization_code",
                ])
        }
        for (answer, error) in [
            (#"{"errcode":40029,"errmsg":"invalid code"}"#, WeChatClient.LoginError.code),
            (#"{"errcode":40163,"errmsg":"code been used"}"#, .code),
            (#"{"errcode":-1}"#, .unavailable("wechat--1")), ("{}", .unavailable("no-openid")),
            ("<html>", .unavailable("http-200")),
        ] {
            try await StandIn.with(.always(.reply(200, answer))) { server in
                let client = Self.client(server.port)
                await #expect(throws: error) { _ = try await client.user(loggedInWith: "code") }
                await client.shutdown()
            }
        }
    }

    @Test func fieldsTakeWhatWeChatTakes() throws {
        let templates = try WeChatTemplates(
            "appointmentReminder = tpl-1 : thing1.station, date2.date, time3.time, phone_number4.telephone ;cardArrived=tpl-2:name1.name"
        )
        let template = try #require(templates.template(for: .appointmentReminder))
        let written: [MessageVariable: String] = [.date: "2022年3月16日", .time: "09:00"]
        var values: [MessageVariable: String] = [
            .station: "薛阁街道服务站", .date: "3月16日", .time: "上午9:00", .telephone: "0558-0000000", .name: "测试甲",
        ]
        #expect(
            template.fields(values, written: written) == [
                "thing1": "薛阁街道服务站", "date2": "2022年3月16日", "time3": "09:00", "phone_number4": "0558-0000000",
            ])
        #expect(template.fields(values, written: [:]) == nil)
        values[.station] = String(repeating: "站", count: 21)
        #expect(template.fields(values, written: written) == nil)
        #expect(templates.purposes == [.cardArrived, .appointmentReminder])
        #expect(templates.template(for: .outreach) == nil)
        #expect(try WeChatTemplates(" ; ").isEmpty)
    }

    @Test(arguments: [
        ("cardArrived", "purpose=TEMPLATE"), ("greeting=t:thing1.name", "no purpose “greeting”"),
        ("outreach=t:thing1.name", "outreach cannot go through WeChat"), ("cardArrived=:thing1.name", "no template"),
        ("cardArrived=t:", "no fields"), ("cardArrived=t:thing1", "field.variable"),
        ("cardArrived=t:thing1.card", "cardArrived has lastDay, name, station, telephone"),
        ("cardArrived=t:thing.name", "no field for name"), ("cardArrived=t:amount1.name", "no field for name"),
        ("cardArrived=t:date1.name", "no field for name"), ("cardArrived=t:thing1.name,thing1.station", "twice"),
        ("cardArrived=t:thing1.name;cardArrived=u:thing1.name", "twice"),
    ])
    func aMistakeIsNamed(text: String, words: String) throws {
        let mistake = #expect(throws: ProviderTemplates.Mistake.self) { _ = try WeChatTemplates(text) }
        #expect(mistake?.description.contains(words) == true, "\(String(describing: mistake))")
    }

    @Test func aMessageShowsNothingOfItself() {
        #expect(
            "\(Self.message)" == "subscription message" && "\(Mirror(reflecting: Self.message).children.count)" == "0")
    }
}
