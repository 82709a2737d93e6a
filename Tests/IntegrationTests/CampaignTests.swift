import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Outreach to people living elsewhere: who is drawn, who approves, what a sign of life ends, and that nobody is forgotten
    /// (R25, R26, R105).
    @Suite struct CampaignTests {
        private static func day(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
            try BookingStand.at(day, hour, minute)
        }

        /// Who is in, who is not and why, what it takes; frozen then.
        @Test(.timeLimit(.minutes(2)))
        func peopleAreDrawnByRuleFrozenAndCounted() async throws {
            let stand = try await CampaignStand("drawn")
            let voice = stand.voice
            let ordinary = try await voice.register([VoiceStand.phone()], lives: CampaignStand.away)
            let rare = try await voice.register(
                [VoiceStand.phone()], name: "测试\(String(repeating: "𠮷", count: 12))", lives: CampaignStand.away)
            let old = try await voice.register([VoiceStand.phone()], born: "1938-01-01", lives: CampaignStand.away)
            let silent = try await voice.register([], lives: CampaignStand.away)
            let applied = try await voice.register([VoiceStand.phone()], lives: CampaignStand.away)
            let dead = try await voice.register([VoiceStand.phone()], lives: CampaignStand.away)
            let here = try await voice.register([VoiceStand.phone()])
            let booked = try await voice.register([VoiceStand.phone()], lives: CampaignStand.away)
            _ = try await voice.desk.booked(booked, try BookingStand.slot(16, "0900"))
            try await ServiceStand.eventually("all are known") {
                try await voice.database.query(
                    "SELECT FROM contact_point WHERE EXISTS (SELECT FROM appointment)"
                ).rows.count == 8 ? true : nil
            }
            try await voice.database.execute(
                """
                INSERT INTO notice (id, person_id, submission_id, purpose, state, requested_at, recorded_at)
                VALUES (\(UUID()), \(applied), \(UUID()), 'submissionReceived', 'recorded', now(), now())
                """)
            try await voice.database.execute(
                "UPDATE contact_point SET silenced_at = now(), silenced_why = 'deceased' WHERE person_id = \(dead)")
            try await voice.database.execute(
                "UPDATE contact_point SET resident_division = NULL WHERE person_id = \(here)")
            let campaign = try await stand.drawn(try CampaignStand.new(messagesPerHour: 1))
            let preview = try #require(campaign.preview)
            #expect(campaign.state == .drawn && preview.people == 4)
            #expect(preview.excluded == ["applied": 1, "booked": 1, "silenced": 1, "residenceUnknown": 1])
            #expect(preview.firstStep == ["1": 2, "3": 1, "5": 1])
            // A rare character is two units: that message is one part longer.
            #expect(preview.parts == ["1": 1, "2": 1] && preview.cost == 150)
            // One an hour, and it is ten o'clock: the second goes out at eleven.
            #expect(preview.messagesEndAt == (try Self.day(9, 11)))
            #expect(preview.mostCalls == 9 && preview.withoutAddress == 0)
            #expect(preview.longestText.map { SMSLength($0).parts } == 2)
            #expect(campaign.figures?.drawn == 4 && campaign.figures?.open == 4)
            #expect(Set(try await stand.lines(campaign.id).map(\.person)) == [ordinary, rare, old, silent])

            // Frozen: who comes later is not in it, unless somebody says why.
            let late = try await voice.register([VoiceStand.phone()], lives: CampaignStand.away)
            try await ServiceStand.eventually("all are known") {
                try await voice.database.query("SELECT FROM contact_point WHERE person_id = \(late)").rows.first
            }
            #expect(try await stand.figures(campaign.id).drawn == 4)
            let path = "/api/campaigns/\(campaign.id)/people"
            let nameless = try await voice.call(
                "POST", path, ["person": .string(late.uuidString), "reason": .string(" ")], as: CampaignStand.author)
            #expect(nameless.told("no reason")?.code == "campaign.text")
            let added: JSON = ["person": .string(late.uuidString), "reason": .string("村里报来")]
            for _ in 0..<2 {
                #expect(try await voice.call("POST", path, added, as: CampaignStand.author).status == 200)
            }
            let figures = try await stand.figures(campaign.id)
            #expect(figures.drawn == 4 && figures.added == 1 && figures.open == 5)
            #expect(try await stand.line(of: late, in: campaign.id).addedWhy == "村里报来")
        }

        /// Nobody approves their own, and what does not fit is refused in words.
        @Test(.timeLimit(.minutes(2)))
        func whatIsNotSoundIsRefusedAndNothingIsSent() async throws {
            let stand = try await CampaignStand("refused")
            let phone = VoiceStand.phone()
            let person = try await stand.voice.register([phone], lives: CampaignStand.away)
            try await ServiceStand.eventually("they are known") {
                try await stand.voice.database.query("SELECT FROM contact_point").rows.first
            }
            func refused(_ new: JSON, _ code: String) async throws {
                let reply = try await stand.voice.call("POST", "/api/campaigns", new, as: CampaignStand.author)
                #expect(reply.told(code)?.code == code, "\(reply.text)")
            }
            try await refused(try CampaignStand.new(rule: OutreachRule(bornUpTo: 1930)), "campaign.empty")
            try await refused(try CampaignStand.new(title: ""), "campaign.text")
            try await refused(try CampaignStand.new(messagesPerHour: 0), "campaign.number")
            try await refused(try CampaignStand.new(callsPerDay: 0), "campaign.number")
            try await refused(try CampaignStand.new(rule: OutreachRule(stations: ["341602-99"])), "campaign.stations")
            try await refused(
                try CampaignStand.new(ladder: OutreachLadder(steps: [.init(.message, waitDays: 3)])), "campaign.ladder")
            let id = UUID()
            let campaign = try await stand.drawn(try CampaignStand.new(id: id))
            #expect(
                try await stand.voice.call(
                    "POST", "/api/campaigns", try CampaignStand.new(id: id), as: CampaignStand.author
                ).status == 200)
            try await refused(try CampaignStand.new(id: id, title: "另一次"), "campaign.id")
            #expect(try await stand.act(.start, id).told("not approved")?.code == "campaign.state")
            #expect(try await stand.act(.approve, id).told("one's own")?.code == "campaign.own")
            #expect(try await stand.act(.approve, id, as: Staff.station()).status == 403)
            let old: JSON = ["act": .string("approve"), "version": .number(campaign.version - 1)]
            let stale = try await stand.voice.call(
                "POST", "/api/campaigns/\(id)/acts", old, as: CampaignStand.approver)
            #expect(stale.told("an old page")?.code == "campaign.changed")
            // Other words than were previewed: the preview is void.
            let words: JSON = ["body": .string("{name}同志，优待证正在办理，咨询{telephone}。退订回T"), "version": .number(0)]
            #expect(try await stand.voice.call("PUT", "/api/templates/outreach", words).status == 200)
            #expect(
                try await stand.act(.approve, id, as: CampaignStand.approver).told("words")?.code == "campaign.words")
            #expect(try await stand.act(.cancel, id).status == 200)
            #expect(try await stand.act(.cancel, id).told("over")?.code == "campaign.state")
            #expect(try await stand.voice.arrived(phone).isEmpty)
            let again = try await stand.running(try CampaignStand.new())
            #expect(try await stand.act(.close, again.id).told("open")?.code == "campaign.open")
            let path = "/api/campaigns/\(again.id)/people/\(person)/outcome"
            for (outcome, code) in [("unreached", "campaign.steps"), ("booked", "campaign.outcome")] {
                let body: JSON = ["outcome": .string(outcome), "evidence": .string("电话")]
                #expect(
                    try await stand.voice.call("POST", path, body, as: CampaignStand.author).told(code)?.code == code)
            }
            let nobody = try await stand.voice.call(
                "POST", "/api/campaigns/\(again.id)/people/\(UUID())/outcome",
                ["outcome": .string("declined"), "evidence": .string("来电")], as: CampaignStand.author)
            #expect(nobody.told("nobody")?.code == "campaign.person")
        }

        /// A pause holds back what is planned, a resumption sends to nobody twice, and whoever was overtaken by events is left
        /// alone.
        @Test(.timeLimit(.minutes(2)))
        func aPauseHoldsEverythingAndAResumptionSendsToNobodyTwice() async throws {
            let stand = try await CampaignStand("paused")
            let phones = (0..<4).map { _ in VoiceStand.phone() }
            var people: [UUID] = []
            for phone in phones { people.append(try await stand.voice.register([phone], lives: CampaignStand.away)) }
            try await ServiceStand.eventually("all are known") {
                try await stand.voice.database.query("SELECT FROM contact_point").rows.count == 4 ? true : nil
            }
            // Two an hour from ten o'clock on.
            let campaign = try await stand.running(try CampaignStand.new(messagesPerHour: 2))
            func sent() async throws -> [Int] {
                var counts: [Int] = []
                for phone in phones { counts.append(try await stand.voice.arrived(phone).count) }
                return counts
            }
            try await ServiceStand.eventually("two are told", within: .seconds(30)) {
                try await sent().reduce(0, +) == 2 ? true : nil
            }
            #expect(try await stand.act(.pause, campaign.id).status == 200)
            stand.clock.set(try Self.day(9, 11))
            // Looked at, and left alone.
            try await ServiceStand.eventually("they wait", within: .seconds(30)) {
                try await stand.voice.database.query(
                    "SELECT FROM message WHERE state = 'planned' AND due_at > \(try Self.day(9, 11, 30))"
                ).rows.count == 2 ? true : nil
            }
            #expect(try await sent().reduce(0, +) == 2)
            // Twelve days: longer than a message makes sense. One of them books meanwhile.
            stand.clock.set(try Self.day(21, 10))
            let waiting = try #require(
                try await stand.voice.database.query("SELECT person_id FROM message WHERE state = 'planned' LIMIT 1")
                    .rows.first?.decode(UUID.self))
            _ = try await stand.voice.desk.booked(waiting, try BookingStand.slot(22, "0900"))
            try await stand.line(of: waiting, in: campaign.id, "the booking ends it") { $0.outcome == .booked }
            #expect(try await stand.act(.resume, campaign.id).status == 200)
            try await ServiceStand.eventually("the rest is told", within: .seconds(30)) {
                try await stand.voice.database.query(
                    "SELECT FROM message WHERE purpose = 'outreach' AND step = 'step-0' AND state = 'delivered'"
                ).rows.count == 3 ? true : nil
            }
            let outreach = try await stand.voice.database.query(
                """
                SELECT max(n)::bigint FROM (SELECT count(*) AS n FROM message WHERE purpose = 'outreach' AND submitted_at IS NOT NULL
                    AND step = 'step-0' GROUP BY person_id) c
                """
            ).rows[0].decode(Int.self)
            #expect(outreach == 1)
            for (person, phone) in zip(people, phones) {
                let texts = try await stand.voice.arrived(phone).filter { $0.contains("可在常住地申请") }
                #expect(texts.count == (person == waiting ? 0 : 1), "\(texts)")
            }
        }
    }
}
