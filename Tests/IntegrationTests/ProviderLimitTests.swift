import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// How fast, how long, and in what configuration.
    @Suite struct ProviderLimitTests {
        /// Books for some people while nothing may be said, lets it, and takes the time until all of them have it.
        private static func time(_ count: Int, _ stand: VoiceStand) async throws -> Double {
            let slot = try BookingStand.slot(16, "0900")
            stand.desk.clock.set(try BookingStand.at(10, 12, 0))
            let phones = (0..<count).map { _ in VoiceStand.phone() }
            for phone in phones {
                let person = try await stand.register([phone])
                _ = try await stand.desk.booked(person, slot)
                try await stand.message(to: person, .appointmentConfirmed, in: [.planned])
            }
            try await stand.settled()
            let start = ContinuousClock.now
            stand.desk.clock.set(try BookingStand.at(10, 14, 30))
            try await ServiceStand.eventually("all of them are handed over", within: .seconds(60)) {
                let left = try await stand.database.query(
                    "SELECT FROM message WHERE purpose = 'appointmentConfirmed' AND state IN ('planned', 'submitting')"
                ).rows
                return left.isEmpty ? true : nil
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            for phone in phones {
                try await ServiceStand.eventually("it has arrived") {
                    try await stand.arrived(phone).count == 1 ? true : nil
                }
            }
            return seconds
        }

        @Test(.timeLimit(.minutes(3)))
        func twoInstancesHaveOneRate() async throws {
            let stand = try await VoiceStand("rate", changing: ["KANNEL_RATE": "2", "KANNEL_BURST": "1"])
            let second = try await stand.start("second")
            let seconds = try await Self.time(10, stand)
            // One at once, nine at two a second.
            print("common rate of 2 a second: 10 messages from two instances in \(seconds) s")
            #expect(seconds >= 4.4, "\(seconds) s")
            let name = "notification_submissions_total{outcome=\"accepted\",provider=\"kannel\"}"
            let counts = [try await stand.metric(name), try await stand.metric(name, of: second)]
            #expect(counts.reduce(0, +) == 10, "\(counts)")
            for instance in [stand.voice, second] {
                #expect(try await stand.metrics(of: instance).contains("notification_rate_alone 0"))
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func withoutRedisOneASecondGoesOn() async throws {
            let free = try (try await ServiceStand.shared()).freePort()
            let stand = try await VoiceStand("alone", changing: ["REDIS_PORT": "\(free)"])
            let seconds = try await Self.time(5, stand)
            print("without Redis: 5 messages in \(seconds) s")
            #expect(seconds >= 3.9, "\(seconds) s")
            #expect(try await stand.metric("notification_rate_alone") == 1)
        }

        /// 4 KB, in two dozen parts, through Kannel: kept as far as it is shown, and everything goes on.
        @Test func aLongReplyIsKept() async throws {
            let stand = try await VoiceStand("long")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            try await ServiceStand.eventually("the number is known") {
                try await stand.database.query("SELECT FROM contact_number WHERE person_id = \(person)").rows.first
            }
            let text = String(repeating: "请问证什么时候能领😀", count: 140)
            #expect(text.utf8.count > 4_000)
            try await stand.write(text, from: phone)
            let reply = try await ServiceStand.eventually("it is kept", within: .seconds(40)) {
                try await stand.call("GET", "/api/replies").decoded(NotificationAPI.ReplyList.self).replies.first
            }
            #expect(reply.people == [person] && reply.outcome == "forStaff")
            #expect(reply.text.hasPrefix("请问证什么时候能领😀请问证") && reply.text.utf16.count >= 400, "\(reply.text)")
            #expect(reply.text == text || reply.text.hasSuffix("…（已截断 cut）"))
            try await stand.write("全部退订", from: phone)
            try await ServiceStand.eventually("the next one is taken too") {
                try await stand.database.query("SELECT FROM suppression WHERE scope = 'all'").rows.first
            }
            #expect(!stand.voice.process.hasEnded)
        }

        /// What is older than it has to be kept goes, a thousand at a time; the message stays.
        @Test func oldEventsAreForgottenInBatches() async throws {
            let stand = try await VoiceStand("events", changing: ["NOTIFICATION_EVENTS_DAYS": "150"])
            let now = stand.desk.clock.now
            func add(_ count: Int, days: Double) async throws {
                try await stand.database.execute(
                    """
                    INSERT INTO message_event (message_id, kind, code, occurred_at, received_at)
                    SELECT gen_random_uuid(), 'receipt:delivered', 'DELIVRD', \(now), \(now.addingTimeInterval(-days * 86_400))
                    FROM generate_series(1, \(count))
                    """)
            }
            try await add(2_500, days: 150.1)
            try await add(40, days: 149.9)
            _ = try await stand.start("cleaner")
            try await ServiceStand.eventually("what is old is gone") {
                try await stand.database.query("SELECT count(*) FROM message_event").rows[0].decode(Int.self) == 40
                    ? true : nil
            }
            let log = try String(
                decoding: Data(
                    contentsOf: URL(filePath: stand.desk.stand.log(of: .notification, "\(stand.desk.name)-cleaner"))),
                as: UTF8.self)
            #expect(log.contains("old events of messages are deleted") && log.contains("2500"))
        }

        /// With keys alone: the clouds' own addresses, TLS, and the shares of all three.
        @Test func keysAndTemplatesAreEnough() async throws {
            var changes = VoiceStand.aliyun(9, weight: 30)
            changes["ALIYUN_URL"] = .some(nil)
            changes["KANNEL_WEIGHT"] = .some(nil)
            for (key, value) in [
                ("KEY_ID", "id"), ("KEY_SECRET", "key"), ("APPLICATION", "1400000000"),
                ("RECEIPT_SECRET", VoiceStand.cloudSecret), ("TEMPLATES", "outreach=110:name,telephone"),
            ] { changes["TENCENT_\(key)"] = value }
            let stand = try await VoiceStand("keys", changing: changes)
            for (provider, weight) in [("kannel", 50.0), ("aliyun", 30), ("tencent", 50)] {
                let name = "notification_provider_weight{provider=\"\(provider)\"}"
                #expect(try await stand.metric(name) == weight, "\(provider)")
                let reply = try await stand.voice.caller.call(
                    "POST", "/providers/\(provider)/not-the-secret-of-4711/receipts", body: Array("[]".utf8))
                #expect(reply.status == 404)
            }
        }

        @Test(arguments: [
            ("KANNEL_WEIGHT", "-1", "0 to 1000"), ("KANNEL_RATE", "0", "1 to 5000"), ("KANNEL_BURST", "x", "1 to 5000"),
            ("NOTIFICATION_EVENTS_DAYS", "149", "150 to 3650"), ("NOTIFICATION_SIGNATURE", "没有括号", "【】"),
            ("KANNEL_URL", "smsbox", "http://HOST:PORT"), ("KANNEL_RECEIPT_SECRET", "short", "16 to 128"),
            ("ALIYUN_KEY_ID", "", "set both"), ("ALIYUN_KEY_SECRET", "", "not set"),
            ("ALIYUN_URL", "http://dysmsapi.aliyuncs.com", "https://HOST"),
            ("ALIYUN_URL", "https://1.2.3.4", "https://HOST"),
            ("ALIYUN_RECEIPT_SECRET", "short", "16 to 128"), ("ALIYUN_SIGN", "名", "【】"),
            ("ALIYUN_TEMPLATES", "", "approved templates"), ("ALIYUN_TEMPLATES", "greeting=S:name", "no purpose"),
            ("ALIYUN_RATE", "5001", "1 to 5000"), ("TENCENT_KEY_SECRET", "x", "TENCENT_KEY_ID"),
            ("TENCENT_URL", "ftp://x", "https://HOST"),
            ("TENCENT_APPLICATION", "app", "digits"),
        ])
        func aWrongValueSaysWhatToDo(key: String, value: String, words: String) async throws {
            let stand = try await ServiceStand.shared()
            var environment = stand.environment(of: .notification, port: 0)
            environment["KANNEL_URL"] = "http://127.0.0.1:9"
            environment["KANNEL_USER"] = "u"
            environment["KANNEL_PASSWORD"] = "secret-password"
            environment["KANNEL_RECEIPT_SECRET"] = VoiceStand.cloudSecret
            environment["KANNEL_NOTIFICATION_URL"] = "http://127.0.0.1:9"
            for (key, value) in VoiceStand.aliyun(9) { environment[key] = value }
            if key.hasPrefix("TENCENT"), key != "TENCENT_KEY_SECRET" {
                environment["TENCENT_KEY_ID"] = "id"
                environment["TENCENT_KEY_SECRET"] = "x"
                environment["TENCENT_RECEIPT_SECRET"] = VoiceStand.cloudSecret
                environment["TENCENT_TEMPLATES"] = "outreach=110:name,telephone"
            }
            environment[key] = value
            let result = try await stand.command("notification", ["serve"], environment)
            #expect(result.status == 78 && result.errors.contains(key), "\(result)")
            #expect(result.errors.contains(words), "\(result)")
            #expect(!result.errors.contains("secret-password") && !result.errors.contains(VoiceStand.cloudSecret))
        }
    }
}
