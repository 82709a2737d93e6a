import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Copies in the office's mini-program, for whoever has tapped for them: beside everything else, never instead of it.
    @Suite struct VoiceWeChatTests {
        private static let templates =
            "appointmentConfirmed=tpl-c:thing1.station,date2.date,time3.time;appointmentReminder=tpl-r:thing1.station,date2.date"

        private static func environment(_ port: Int) -> [String: String?] {
            [
                "WECHAT_APPLICATION": "wx0000000000000000", "WECHAT_SECRET": "app-secret",
                "WECHAT_URL": "http://127.0.0.1:\(port)", "WECHAT_TEMPLATES": Self.templates,
            ]
        }

        /// WeChat: everybody's login code is who they are there; what is sent is answered by the template.
        private static func wechat(_ codes: [String: String] = [:]) -> StandIn.Script {
            .by { request, _ in
                switch request.path {
                case "/cgi-bin/stable_token": return .reply(200, #"{"access_token":"t","expires_in":7200}"#)
                case "/sns/jscode2session":
                    let code = request.query["js_code"] ?? ""
                    return code == "used"
                        ? .reply(200, #"{"errcode":40163}"#) : .reply(200, #"{"openid":"user-of-\#(code)"}"#)
                default:
                    let user = request.body.firstRange(of: #""touser":"user-of-"#).map { range in
                        String(request.body[range.upperBound...].prefix { $0 != "\"" })
                    }
                    let answer = user.flatMap { codes[$0] } ?? #"{"errcode":0}"#
                    return answer == "hangUp" ? .hangUp : .reply(200, answer)
                }
            }
        }

        private static func sent(_ server: StandIn) -> [String] {
            server.requests.filter { $0.path == "/cgi-bin/message/subscribe/send" }.map(\.body)
        }

        private func tap(
            _ stand: VoiceStand, _ person: UUID, _ code: String, _ purposes: [MessagePurpose], lasting: Bool = false
        ) async throws -> NotificationAPI.WeChatStanding {
            let reply = try await stand.call(
                "POST", "/api/wechat",
                [
                    "code": .string(code), "purposes": .array(purposes.map { .string($0.rawValue) }),
                    "isLasting": .bool(lasting),
                ], as: Staff.applicant(person))
            try #require(reply.status == 200, "\(reply.text)")
            return try reply.decoded(NotificationAPI.WeChatStanding.self)
        }

        private func copy(_ stand: VoiceStand, _ person: UUID, _ state: String, step: String = "") async throws {
            _ = try await ServiceStand.eventually("the copy is \(state)", within: .seconds(30)) {
                try await stand.messages(of: person).first { $0.step == step && $0.wechat == state }
            }
        }

        @Test(.timeLimit(.minutes(2))) func aTapBringsOneCopyAndReachesNobodyByItself() async throws {
            try await StandIn.with(Self.wechat()) { server in
                let stand = try await VoiceStand("wechat", changing: Self.environment(server.port))
                // No phone at all: somebody calls, whatever WeChat takes.
                let (told, silent) = (try await stand.register([VoiceStand.phone()]), try await stand.register([]))
                for (person, code) in [(told, "a"), (silent, "b")] {
                    let standing = try await self.tap(stand, person, code, [.appointmentConfirmed])
                    #expect(standing.offered == [.appointmentConfirmed, .appointmentReminder])
                    #expect(standing.subscriptions == [.init(purpose: .appointmentConfirmed, remaining: 1)])
                }
                #expect(try await self.tap(stand, silent, "b", [.appointmentConfirmed]).subscriptions[0].remaining == 2)
                let slot = try BookingStand.slot(16, "0900")
                _ = try await stand.desk.booked(told, slot)
                try await stand.message(to: told, .appointmentConfirmed, in: [.delivered])
                try await self.copy(stand, told, "accepted")
                let bodies = Self.sent(server)
                #expect(bodies.count == 1)
                #expect(bodies[0].contains(#""touser":"user-of-a""#) && bodies[0].contains(#""template_id":"tpl-c""#))
                #expect(bodies[0].contains(#""thing1":{"value":"花戏楼街道服务站"}"#))
                #expect(bodies[0].contains(#""date2":{"value":"2022年3月16日"}"#))
                #expect(bodies[0].contains(#""time3":{"value":"09:00"}"#))
                // The tap is used: the reminder has none, and nothing more goes there.
                stand.desk.clock.set(try BookingStand.at(13, 10))
                let reminder = try await stand.message(to: told, .appointmentReminder, step: "3", in: [.delivered])
                #expect(reminder.wechat == nil && Self.sent(server).count == 1)
                let after = try await stand.call("GET", "/api/wechat", as: Staff.applicant(told)).decoded(
                    NotificationAPI.WeChatStanding.self)
                #expect(after.subscriptions == [.init(purpose: .appointmentConfirmed, remaining: 0)])
                // Without a phone: neither the confirmation nor the copy is what tells them, so they are called.
                _ = try await stand.desk.booked(silent, slot)
                try await stand.message(to: silent, .appointmentConfirmed, in: [.failed])
                stand.desk.clock.set(try BookingStand.at(15, 15))
                try await stand.message(to: silent, .appointmentReminder, step: "call", in: [.handedOver])
                #expect(try await stand.calls(about: silent) == ["unconfirmed"])
                #expect(try await stand.metric("notification_wechat_total{outcome=\"accepted\"}") == 1)
            }
        }

        /// What WeChat says, and what follows for the next one.
        @Test(.timeLimit(.minutes(2))) func whatWeChatRefusesEndsThereAndTheMessageGoesItsWay() async throws {
            let script = Self.wechat([
                "stopped": #"{"errcode":43101}"#, "gone": #"{"errcode":40003}"#, "lost": "hangUp",
                "odd": #"{"errcode":47003}"#,
            ])
            try await StandIn.with(script) { server in
                let stand = try await VoiceStand("wechat_refused", changing: Self.environment(server.port))
                let slot = try BookingStand.slot(16, "0900")
                for (code, state, left) in [
                    ("stopped", "refused", 0), ("gone", "nobody", 0), ("lost", "unknown", 1), ("odd", "rejected", 1),
                ] {
                    let person = try await stand.register([VoiceStand.phone()])
                    _ = try await self.tap(stand, person, code, [.appointmentConfirmed], lasting: true)
                    _ = try await stand.desk.booked(person, slot)
                    try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                    try await self.copy(stand, person, state)
                    let standing = try await stand.call("GET", "/api/wechat", as: Staff.applicant(person)).decoded(
                        NotificationAPI.WeChatStanding.self)
                    #expect(standing.subscriptions.count == left, "\(code)")
                }
                // Each once, whatever was answered.
                #expect(Self.sent(server).count == 4)
            }
        }

        /// Said no to before it was sent; moved before it was sent; died in between.
        @Test(.timeLimit(.minutes(2))) func whatIsOverIsNotSentThroughWeChatEither() async throws {
            let isAway = NIOLockedValueBox(true)
            let inner = Self.wechat()
            try await StandIn.with(
                .by { request, number in
                    if request.path == "/cgi-bin/stable_token", isAway.withLockedValue({ $0 }) { return .hangUp }
                    return inner.answer(to: request, number)
                }
            ) { server in
                let stand = try await VoiceStand("wechat_over", changing: Self.environment(server.port))
                let (slot, other) = (try BookingStand.slot(16, "0900"), try BookingStand.slot(18, "0900"))
                var people: [UUID] = []
                var booked: [AppointmentAPI.Appointment] = []
                for code in ["stays", "moves", "stops", "dies"] {
                    let person = try await stand.register([VoiceStand.phone()])
                    _ = try await self.tap(stand, person, code, [.appointmentConfirmed], lasting: true)
                    booked.append(try await stand.desk.booked(person, slot))
                    try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                    people.append(person)
                }
                // WeChat is away: the copies wait, and what they say changes.
                _ = try await stand.desk.move(booked[1].id, to: other, booked[1].version)
                try await stand.message(to: people[1], .appointmentMoved, in: [.delivered])
                #expect(try await stand.call("DELETE", "/api/wechat", as: Staff.applicant(people[2])).status == 204)
                try await stand.database.execute(
                    "UPDATE contact_point SET silenced_at = now() WHERE person_id = \(people[3])")
                isAway.withLockedValue { $0 = false }
                stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(60))
                for (person, state) in zip(people, ["accepted", "cancelled", "cancelled", "cancelled"]) {
                    try await self.copy(stand, person, state)
                }
                let moved = try await stand.call("GET", "/api/wechat", as: Staff.applicant(people[1])).decoded(
                    NotificationAPI.WeChatStanding.self)
                #expect(moved.subscriptions == [.init(purpose: .appointmentConfirmed, remaining: nil)])
                #expect(Self.sent(server).count == 1 && Self.sent(server)[0].contains("user-of-stays"))
                // Who allowed all until they say no has still allowed all, after one that was not sent and one tap more.
                for person in people.prefix(2) {
                    let standing = try await self.tap(stand, person, "again", [.appointmentReminder])
                    #expect(standing.subscriptions.contains(.init(purpose: .appointmentReminder, remaining: 1)))
                }
                let lasting = try await self.tap(stand, people[0], "again", [.appointmentReminder], lasting: true)
                #expect(lasting.subscriptions.contains(.init(purpose: .appointmentReminder, remaining: nil)))
                let more = try await self.tap(stand, people[0], "again", [.appointmentReminder])
                #expect(more.subscriptions.contains(.init(purpose: .appointmentReminder, remaining: nil)))
                // Away for longer than a copy is worth anything: the tap is still there.
                isAway.withLockedValue { $0 = true }
                let late = try await stand.register([VoiceStand.phone()])
                _ = try await self.tap(stand, late, "late", [.appointmentConfirmed])
                _ = try await stand.desk.booked(late, slot)
                try await stand.message(to: late, .appointmentConfirmed, in: [.delivered])
                stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(700))
                try await self.copy(stand, late, "expired")
                let standing = try await stand.call("GET", "/api/wechat", as: Staff.applicant(late)).decoded(
                    NotificationAPI.WeChatStanding.self)
                #expect(standing.subscriptions == [.init(purpose: .appointmentConfirmed, remaining: 1)])
            }
        }

        @Test(.timeLimit(.minutes(2))) func tapsAreCheckedAndNothingIsInTheClear() async throws {
            try await StandIn.with(Self.wechat()) { server in
                let stand = try await VoiceStand("wechat_taps", changing: Self.environment(server.port))
                let person = try await stand.register([VoiceStand.phone()])
                for (code, purposes, problem) in [
                    ("used", [MessagePurpose.appointmentConfirmed], "wechat.code"),
                    ("", [.appointmentConfirmed], "wechat.code"),
                    ("good", [], "wechat.purpose"), ("good", [.cardArrived], "wechat.purpose"),
                ] {
                    let reply = try await stand.call(
                        "POST", "/api/wechat",
                        [
                            "code": .string(code), "purposes": .array(purposes.map { .string($0.rawValue) }),
                            "isLasting": .bool(false),
                        ], as: Staff.applicant(person))
                    #expect(reply.status == 422 && reply.told(code)?.code == problem, "\(reply.text)")
                }
                #expect(try await stand.database.query("SELECT FROM wechat_user").rows.isEmpty)
                // Another account of theirs: the taps of the first are gone.
                _ = try await self.tap(stand, person, "first", [.appointmentConfirmed], lasting: true)
                let standing = try await self.tap(stand, person, "second", [.appointmentReminder])
                #expect(standing.subscriptions == [.init(purpose: .appointmentReminder, remaining: 1)])
                let rows = try await stand.database.query("SELECT u::text FROM wechat_user u").rows.map {
                    try $0.decode(String.self)
                }
                #expect(rows.count == 1 && !rows[0].contains("user-of"))
            }
            // WeChat away: said, and nothing recorded. An office without a mini-program says so.
            let stand = try await VoiceStand(
                "wechat_away", changing: Self.environment(try await StandIn.closedPort()))
            let person = try await stand.register([VoiceStand.phone()])
            let body: JSON = [
                "code": .string("good"), "purposes": .array([.string("appointmentConfirmed")]),
                "isLasting": .bool(false),
            ]
            let away = try await stand.call("POST", "/api/wechat", body, as: Staff.applicant(person))
            #expect(away.status == 409 && away.told("away")?.code == "wechat.away")
            let off = try await stand.desk.stand.call(
                .notification, "POST", "/api/wechat", as: Staff.applicant(person), body: body.bytes)
            #expect(off.status == 409 && off.told("off")?.code == "wechat.off")
        }
    }
}
