import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Several providers, and what happens when they fail, stay silent or are away for a day.
    @Suite struct ProviderTests {
        private static let refused = StandIn.Answer.reply(200, #"{"Code":"InvalidAccessKeyId.NotFound"}"#)
        private static let taken = StandIn.Answer.reply(200, #"{"Code":"OK","BizId":"700^0"}"#)

        /// A cloud that takes nothing: each message goes once, through Kannel, and the cloud is left alone after five.
        @Test(.timeLimit(.minutes(2)))
        func whatOneProviderRefusesGoesOnceThroughAnother() async throws {
            try await StandIn.with(.always(Self.refused)) { cloud in
                let stand = try await VoiceStand("failover", changing: VoiceStand.aliyun(cloud.port))
                let slot = try BookingStand.slot(16, "0900")
                let phones = (0..<8).map { _ in VoiceStand.phone() }
                for phone in phones {
                    let person = try await stand.register([phone])
                    _ = try await stand.desk.booked(person, slot)
                    let message = try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                    #expect(message.provider == "kannel")
                }
                for phone in phones { #expect(try await stand.arrived(phone).count == 1) }
                let sent = cloud.requests.filter { $0.headers["x-acs-action"] == "SendSms" }
                #expect(sent.count == 5 && Set(sent.map { $0.query["TemplateCode"] }) == ["SMS_7"])
                let refusals = try await stand.database.query(
                    "SELECT FROM message_event WHERE kind = 'submit:refused' AND code = 'aliyun/InvalidAccessKeyId.NotFound'"
                )
                #expect(refusals.rows.count == 5)
                let name = "notification_submissions_total"
                #expect(try await stand.metric("\(name){outcome=\"not_sent\",provider=\"aliyun\"}") == 5)
                #expect(try await stand.metric("\(name){outcome=\"accepted\",provider=\"kannel\"}") == 8)
                #expect(try await stand.metric("notification_provider_up{provider=\"aliyun\"}") == 0)
                #expect(try await stand.metric("notification_provider_up{provider=\"kannel\"}") == 1)
                #expect(try await stand.metric("notification_provider_weight{provider=\"aliyun\"}") == 100)
                // A purpose the cloud has no template for is not offered to it.
                stand.desk.clock.set(try BookingStand.at(13, 10))
                try await stand.settled()
                for phone in phones { #expect(try await stand.arrived(phone).count == 2) }
                let codes = cloud.requests.compactMap { $0.query["TemplateCode"] }
                #expect(Set(codes) == ["SMS_7"])
            }
        }

        /// By template and variables; its receipt is taken with its secret only.
        @Test func aCloudSendsItsTemplateAndReports() async throws {
            try await StandIn.with(.always(Self.taken)) { cloud in
                let stand = try await VoiceStand("cloud", changing: VoiceStand.aliyun(cloud.port))
                let phone = VoiceStand.phone()
                let person = try await stand.register([phone], name: "测试甲")
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                let message = try await stand.message(to: person, .appointmentConfirmed, in: [.accepted])
                #expect(message.provider == "aliyun" && message.parts == 1)
                let request = try #require(cloud.requests.first)
                #expect(request.query["SignName"] == "测试服务站" && request.query["PhoneNumbers"] == phone)
                #expect(request.query["OutId"] == message.id.uuidString)
                #expect(
                    request.query["TemplateParam"]
                        == #"{"date":"3月16日","name":"测试甲","station":"花戏楼街道服务站","telephone":"0558-0000000","time":"上午9:00"}"#
                )
                let report = [UInt8](
                    #"[{"success":true,"err_code":"DELIVERED","out_id":"\#(message.id)","biz_id":"700^0"}]"#.utf8)
                for (secret, status) in [("another-secret-4711", 404), (VoiceStand.cloudSecret, 200)] {
                    let reply = try await stand.voice.caller.call(
                        "POST", "/providers/aliyun/\(secret)/receipts",
                        headers: [("Content-Type", "application/json")], body: report)
                    #expect(reply.status == status)
                    let state = try await stand.state(of: person, .appointmentConfirmed)
                    #expect(state == (status == 200 ? "delivered" : "accepted"))
                }
                #expect(try await stand.arrived(phone).isEmpty)
            }
        }

        /// The answer to a submit is lost: nothing is sent again, the provider is asked until it knows.
        @Test func aMessageOfUnknownFateIsAskedAboutAndNeverSentAgain() async throws {
            let asked = NIOLockedValueBox(0)
            let script = StandIn.Script.by { request, _ in
                guard request.headers["x-acs-action"] == "QuerySendDetails" else { return .hangUp }
                let count = asked.withLockedValue { asked in
                    asked += 1
                    return asked
                }
                let id = request.query["PhoneNumber"].map { _ in Self.sentID.withLockedValue { $0 } } ?? ""
                switch count {
                case 1: return .reply(200, #"{"Code":"OK","TotalCount":0,"SmsSendDetailDTOs":{}}"#)
                case 2: return .silence
                default:
                    return .reply(
                        200,
                        #"{"Code":"OK","TotalCount":1,"SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"OutId":"\#(id)","SendStatus":3,"ErrCode":"DELIVERED"}]}}"#
                    )
                }
            }
            try await StandIn.with(script) { cloud in
                let stand = try await VoiceStand("asked", changing: VoiceStand.aliyun(cloud.port))
                let person = try await stand.register([VoiceStand.phone()])
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                let message = try await stand.message(to: person, .appointmentConfirmed, in: [.unknown])
                Self.sentID.withLockedValue { $0 = message.id.uuidString }
                // It knows nothing, then says nothing, then knows.
                for count in 1...3 {
                    try await ServiceStand.eventually("it is asked", within: .seconds(30)) {
                        asked.withLockedValue { $0 } >= count ? true : nil
                    }
                    #expect(asked.withLockedValue { $0 } == count)
                    guard count < 3 else { break }
                    #expect(try await stand.state(of: person, .appointmentConfirmed) == "unknown")
                    stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(600))
                }
                try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                #expect(cloud.requests.count { $0.headers["x-acs-action"] == "SendSms" } == 1)
                let events = try await stand.events(of: person, .appointmentConfirmed)
                #expect(events == ["submit:unknown unanswered", "query:delivered DELIVERED"])
            }
        }

        /// The same at Tencent, which has an answer for a number.
        @Test func tencentIsAskedToo() async throws {
            let script = StandIn.Script.by { request, _ in
                guard request.headers["x-tc-action"] == "PullSmsSendStatusByPhoneNumber" else { return .hangUp }
                let id = Self.sentID.withLockedValue { $0 }
                return .reply(
                    200,
                    #"{"Response":{"PullSmsSendStatusSet":[{"ReportStatus":"FAIL","Description":"MK:0001","SessionContext":"\#(id)","SerialNo":"9"}]}}"#
                )
            }
            try await StandIn.with(script) { cloud in
                let stand = try await VoiceStand(
                    "tencent",
                    changing: [
                        "KANNEL_URL": nil, "TENCENT_KEY_ID": "id", "TENCENT_KEY_SECRET": "key",
                        "TENCENT_URL": "http://127.0.0.1:\(cloud.port)", "TENCENT_APPLICATION": "1400000000",
                        "TENCENT_RECEIPT_SECRET": VoiceStand.cloudSecret,
                        "TENCENT_TEMPLATES": VoiceStand.approved.replacing("SMS_7", with: "110"),
                    ])
                let person = try await stand.register([VoiceStand.phone()])
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                let message = try await stand.message(to: person, .appointmentConfirmed, in: [.unknown])
                Self.sentID.withLockedValue { $0 = message.id.uuidString }
                stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(600))
                let failed = try await stand.message(to: person, .appointmentConfirmed, in: [.failed])
                #expect(failed.why == "invalidNumber")
                #expect(cloud.requests.count { $0.headers["x-tc-action"] == "SendSms" } == 1)
                // The number is known to be none.
                let numbers = try await stand.database.query(
                    "SELECT status FROM contact_number WHERE person_id = \(person)")
                #expect(try numbers.rows.map { try $0.decode(String.self) } == ["invalid"])
            }
        }

        /// A provider refuses for good while the other one is down: the other gets it when it is back, the first never again.
        @Test func whoHasRefusedForGoodIsNotAskedAgain() async throws {
            let refused = StandIn.Answer.reply(200, #"{"Code":"isv.SMS_TEMPLATE_ILLEGAL"}"#)
            try await StandIn.with(.always(refused)) { cloud in
                let port = try (try await ServiceStand.shared()).freePort()
                var changes = VoiceStand.aliyun(cloud.port)
                changes["KANNEL_URL"] = "http://127.0.0.1:\(port)"
                let stand = try await VoiceStand("for_good", changing: changes)
                let phone = VoiceStand.phone()
                let person = try await stand.register([phone])
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                try await ServiceStand.eventually("it waits for Kannel") {
                    try await stand.database.query(
                        "SELECT FROM message WHERE state = 'planned' AND refused_by = '{aliyun}' AND person_id = \(person)"
                    ).rows.first
                }
                stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(61))
                try await stand.settled()
                try await Relay.with(.honest, to: try await VoiceStand.kannelPort(), at: port) { _ in
                    stand.desk.clock.set(stand.desk.clock.now.addingTimeInterval(61))
                    let message = try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                    #expect(message.provider == "kannel" && cloud.requests.count == 1)
                    #expect(try await stand.arrived(phone).count == 1)
                }
            }
            // With nobody else it is over, and what must be known is called.
            try await StandIn.with(.always(refused)) { cloud in
                var changes = VoiceStand.aliyun(cloud.port)
                changes["KANNEL_URL"] = .some(nil)
                changes["ALIYUN_TEMPLATES"] = "appointmentMoved=SMS_8:name,date,time,station,telephone"
                let stand = try await VoiceStand("nobody_else", changing: changes)
                let person = try await stand.register([VoiceStand.phone()])
                let booked = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                try await stand.message(to: person, .appointmentConfirmed, in: [.planned])
                _ = try await stand.desk.move(booked.id, to: try BookingStand.slot(17, "0900"), booked.version)
                let message = try await stand.message(to: person, .appointmentMoved, in: [.rejected])
                #expect(message.why == "contentOrSignature" && cloud.requests.count == 1)
                #expect(try await stand.calls(about: person).contains("cannotBeTold"))
            }
        }

        private static let sentID = NIOLockedValueBox("")

        /// Kannel has taken it and its answer is lost: one message arrives, and its receipt tells.
        @Test func anAnswerThatIsSwallowedDoublesNothing() async throws {
            try await Relay.with(.swallowing, to: try await VoiceStand.kannelPort()) { relay in
                let stand = try await VoiceStand(
                    "swallowed", changing: ["KANNEL_URL": "http://127.0.0.1:\(relay.port)"])
                // The receipt comes after a minute; until then nobody knows.
                let phone = VoiceStand.phone("9008")
                let quick = VoiceStand.phone()
                let slot = try BookingStand.slot(16, "0900")
                let (slow, person) = (try await stand.register([phone]), try await stand.register([quick]))
                for one in [slow, person] { _ = try await stand.desk.booked(one, slot) }
                try await stand.message(to: slow, .appointmentConfirmed, in: [.unknown, .accepted, .buffered])
                try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                let events = try await ServiceStand.eventually("both are known") {
                    let events = try await stand.events(of: person, .appointmentConfirmed)
                    return events.contains { $0.hasPrefix("submit:unknown") } ? events : nil
                }
                #expect(events.contains("receipt:delivered DELIVRD"))
                try await stand.settled()
                for one in [phone, quick] { #expect(try await stand.arrived(one).count == 1) }
            }
        }

        /// Whoever comes back after 26 hours says what is still true and in time, once, and nothing else.
        @Test(.timeLimit(.minutes(4)))
        func aProviderThatWasAwayForADaySaysOnlyWhatIsStillTrue() async throws {
            let port = try (try await ServiceStand.shared()).freePort()
            let stand = try await VoiceStand("away", changing: ["KANNEL_URL": "http://127.0.0.1:\(port)"])
            let began = try BookingStand.at(9, 14, 40)
            stand.desk.clock.set(began)
            func somebody() async throws -> (phone: String, person: UUID) {
                let phone = VoiceStand.phone()
                return (phone, try await stand.register([phone]))
            }
            let (later, soon, moved, gone) = (
                try await somebody(), try await somebody(), try await somebody(), try await somebody()
            )
            _ = try await stand.desk.booked(later.person, try BookingStand.slot(16, "0900"))
            _ = try await stand.desk.booked(soon.person, try BookingStand.slot(10, "1400"))
            let first = try await stand.desk.booked(moved.person, try BookingStand.slot(16, "0900"))
            _ = try await stand.desk.move(first.id, to: try BookingStand.slot(10, "1500"), first.version)
            let second = try await stand.desk.booked(gone.person, try BookingStand.slot(17, "0900"))
            try await stand.message(to: later.person, .appointmentConfirmed, in: [.planned])
            try await stand.message(to: soon.person, .appointmentConfirmed, in: [.planned])
            try await stand.message(to: moved.person, .appointmentMoved, in: [.planned])
            try await stand.message(to: gone.person, .appointmentConfirmed, in: [.planned])
            for hour in 0..<26 {
                stand.desk.clock.set(began.addingTimeInterval(Double(hour) * 3600))
                try await stand.settled()
                if hour == 5 { _ = try await stand.desk.cancel(second.id, second.version) }
            }
            #expect(try await stand.state(of: later.person, .appointmentConfirmed) == "planned")
            let tried = try await stand.events(of: later.person, .appointmentConfirmed)
            #expect(!tried.isEmpty && tried.allSatisfy { $0 == "submit:refused kannel/refused" })
            // Nothing spins: a look or two for each hour, not one for each turn of the loop.
            #expect(tried.count <= 60, "\(tried.count)")
            print("away for 26 hours: tried \(tried.count) times")
            try await Relay.with(.honest, to: try await VoiceStand.kannelPort(), at: port) { _ in
                let back = began.addingTimeInterval(26 * 3600)
                let start = ContinuousClock.now
                try await ServiceStand.eventually("it is said", within: .seconds(90)) {
                    // A quarter of a minute a second: the provider is tried again after half a minute of real time.
                    let passed = (ContinuousClock.now - start) / .seconds(1)
                    stand.desk.clock.set(back.addingTimeInterval(passed * 15))
                    return try await stand.state(of: later.person, .appointmentConfirmed) == "delivered" ? true : nil
                }
                try await stand.settled()
                #expect(try await stand.arrived(later.phone).count == 1)
                for other in [soon, moved, gone] { #expect(try await stand.arrived(other.phone).isEmpty) }
                #expect(try await stand.state(of: soon.person, .appointmentConfirmed) == "expired")
                #expect(try await stand.state(of: moved.person, .appointmentMoved) == "expired")
                #expect(try await stand.state(of: gone.person, .appointmentConfirmed) == "cancelled")
                // What must be known is told by somebody.
                #expect(try await stand.calls(about: moved.person).contains("cannotBeTold"))
                #expect(try await !stand.calls(about: later.person).contains("cannotBeTold"))
            }
        }

        /// Without any provider everything waits, and a process that has one says it.
        @Test func whatWaitedForAnyProviderIsSaidWhenThereIsOne() async throws {
            let stand = try await VoiceStand("none", changing: ["KANNEL_URL": nil])
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.planned])
            try await stand.settled()
            stand.desk.clock.set(ServiceStandClock.standard.addingTimeInterval(1800))
            let url = stand.desk.stand.installation["KANNEL_URL"]
            let port = try #require(
                URL(string: stand.desk.stand.installation["KANNEL_NOTIFICATION_URL"])?.port)
            stand.voice.process.signal(15)
            _ = await stand.voice.process.ending()
            _ = try await stand.start("equipped", port: port, changing: ["KANNEL_URL": url])
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            #expect(try await stand.arrived(phone).count == 1)
        }
    }
}
