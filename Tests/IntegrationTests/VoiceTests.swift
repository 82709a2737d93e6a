import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What people are told about appointments, through the real gateway to a message centre, and what they answer.
    @Suite struct VoiceTests {
        private static func day(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
            try BookingStand.at(day, hour, minute)
        }

        /// Confirmation, both reminders, receipts, and that nothing is said of what was moved or cancelled.
        @Test(.timeLimit(.minutes(2)))
        func anAppointmentIsConfirmedRemindedAndMoved() async throws {
            let stand = try await VoiceStand("reminders")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone], name: "测试𠮷")
            let slot = try BookingStand.slot(16, "0900")
            let booked = try await stand.desk.booked(person, slot)
            let confirmed = try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            #expect(confirmed.parts == 1 && confirmed.provider == "kannel")
            #expect(
                try await stand.arrived(phone) == [
                    "【测试服务站】测试𠮷同志，已约3月16日上午9:00到花戏楼街道服务站办优待证，请带身份证、退伍证。改期电0558-0000000。"
                ])
            // Not before its hour, and then once.
            stand.desk.clock.set(try Self.day(13, 9, 59))
            let waiting = try await stand.messages(of: person).filter { $0.purpose == .appointmentReminder }
            #expect(waiting.count == 3 && waiting.allSatisfy { $0.state == .planned })
            stand.desk.clock.set(try Self.day(13, 10, 0))
            try await stand.message(to: person, .appointmentReminder, step: "3", in: [.delivered])
            #expect(try await stand.arrived(phone).last?.contains("能来回1，改期回2") == true)
            // Moved: what was planned about the old time is never said, and the new one is told.
            let other = try BookingStand.slot(18, "1400")
            _ = try await stand.desk.move(booked.id, to: other, booked.version)
            try await stand.message(to: person, .appointmentMoved, in: [.delivered])
            stand.desk.clock.set(try Self.day(15, 10, 0))
            try await stand.message(to: person, .appointmentReminder, step: "1", in: [.cancelled])
            stand.desk.clock.set(try Self.day(15, 16, 0))
            // Replying that one comes is known, so nobody calls.
            stand.desk.clock.set(try Self.day(17, 10, 0))
            try await stand.message(to: person, .appointmentReminder, step: "1", in: [.delivered])
            try await stand.write(" １。", from: phone)
            try await ServiceStand.eventually("the reply is known") {
                try await stand.database.query(
                    "SELECT FROM appointment WHERE id = \(booked.id) AND coming_at IS NOT NULL"
                ).rows.first
            }
            stand.desk.clock.set(try Self.day(17, 15, 0))
            try await stand.message(to: person, .appointmentReminder, step: "call", in: [.notNeeded])
            #expect(try await stand.arrived(phone).count == 4)
            #expect(try await stand.calls(about: person).isEmpty)
        }

        /// Cancelled one millisecond before its reminder is due.
        @Test func whatIsCancelledAtTheLastMomentIsNeverSaid() async throws {
            let stand = try await VoiceStand("cancelled")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            let booked = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            let due = try Self.day(13, 10, 0)
            stand.desk.clock.set(due.addingTimeInterval(-0.001))
            _ = try await stand.desk.cancel(booked.id, booked.version)
            stand.desk.clock.set(due)
            try await stand.message(to: person, .appointmentReminder, step: "3", in: [.cancelled])
            try await stand.message(to: person, .appointmentReminder, step: "1", in: [.cancelled])
            #expect(try await stand.arrived(phone).count == 1)
        }

        /// Old people who have not said that they come, whoever missed one before, and whoever no message reaches, are called.
        @Test func whoIsBetterCalledIsCalled() async throws {
            let stand = try await VoiceStand("called")
            let slot = try BookingStand.slot(16, "0900")
            let old = try await stand.register([VoiceStand.phone()], born: "1940-01-01")
            let off = try await stand.register([VoiceStand.phone("9002")])
            let none = try await stand.register([])
            let young = try await stand.register([VoiceStand.phone()])
            for person in [old, off, none, young] { _ = try await stand.desk.booked(person, slot) }
            try await stand.message(to: old, .appointmentConfirmed, in: [.delivered])
            try await stand.message(to: young, .appointmentConfirmed, in: [.delivered])
            try await stand.message(to: off, .appointmentConfirmed, in: [.failed])
            let failed = try await stand.message(to: none, .appointmentConfirmed, in: [.failed])
            #expect(failed.why == "noNumber")
            stand.desk.clock.set(try Self.day(15, 15, 0))
            for person in [old, off, none] {
                try await stand.message(to: person, .appointmentReminder, step: "call", in: [.handedOver])
                #expect(try await stand.calls(about: person) == ["unconfirmed"])
            }
            try await stand.message(to: young, .appointmentReminder, step: "call", in: [.notNeeded])
        }

        /// A closure at night is told in the morning; who cannot be told is called.
        @Test func aClosureIsToldToEverybody() async throws {
            let stand = try await VoiceStand("closure")
            let (phone, dead) = (VoiceStand.phone(), VoiceStand.phone("9001"))
            let slot = try BookingStand.slot(16, "0900")
            let reached = try await stand.register([phone])
            let lost = try await stand.register([dead])
            for person in [reached, lost] { _ = try await stand.desk.booked(person, slot) }
            try await stand.message(to: reached, .appointmentConfirmed, in: [.delivered])
            try await stand.message(to: lost, .appointmentConfirmed, in: [.failed])
            stand.desk.clock.set(try Self.day(14, 22, 0))
            let closure: JSON = [
                "day": .string("2022-03-16"), "desks": .number(0), "stopsHomeVisits": .bool(true),
                "reason": .string("停电检修"),
            ]
            _ = try await stand.desk.ask(
                "PUT", "/api/stations/\(BookingStand.station)/exceptions/\(UUID())", closure,
                for: AppointmentAPI.CapacityChange.self)
            let planned = try await stand.message(to: reached, .appointmentClosed, in: [.planned])
            #expect(planned.submittedAt == nil)
            // The number that does not exist is known by now: nobody tries it again.
            let handed = try await stand.message(to: lost, .appointmentClosed, in: [.handedOver])
            #expect(handed.why == "noNumber")
            #expect(try await stand.calls(about: lost) == ["cannotBeTold"])
            #expect(try await stand.arrived(dead).count == 1)
            stand.desk.clock.set(try Self.day(15, 8, 0))
            try await stand.message(to: reached, .appointmentClosed, in: [.delivered])
            #expect(try await stand.arrived(phone).last?.contains("3月16日因故停办") == true)
        }

        /// A day with 37 bookings ends the evening before, and six of the people have no phone: who can be told is, and the
        /// others are on staff's list, each of them.
        @Test(.timeLimit(.minutes(3))) func aFullDayIsToldOfToTheLast() async throws {
            let stand = try await VoiceStand("full_day")
            let slots = try ["0900", "1000", "1100", "1400", "1500"].map { try BookingStand.slot(16, $0) }
            var phones: [UUID: String] = [:]
            var silent: [UUID] = []
            for number in 0..<37 {
                let phone = number % 6 == 5 ? nil : VoiceStand.phone()
                let person = try await stand.register(phone.map { [$0] } ?? [])
                _ = try await stand.desk.booked(person, slots[number % slots.count])
                if let phone { phones[person] = phone } else { silent.append(person) }
            }
            try #require(phones.count == 31 && silent.count == 6)
            for person in phones.keys { try await stand.message(to: person, .appointmentConfirmed, in: [.delivered]) }
            stand.desk.clock.set(try Self.day(15, 22, 0))
            _ = try await stand.desk.ask(
                "PUT", "/api/stations/\(BookingStand.station)/exceptions/\(UUID())",
                [
                    "day": .string("2022-03-16"), "desks": .number(0), "stopsHomeVisits": .bool(true),
                    "reason": .string("停电检修"),
                ], for: AppointmentAPI.CapacityChange.self)
            for person in silent {
                try await stand.message(to: person, .appointmentClosed, in: [.handedOver])
                #expect(try await stand.calls(about: person) == ["cannotBeTold"])
            }
            for person in phones.keys { try await stand.message(to: person, .appointmentClosed, in: [.planned]) }
            stand.desk.clock.set(try Self.day(16, 8, 0))
            for (person, phone) in phones {
                try await stand.message(to: person, .appointmentClosed, in: [.delivered])
                let texts = try await stand.arrived(phone)
                #expect(texts.count { $0.contains("3月16日因故停办") } == 1, "\(texts)")
            }
        }

        /// A process dies after it wrote that it submits, or after the provider has answered: nothing is ever sent again, and
        /// a receipt tells what there is to know.
        @Test(.timeLimit(.minutes(2)), arguments: ["message.submitting", "message.submitted"])
        func nothingIsSentTwiceWhenAProcessDies(_ point: String) async throws {
            let stand = try await VoiceStand(
                "crash_\(point.replacing(".", with: "_"))", changing: ["FAULTS_CRASH_AT": point])
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await ServiceStand.eventually("it dies") { stand.voice.process.hasEnded ? true : nil }
            #expect(try await stand.state(of: person, .appointmentConfirmed) == "submitting")
            let heir = try await stand.start("heir", port: stand.voice.port, changing: ["FAULTS_CRASH_AT": nil])
            if point == "message.submitted" {
                // Sent once; Kannel brings the receipt when somebody listens again.
                try await ServiceStand.eventually("the receipt comes", within: .seconds(60)) {
                    try await stand.state(of: person, .appointmentConfirmed) == "delivered" ? true : nil
                }
                #expect(try await stand.arrived(phone).count == 1)
            } else {
                stand.desk.clock.set(ServiceStandClock.standard.addingTimeInterval(180))
                try await ServiceStand.eventually("nobody knows") {
                    try await stand.state(of: person, .appointmentConfirmed) == "unknown" ? true : nil
                }
                stand.desk.clock.set(ServiceStandClock.standard.addingTimeInterval(73 * 3600))
                try await ServiceStand.eventually("nobody will know") {
                    try await stand.state(of: person, .appointmentConfirmed) == "noReceipt" ? true : nil
                }
                #expect(try await stand.arrived(phone).isEmpty)
            }
            let sent = try await stand.arrived(phone).count
            let recorded = try await stand.database.query(
                "SELECT count(*) FROM message WHERE person_id = \(person) AND submitted_at IS NOT NULL"
            ).rows[0].decode(Int.self)
            #expect(recorded == 1)
            print("voice crash \(point): sent \(sent), recorded \(recorded), doubled \(max(0, sent - recorded))")
            #expect(await stand.desk.stand.stop(heir) == .exited(0))
        }

        /// One file that cannot be opened keeps nobody else from being told, and whoever has it is called.
        @Test func whoseFileCannotBeReadIsCalledAndTheOthersAreTold() async throws {
            let stand = try await VoiceStand("unreadable")
            let slot = try BookingStand.slot(16, "0900")
            let (broken, whole) = (
                try await stand.register([VoiceStand.phone()]), try await stand.register([VoiceStand.phone()])
            )
            for person in [broken, whole] { _ = try await stand.desk.booked(person, slot) }
            for person in [broken, whole] {
                try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            }
            try await stand.database.execute(
                "UPDATE contact_point SET contact = '\\x00' WHERE person_id = \(broken)")
            stand.desk.clock.set(try Self.day(14, 9, 0))
            let closure: JSON = [
                "day": .string("2022-03-16"), "desks": .number(0), "stopsHomeVisits": .bool(true),
                "reason": .string("停电检修"),
            ]
            _ = try await stand.desk.ask(
                "PUT", "/api/stations/\(BookingStand.station)/exceptions/\(UUID())", closure,
                for: AppointmentAPI.CapacityChange.self)
            try await stand.message(to: whole, .appointmentClosed, in: [.delivered])
            let failed = try await stand.message(to: broken, .appointmentClosed, in: [.failed])
            #expect(failed.why == "unreadable")
            #expect(try await stand.calls(about: broken) == ["cannotBeTold"])
        }

        /// Words are checked when they are saved, callbacks when they come.
        @Test func whatDoesNotFitIsRefusedAndNothingIsSent() async throws {
            let stand = try await VoiceStand("refusals")
            func save(
                _ body: String, _ version: Int, as principal: Principal = Staff.centre()
            ) async throws -> HTTPReply {
                try await stand.call(
                    "PUT", "/api/templates/appointmentReminder",
                    ["body": .string(body), "version": .number(version)], as: principal)
            }
            for (body, words) in [
                ("{name}同志，{date}请到{station}。", "必须写明{time}"), ("{name}{date}{time}{station}{card}", "没有变量{card}"),
                ("{name}{date}{time}{station}请拨19900000000", "11位以上"),
                ("{name}{date}{time}{station}详见 www.example.org", "不得含网址"),
                ("【别人】{name}{date}{time}{station}", "签名由系统添加"), ("{name}{date}{time}{station", "花括号不成对"),
                ("{name}{date}{time}{station}" + String(repeating: "请", count: 200), "拆成"),
            ] {
                let reply = try await save(body, 0)
                #expect(reply.status == 422 && reply.told("a mistake")?.zh.contains(words) == true, "\(reply.text)")
            }
            let words = "{name}同志，{date}{time}请到{station}，电{telephone}。"
            #expect(try await save(words, 0, as: Staff.station()).status == 403)
            #expect(try await save(words, 0).status == 200)
            #expect(try await save(words, 0).told("somebody was faster")?.code == "template.changed")
            let list = try await stand.call("GET", "/api/templates").decoded(NotificationAPI.TemplateList.self)
            #expect(list.templates.first { $0.purpose == .appointmentReminder }?.version == 1)
            // Messages and calls of each purpose, and the one letter.
            #expect(list.templates.count == 2 * MessagePurpose.allCases.count + 1)
            #expect(list.templates.allSatisfy { !$0.body.isEmpty && ($0.version == 0 || $0.body == words) })
            let optOut: JSON = [
                "phone": .string("12345"), "scope": .string("all"), "refuses": .bool(true), "reason": .string("本人来电"),
            ]
            let refused = try await stand.call("POST", "/api/opt-outs", optOut)
            #expect(refused.status == 422 && refused.told("no number")?.code.hasPrefix("phone.") == true)
            // Whoever does not know the secret finds nothing; what is not as documented is not taken.
            let forged = try await stand.call(
                "GET", "/providers/kannel/\(String(repeating: "x", count: 32))/receipts?id=\(UUID())&type=1")
            #expect(forged.status == 404)
            let secret = stand.desk.stand.installation["KANNEL_RECEIPT_SECRET"]
            let odd = try await stand.call("GET", "/providers/kannel/\(secret)/receipts?id=\(UUID())&type=77")
            #expect(odd.status == 400)
            // A receipt for what nobody sent is taken and counted, or it would come for ever.
            let stray = UUID()
            for _ in 0..<3 {
                let reply = try await stand.call("GET", "/providers/kannel/\(secret)/receipts?id=\(stray)&type=1")
                #expect(reply.status == 200)
            }
            let times = try await stand.database.query(
                "SELECT times FROM stray_receipt WHERE reference = \(stray.uuidString)"
            ).rows[0].decode(Int.self)
            #expect(times == 3)
            #expect(try await stand.database.query("SELECT FROM message").rows.isEmpty)
        }

        /// People who share a phone get one message while their names fit, and what they write back is for staff.
        @Test func aSharedPhoneGetsOneMessage() async throws {
            let stand = try await VoiceStand("shared")
            let phone = VoiceStand.phone()
            let slot = try BookingStand.slot(16, "0900")
            let people = [
                try await stand.register([phone], name: "测试甲"), try await stand.register(["+86 \(phone)"], name: "测试乙"),
            ]
            stand.desk.clock.set(try Self.day(10, 12, 0))
            for person in people { _ = try await stand.desk.booked(person, slot) }
            for person in people { try await stand.message(to: person, .appointmentConfirmed, in: [.planned]) }
            stand.desk.clock.set(try Self.day(10, 14, 30))
            let said = [
                try await stand.message(to: people[0], .appointmentConfirmed, in: [.delivered]),
                try await stand.message(to: people[1], .appointmentConfirmed, in: [.delivered]),
            ]
            let texts = try await stand.arrived(phone)
            #expect(texts.count == 1 && texts[0].contains("测试甲") && texts[0].contains("测试乙"))
            #expect(said.count { $0.carriedBy != nil } == 1)
            try await stand.write("2", from: phone)
            try await ServiceStand.eventually("staff have it") {
                try await stand.database.query("SELECT FROM reply WHERE outcome = 'sharedPhone'").rows.first
            }
            #expect(try await stand.database.query("SELECT FROM call_task WHERE reason = 'reply'").rows.count == 1)
            // What the owner of the phone does not want concerns everybody on it; what must be known becomes a call.
            try await stand.write("全部退订", from: phone)
            try await ServiceStand.eventually("it is known within the second", within: .seconds(2)) {
                try await stand.database.query("SELECT FROM suppression WHERE scope = 'all'").rows.first
            }
            let replies = try await stand.call("GET", "/api/replies").decoded(NotificationAPI.ReplyList.self).replies
            #expect(replies.map(\.text) == ["全部退订", "2"] && replies.allSatisfy { $0.people.count == 2 })
            stand.desk.clock.set(try Self.day(13, 10, 0))
            for person in people {
                let reminder = try await stand.message(to: person, .appointmentReminder, step: "3", in: [.suppressed])
                #expect(reminder.why == "optedOut")
            }
            #expect(try await stand.arrived(phone).count == 1)
        }
    }
}
