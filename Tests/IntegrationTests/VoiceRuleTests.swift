import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// The rules of what is said, each on the real gateway: what has changed, how much a phone takes, what its owner does not
    /// want, who is called instead.
    @Suite struct VoiceRuleTests {
        /// Says to the message centre what becomes of messages to a number.
        private func fate(_ stand: VoiceStand, _ phone: String, _ fate: String) async throws {
            let token = stand.desk.stand.installation["MESSAGE_CENTRE_SECRET"]
            let reply = try await stand.centre.call(
                "POST", "/fates",
                headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                body: Array(#"{"fates":[{"to":"\#(phone)",\#(fate)}]}"#.utf8))
            try #require((200...299).contains(reply.status), "\(reply.text)")
        }

        /// Nothing took the message back, and the appointment is not what it was: found out at the moment of sending.
        @Test func whatHasChangedIsFoundOutWhenItIsAboutToBeSaid() async throws {
            let stand = try await VoiceStand("stale")
            let phones = [VoiceStand.phone(), VoiceStand.phone(), VoiceStand.phone()]
            var people: [UUID] = []
            for phone in phones {
                let person = try await stand.register([phone])
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                people.append(person)
            }
            // As if the news had not touched what is planned.
            try await stand.database.execute(
                "UPDATE appointment SET version = version + 1 WHERE person_id = \(people[0])")
            try await stand.database.execute(
                "UPDATE appointment SET state = 'cancelledByPerson' WHERE person_id = \(people[1])")
            stand.desk.clock.set(try BookingStand.at(13, 10))
            for person in people.prefix(2) {
                let reminder = try await stand.message(to: person, .appointmentReminder, step: "3", in: [.cancelled])
                #expect(reminder.why == "changed" && reminder.submittedAt == nil)
            }
            try await stand.message(to: people[2], .appointmentReminder, step: "3", in: [.delivered])
            for (phone, count) in zip(phones, [1, 1, 2]) { #expect(try await stand.arrived(phone).count == count) }
        }

        /// Told of the first time, moved, and nobody knows whether the message about that has arrived: somebody calls.
        @Test func wordOfTheOldTimeTellsNobodyOfTheNew() async throws {
            let stand = try await VoiceStand("old_time")
            let (phone, other) = (VoiceStand.phone(), VoiceStand.phone())
            let (silent, told) = (try await stand.register([phone]), try await stand.register([other]))
            var moved: [AppointmentAPI.Appointment] = []
            for person in [silent, told] {
                moved.append(try await stand.desk.booked(person, try BookingStand.slot(16, "0900")))
                try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            }
            try await self.fate(stand, phone, #""ending":"silent""#)
            for appointment in moved {
                _ = try await stand.desk.move(
                    appointment.id, to: try BookingStand.slot(18, "0900"), appointment.version)
            }
            try await stand.message(to: silent, .appointmentMoved, in: [.accepted, .buffered])
            try await stand.message(to: told, .appointmentMoved, in: [.delivered])
            stand.desk.clock.set(try BookingStand.at(17, 15))
            try await stand.message(to: silent, .appointmentReminder, step: "call", in: [.handedOver])
            #expect(try await stand.calls(about: silent).contains("unconfirmed"))
            try await stand.message(to: told, .appointmentReminder, step: "call", in: [.notNeeded])
        }

        /// Nobody knows whether it was sent, and its time is over before the three days in which a receipt may come.
        @Test func anUnknownFateEndsWithItsSubject() async throws {
            try await StandIn.with(.always(.hangUp)) { provider in
                let stand = try await VoiceStand(
                    "unknown_end", changing: ["KANNEL_URL": "http://127.0.0.1:\(provider.port)"])
                let person = try await stand.register([VoiceStand.phone()])
                _ = try await stand.desk.booked(person, try BookingStand.slot(11, "0900"))
                let unknown = try await stand.message(to: person, .appointmentConfirmed, in: [.unknown])
                #expect(unknown.notAfter < ServiceStandClock.standard.addingTimeInterval(48 * 3600))
                stand.desk.clock.set(unknown.notAfter.addingTimeInterval(299))
                try await stand.settled()
                try await stand.message(to: person, .appointmentConfirmed, in: [.unknown])
                // The few minutes in which a provider would be asked.
                stand.desk.clock.set(unknown.notAfter.addingTimeInterval(300))
                try await stand.message(to: person, .appointmentConfirmed, in: [.noReceipt])
            }
        }

        /// Two a day and six a week go to a phone; what cannot wait goes all the same.
        @Test func nobodysPhoneTakesMoreThanItsShare() async throws {
            let stand = try await VoiceStand("caps")
            let phones = [VoiceStand.phone(), VoiceStand.phone()]
            var booked: [AppointmentAPI.Appointment] = []
            var people: [UUID] = []
            for (phone, hoursBack) in zip(phones, [[2.0], [30, 50, 70, 90, 110]]) {
                let person = try await stand.register([phone])
                people.append(person)
                booked.append(try await stand.desk.booked(person, try BookingStand.slot(16, "0900")))
                let first = try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
                stand.desk.clock.set(try BookingStand.at(10, 10, 30))
                // What was said before, as the messages of other cases of theirs.
                for hours in hoursBack {
                    let at = try BookingStand.at(13, 10).addingTimeInterval(-hours * 3600)
                    try await stand.database.execute(
                        """
                        INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank,
                            not_before, not_after, due_at, planned_at, is_urgent, digest, submitted_at, final_at)
                        SELECT gen_random_uuid(), person_id, 'cardOrdered', 'message', '', gen_random_uuid(), 0,
                            'delivered', 6, \(at), \(at), \(at), \(at), false, digest, \(at), \(at)
                        FROM message WHERE id = \(first.id)
                        """)
                }
            }
            // With the confirmation of three days ago these are six in a week; a second of today is still let through.
            stand.desk.clock.set(try BookingStand.at(13, 10))
            try await stand.message(to: people[0], .appointmentReminder, step: "3", in: [.delivered])
            try await stand.settled()
            let held = try await stand.message(to: people[1], .appointmentReminder, step: "3", in: [.planned])
            #expect(held.submittedAt == nil)
            // The first has had two today: the third waits; a change does not.
            try await stand.database.execute(
                """
                INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank, not_before,
                    not_after, due_at, planned_at, is_urgent)
                SELECT gen_random_uuid(), person_id, 'cardOrdered', 'message', 'new', gen_random_uuid(), 0, 'planned', 0,
                    \(stand.desk.clock.now), \(try BookingStand.at(20, 10)), \(stand.desk.clock.now),
                    \(stand.desk.clock.now), false
                FROM message WHERE purpose = 'appointmentConfirmed' AND person_id = \(people[0])
                """)
            stand.desk.clock.set(try BookingStand.at(13, 10, 5))
            try await stand.settled()
            try await stand.message(to: people[0], .cardOrdered, step: "new", in: [.planned])
            for (appointment, person) in zip(booked, people) {
                _ = try await stand.desk.move(
                    appointment.id, to: try BookingStand.slot(18, "0900"), appointment.version)
                try await stand.message(to: person, .appointmentMoved, in: [.delivered])
            }
            stand.desk.clock.set(try BookingStand.at(14, 10, 30))
            try await stand.message(to: people[0], .cardOrdered, step: "new", in: [.delivered])
            for (phone, count) in zip(phones, [4, 2]) {
                let texts = try await stand.arrived(phone)
                #expect(texts.count == count, "\(texts)")
            }
        }

        /// 退订 ends outreach and nothing else, 全部退订 everything: what must be known is then told by somebody, until they
        /// or staff take it back.
        @Test(.timeLimit(.minutes(2))) func whatTheOwnerOfAPhoneDoesNotWant() async throws {
            let stand = try await VoiceStand("opt_out")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            func scopes(_ expected: [String]) async throws {
                _ = try await ServiceStand.eventually("refused: \(expected)", within: .seconds(5)) {
                    let scopes = try await stand.database.query("SELECT scope FROM suppression ORDER BY scope").rows.map
                    { try $0.decode(String.self) }
                    return scopes == expected ? true : nil
                }
            }
            let first = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            try await stand.write("ｔｄ", from: phone)
            try await scopes(["outreach"])
            stand.desk.clock.set(try BookingStand.at(13, 10))
            try await stand.message(to: person, .appointmentReminder, step: "3", in: [.delivered])
            try await stand.write("全部退订", from: phone)
            try await scopes(["all", "outreach"])
            let moved = try await stand.desk.move(first.id, to: try BookingStand.slot(18, "0900"), first.version)
            let handed = try await stand.message(to: person, .appointmentMoved, in: [.handedOver])
            #expect(handed.why == "optedOut")
            #expect(try await stand.calls(about: person) == ["cannotBeTold"])
            #expect(try await stand.arrived(phone).count == 2)
            // Their own word.
            try await stand.write("KT", from: phone)
            try await scopes([])
            stand.desk.clock.set(try BookingStand.at(15, 10))
            _ = try await ServiceStand.eventually("the reminder of the new time has arrived") {
                try await stand.arrived(phone).count == 3 ? true : nil
            }
            // Staff, for somebody who has called.
            func tell(_ refuses: Bool) async throws {
                let reply = try await stand.call(
                    "POST", "/api/opt-outs",
                    [
                        "phone": .string(phone), "scope": .string("all"), "refuses": .bool(refuses),
                        "reason": .string("本人来电"),
                    ])
                try #require(reply.status == 200, "\(reply.text)")
                try await scopes(refuses ? ["all"] : [])
            }
            try await tell(true)
            stand.desk.clock.set(try BookingStand.at(16, 10))
            let again = try await stand.desk.move(moved.id, to: try BookingStand.slot(21, "0900"), moved.version)
            _ = try await ServiceStand.eventually("the second change is handed over") {
                try await stand.messages(of: person).count { $0.state == .handedOver } == 2 ? true : nil
            }
            try await tell(false)
            _ = try await stand.desk.move(again.id, to: try BookingStand.slot(22, "0900"), again.version)
            try await stand.message(to: person, .appointmentMoved, in: [.delivered])
            let texts = try await stand.arrived(phone)
            #expect(texts.count == 4, "\(texts)")
        }

        /// `2` from a phone of their own: staff have it as a call, and nothing is given up by itself.
        @Test func whoWantsAnotherDayIsCalled() async throws {
            let stand = try await VoiceStand("another_day")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            let booked = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            try await stand.write("2。", from: phone)
            _ = try await ServiceStand.eventually("staff have it") {
                try await stand.calls(about: person) == ["wantsChange"] ? true : nil
            }
            let now = try await stand.desk.ask(
                "GET", "/api/appointments/\(booked.id)", for: AppointmentAPI.Appointment.self)
            #expect(now.state == .confirmed && now.version == booked.version)
        }

        /// Whoever missed one before is called the day before, whatever has arrived on their phone.
        @Test func whoMissedOneBeforeIsCalled() async throws {
            let stand = try await VoiceStand("missed")
            let person = try await stand.register([VoiceStand.phone()])
            _ = try await stand.desk.booked(person, try BookingStand.slot(11, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            stand.desk.clock.set(try BookingStand.at(11, 17))
            let account = try await stand.desk.ask(
                "POST", "/api/stations/\(BookingStand.station)/days/2022-03-11/close",
                for: AppointmentAPI.DayAccount.self)
            #expect(account.missed == 1)
            _ = try await ServiceStand.eventually("it is missed") {
                try await stand.database.query(
                    "SELECT FROM appointment WHERE person_id = \(person) AND state = 'missed'"
                ).rows.first
            }
            _ = try await stand.desk.booked(person, try BookingStand.slot(18, "0900"))
            _ = try await ServiceStand.eventually("it is confirmed") {
                try await stand.messages(of: person).count {
                    $0.purpose == .appointmentConfirmed && $0.state == .delivered
                }
                    == 2 ? true : nil
            }
            stand.desk.clock.set(try BookingStand.at(17, 15))
            _ = try await ServiceStand.eventually("they are called") {
                try await stand.calls(about: person) == ["unconfirmed"] ? true : nil
            }
        }

        /// What comes late about somebody who has died is not said.
        @Test func nothingIsSaidToTheDead() async throws {
            let stand = try await VoiceStand("dead")
            let phone = VoiceStand.phone()
            let person = try await stand.register([phone])
            let booked = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
            try await stand.message(to: person, .appointmentConfirmed, in: [.delivered])
            let clerk = Principal(
                subject: "caller-dead", role: .station, division: Staff.division, station: BookingStand.station)
            let opened = try await stand.call(
                "POST", "/api/calls",
                [
                    "id": .string(UUID().uuidString), "person": .string(person.uuidString),
                    "purpose": .string("appointmentReminder"),
                ], as: clerk)
            try #require(opened.status == 200, "\(opened.text)")
            let call = try #require(
                try await stand.call("POST", "/api/calls/next", as: clerk).decoded(CallAPI.Next.self).call)
            let reply = try await stand.call(
                "POST", "/api/calls/\(call.id)/attempts",
                CallStand.attempt(call, .deceased, number: call.numbers.first { $0.isNext }?.id), as: clerk)
            try #require(reply.status == 200, "\(reply.text)")
            for step in ["3", "1", "call"] {
                try await stand.message(to: person, .appointmentReminder, step: step, in: [.cancelled])
            }
            // Intake does not know yet, and has moved it.
            _ = try await stand.desk.move(booked.id, to: try BookingStand.slot(18, "0900"), booked.version)
            let late = try await stand.message(to: person, .appointmentMoved, in: [.suppressed, .cancelled])
            #expect(late.submittedAt == nil)
            stand.desk.clock.set(try BookingStand.at(17, 15))
            try await stand.settled()
            #expect(try await stand.arrived(phone).count == 1)
            #expect(try await stand.calls(about: person) == ["death"])
        }

        /// Receipts in any order, again and again: a state only climbs, and a number is not blamed for what was outdone.
        @Test func receiptsComeInAnyOrderAndAgain() async throws {
            let stand = try await VoiceStand("receipts")
            let secret = stand.desk.stand.installation["KANNEL_RECEIPT_SECRET"]
            func report(_ id: UUID, _ type: Int) async throws {
                let reply = try await stand.call("GET", "/providers/kannel/\(secret)/receipts?id=\(id)&type=\(type)")
                #expect(reply.status == 200, "\(reply.text)")
            }
            // Kannel's types: 8 at the centre, 4 buffered there, 1 delivered, 2 failed.
            for (types, state, status) in [
                ([1, 8, 4, 2, 1, 1, 1], MessageState.delivered, "ok"), ([4, 4, 8, 1], .delivered, "ok"),
                ([2, 1, 8, 2], .failed, "ok"),
            ] {
                let person = try await stand.register([VoiceStand.phone("9007")])
                _ = try await stand.desk.booked(person, try BookingStand.slot(16, "0900"))
                let message = try await stand.message(to: person, .appointmentConfirmed, in: [.accepted, .buffered])
                for type in types { try await report(message.id, type) }
                #expect(try await stand.state(of: person, .appointmentConfirmed) == state.rawValue, "\(types)")
                let statuses = try await stand.database.query(
                    "SELECT status FROM contact_number WHERE person_id = \(person)"
                ).rows.map { try $0.decode(String.self) }
                #expect(statuses == [status], "\(types)")
            }
        }

        /// What a clerk says about a purpose is the office's own once it has saved it; who answers is asked all the same.
        @Test func aCallIsMadeInTheWordsOfTheOffice() async throws {
            let stand = try await VoiceStand("call_words")
            let person = try await stand.register([VoiceStand.phone()], name: "测试甲")
            _ = try await ServiceStand.eventually("the voice knows them") {
                try await stand.database.query("SELECT FROM contact_point WHERE person_id = \(person)").rows.first
            }
            let clerk = Principal(
                subject: "caller-words", role: .station, division: Staff.division, station: BookingStand.station)
            func save(_ body: String, _ version: Int) async throws -> HTTPReply {
                try await stand.call(
                    "PUT", "/api/templates/cardArrived",
                    ["channel": .string("call"), "body": .string(body), "version": .number(version)])
            }
            let opened = try await stand.call(
                "POST", "/api/calls",
                [
                    "id": .string(UUID().uuidString), "person": .string(person.uuidString),
                    "purpose": .string("cardArrived"),
                ], as: clerk)
            try #require(opened.status == 200, "\(opened.text)")
            let call = try #require(
                try await stand.call("POST", "/api/calls/next", as: clerk).decoded(CallAPI.Next.self).call)
            #expect(call.script.contains { $0.zh.hasPrefix("您的优待证已到服务站") })
            let unknown = try await save("{date}来取", 0)
            #expect(unknown.told("no such variable")?.zh.contains("不能使用变量{date}") == true)
            #expect(try await save("{name}同志，您的优待证到了，有事打{telephone}。", 0).status == 200)
            #expect(try await save("慢了一步", 0).told("slower")?.code == "template.changed")
            let page = try await stand.call("GET", "/api/calls/\(call.id)", as: clerk).decoded(CallAPI.Call.self)
            #expect(page.script.count == call.script.count && page.script[1] == call.script[1])
            #expect(page.script[2].zh == "测试甲同志，您的优待证到了，有事打0558-0000000。")
            // Messages keep theirs.
            let list = try await stand.call("GET", "/api/templates").decoded(NotificationAPI.TemplateList.self)
            #expect(list.templates.first { $0.purpose == .cardArrived && $0.channel == .message }?.version == 0)
            #expect(list.templates.first { $0.purpose == .cardArrived && $0.channel == .call }?.version == 1)
        }
    }
}
