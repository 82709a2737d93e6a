import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Step by step down the ladder, and what ends it.
    @Suite struct CampaignLadderTests {
        private static func day(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
            try BookingStand.at(day, hour, minute)
        }

        /// One person whom nothing reaches, from the first message to two signatures; only then can the campaign be closed.
        @Test(.timeLimit(.minutes(3)))
        func whomNothingReachesIsSignedForByTwo() async throws {
            let stand = try await CampaignStand("unreached")
            let voice = stand.voice
            let (phone, relative) = (VoiceStand.phone(), VoiceStand.phone())
            let person = try await voice.register(
                [phone],
                related: .array([
                    [
                        "role": .string("relative"), "name": .string("测试亲属"), "relation": .string("子女"),
                        "phones": .array([.string(relative)]),
                    ]
                ]), lives: CampaignStand.away)
            try await ServiceStand.eventually("they are known") {
                try await voice.database.query("SELECT FROM contact_point").rows.first
            }
            let ladder = OutreachLadder(steps: [
                .init(.message, waitDays: 2, band: .morning), .init(.message, waitDays: 2, band: .evening),
                .init(.call, waitDays: 14), .init(.relatives, waitDays: 14), .init(.letter, waitDays: 10),
                .init(.inquiry, waitDays: 10),
            ])
            let campaign = try await stand.running(try CampaignStand.new(ladder: ladder))
            let id = campaign.id
            try await voice.message(to: person, .outreach, step: "step-0", in: [.delivered])
            #expect(try await voice.arrived(phone).last?.hasPrefix("【测试服务站】测试") == true)
            // Two days in vain; the second comes in the evening of the next working day's band.
            stand.clock.set(try Self.day(11, 10, 1))
            try await voice.message(to: person, .outreach, step: "step-1", in: [.planned])
            stand.clock.set(try Self.day(11, 18, 30))
            try await voice.message(to: person, .outreach, step: "step-1", in: [.delivered])
            // Three calls, each in another part of the day; relatives are not rung yet.
            stand.clock.set(try Self.day(14, 9))
            let clerk = Staff.station()
            var rang: Set<String> = []
            for (day, hour) in [(14, 9), (14, 15), (15, 18)] {
                stand.clock.set(try Self.day(day, hour))
                try await ServiceStand.eventually("a call is due", within: .seconds(30)) {
                    try await stand.call(clerk) { call in
                        #expect(call.reason == .outreach && call.numbers.count == 1)
                        rang.formUnion(call.numbers.map(\.number))
                        return .noAnswer
                    }
                }
            }
            #expect(rang == [phone])
            try await stand.line(of: person, in: id, "the relatives' turn") { $0.means == .relatives }
            for (day, hour) in [(16, 9), (16, 15), (17, 18)] {
                stand.clock.set(try Self.day(day, hour))
                try await ServiceStand.eventually("a call is due", within: .seconds(30)) {
                    try await stand.call(clerk) { call in
                        #expect(
                            call.numbers.map(\.number) == [relative] && call.numbers[0].relative?.contains("子女") == true
                        )
                        return .noAnswer
                    }
                }
            }
            // The letter: put together, posted, and nobody answers.
            try await stand.line(of: person, in: id, "the letter's turn") { $0.means == .letter }
            let batch = try await stand.ask(
                "POST", "/api/letter-batches", ["id": .string(UUID().uuidString), "campaign": .string(id.uuidString)],
                for: CampaignAPI.LetterBatch.self)
            let letter = try #require(batch.letters.first)
            #expect(batch.letters.count == 1 && letter.person == person && letter.state == .printed)
            for document in ["letters", "addresses"] {
                let path = "/api/letter-batches/\(batch.id)/\(document).pdf"
                #expect(try await voice.call("GET", path, as: clerk).status == 403)
                let pdf = try await voice.call("GET", path, as: CampaignStand.author)
                #expect(pdf.status == 200 && pdf.body.starts(with: "%PDF-".utf8), "\(pdf.text.prefix(200))")
                // The same batch prints alike, and who looked is on record.
                #expect(try await voice.call("GET", path, as: CampaignStand.author).body == pdf.body)
            }
            let looks = try await voice.database.query(
                "SELECT count(*) FROM look WHERE person = \(person) AND what = 'contact' AND by = 'centre-author'"
            ).rows[0].decode(Int.self)
            #expect(looks == 4)
            let posted = try await stand.ask(
                "POST", "/api/letters/\(letter.number)/posted", ["trackingNumber": .string("xa123456789cn")],
                for: CampaignAPI.Letter.self)
            #expect(posted.state == .posted && posted.trackingNumber == "XA123456789CN")
            stand.clock.set(try Self.day(28, 9))
            try await stand.line(of: person, in: id, "the inquiry's turn") { $0.means == .inquiry }
            let asked = try await stand.ask(
                "GET", "/api/inquiries", nil, as: clerk, for: CampaignAPI.Inquiries.self
            ).inquiries
            #expect(asked.count == 1 && asked[0].division == CampaignStand.away && asked[0].station == Staff.ownStation)
            let other = try await voice.call(
                "POST", "/api/inquiries/\(asked[0].id)/answer", ["evidence": .string("村委会答复：不知去向")],
                as: Staff.station(Staff.otherStation))
            #expect(other.status == 403)
            let answered = try await voice.call(
                "POST", "/api/inquiries/\(asked[0].id)/answer", ["evidence": .string("村委会答复：不知去向")], as: clerk)
            #expect(answered.status == 204, "\(answered.text)")
            try await stand.line(of: person, in: id, "everything was tried") { $0.step == nil && $0.outcome == nil }
            #expect(try await stand.figures(id).openByStep == ["end": 1])
            // Two people sign; until then it cannot be closed.
            #expect(try await stand.act(.close, id).told("open")?.code == "campaign.open")
            let path = "/api/campaigns/\(id)/people/\(person)/outcome"
            let body: JSON = ["outcome": .string("unreached"), "evidence": .string("六步均无结果")]
            #expect(try await voice.call("POST", path, body, as: CampaignStand.author).status == 200)
            #expect(
                try await voice.call("POST", path, body, as: CampaignStand.author).told("again")?.code
                    == "campaign.signer")
            #expect(try await stand.figures(id).open == 1)
            #expect(try await voice.call("POST", path, body, as: Staff.centre("second")).status == 200)
            let line = try await stand.line(of: person, in: id)
            #expect(line.outcome == .unreached && line.evidence == .signatures && line.signedBy == "centre-author")
            #expect(try await stand.act(.close, id).status == 200)
            #expect(try await stand.campaign(id).state == .closed)
            let tried = try await voice.database.query(
                "SELECT means || ':' || result FROM campaign_step WHERE person_id = \(person) ORDER BY step"
            ).rows.map { try $0.decode(String.self) }
            #expect(
                tried == [
                    "message:delivered", "message:delivered", "call:unreached", "relatives:unreached",
                    "letter:unanswered", "inquiry:answered",
                ])
        }

        /// A letter nobody can print holds up nobody else's, and one that comes back is followed by the next step.
        @Test(.timeLimit(.minutes(2)))
        func whatCannotBePrintedOrComesBackIsFollowedByTheNextStep() async throws {
            let stand = try await CampaignStand("paper")
            let voice = stand.voice
            let back = try await voice.register([], lives: CampaignStand.away)
            let odd = try await voice.register([], name: "测试\u{31350}", lives: CampaignStand.away)
            let here = try await voice.register([], lives: CampaignStand.away)
            try await ServiceStand.eventually("all are known") {
                try await voice.database.query("SELECT FROM contact_point").rows.count == 3 ? true : nil
            }
            let ladder = OutreachLadder(steps: [.init(.letter, waitDays: 5), .init(.inquiry, waitDays: 5)])
            let id = try await stand.running(try CampaignStand.new(ladder: ladder)).id
            try await ServiceStand.eventually("a letter is due for each") {
                try await voice.database.query("SELECT FROM letter WHERE state = 'planned'").rows.count == 3
                    ? true : nil
            }
            func save(_ body: String, _ version: Int) async throws -> HTTPReply {
                try await voice.call(
                    "PUT", "/api/templates/outreach",
                    ["channel": .string("letter"), "body": .string(body), "version": .number(version)])
            }
            for (body, words) in [
                ("", "1至900个字"), ("请看 www.example.org", "不得含网址"), ("{station}", "不能使用变量{station}"),
                ("请\u{200B}来电", "无法打印"), ("请来电😀\u{E000}", "无法打印"),
                ("第一段。\n\u{3000}\n第二段。", "正文为空"),
                ((1...150).map { _ in "请来电" }.joined(separator: "\n"), "请缩短"),
            ] {
                let refused = try await save(body, 0)
                #expect(refused.status == 422 && refused.told(words)?.zh.contains(words) == true, "\(refused.text)")
            }
            #expect(try await save("{name}同志：请与我们联系。\n电话{telephone}。", 0).status == 200)
            let new: JSON = ["id": .string(UUID().uuidString), "campaign": .string(id.uuidString)]
            let batch = try await stand.ask("POST", "/api/letter-batches", new, for: CampaignAPI.LetterBatch.self)
            #expect(batch.letters.count == 3)
            let unprintable = batch.letters.first { $0.person == odd }
            #expect(unprintable?.state == .ended && unprintable?.result == .unprintable)
            try await stand.line(of: odd, in: id, "the inquiry") { $0.means == .inquiry }
            // The same again makes no second batch.
            let again = try await stand.ask("POST", "/api/letter-batches", new, for: CampaignAPI.LetterBatch.self)
            #expect(again.letters == batch.letters)
            let pdf = try await voice.call(
                "GET", "/api/letter-batches/\(batch.id)/letters.pdf", as: CampaignStand.author)
            #expect(pdf.status == 200, "\(pdf.text.prefix(200))")
            // In the words it had when it was put together, also after they have changed.
            #expect(try await save("另一种说法。", 1).status == 200)
            let reprint = try await voice.call(
                "GET", "/api/letter-batches/\(batch.id)/letters.pdf", as: CampaignStand.author)
            for printed in [pdf, reprint] {
                let text = try await PDFText.read(printed.body).filter { !$0.isWhitespace }
                #expect(batch.words == 1 && text.contains("同志：请与我们联系。电话0558-0000000。"), "\(text)")
                #expect(!text.contains("另一种说法") && !text.contains("国家为退役军人"))
            }
            func number(_ person: UUID) throws -> String {
                try #require(batch.letters.first { $0.person == person }).number
            }
            func tell(_ person: UUID, _ what: String, _ body: JSON) async throws -> HTTPReply {
                try await voice.call(
                    "POST", "/api/letters/\(try number(person))/\(what)", body, as: CampaignStand.author)
            }
            let early = try await tell(back, "result", ["result": .string("returnedMoved")])
            #expect(early.told("not posted")?.code == "letter.state")
            let short = try await tell(back, "posted", ["trackingNumber": .string("12")])
            #expect(short.told("too short")?.code == "letter.tracking")
            #expect(try await tell(back, "posted", ["trackingNumber": .string("XA000000001CN")]).status == 200)
            let taken = try await tell(here, "posted", ["trackingNumber": .string("XA000000001CN")])
            #expect(taken.told("another's")?.code == "letter.tracking_taken")
            #expect(try await tell(here, "posted", ["trackingNumber": .string("XA000000002CN")]).status == 200)
            #expect(try await tell(back, "result", ["result": .string("returnedMoved")]).status == 200)
            try await stand.line(of: back, in: id, "the inquiry") { $0.means == .inquiry }
            let hasAddress = try await voice.database.query(
                "SELECT has_address FROM contact_point WHERE person_id = \(back)"
            ).rows[0].decode(Bool.self)
            #expect(!hasAddress)
            #expect(try await tell(here, "result", ["result": .string("signedByFamily")]).status == 200)
            let line = try await stand.line(of: here, in: id)
            #expect(line.outcome == .familyInformed && line.evidence == .letter)
            #expect(
                try await voice.call(
                    "POST", "/api/letter-batches",
                    ["id": .string(UUID().uuidString), "campaign": .string(id.uuidString)], as: CampaignStand.author
                ).told("none")?.code == "letter.none")
        }

        /// Whatever shows that somebody knows ends their line at once and takes back what was still in store for them.
        @Test(.timeLimit(.minutes(3)))
        func anySignOfLifeEndsTheLadderAtOnce() async throws {
            let stand = try await CampaignStand("signs")
            let voice = stand.voice
            func person(_ phones: [String], born: String = "1985-05-05") async throws -> UUID {
                try await voice.register(phones, born: born, lives: CampaignStand.away)
            }
            let phones = (0..<6).map { _ in VoiceStand.phone() }
            let writes = try await person([phones[0]])
            let books = try await person([phones[1]])
            let applies = try await person([phones[2]])
            let wrong = try await person([phones[3]])
            let old = try await person([phones[4]], born: "1935-01-01")
            let gone = try await person([phones[5]], born: "1934-01-01")
            let shared = VoiceStand.phone()
            let one = try await person([shared])
            let two = try await person([shared])
            try await ServiceStand.eventually("all are known") {
                try await voice.database.query("SELECT FROM contact_point").rows.count == 8 ? true : nil
            }
            let campaign = try await stand.running(try CampaignStand.new())
            let id = campaign.id
            for person in [writes, books, applies, wrong, one, two] {
                try await voice.message(to: person, .outreach, step: "step-0", in: [.delivered])
            }
            // Whoever is old is called at once.
            try await stand.line(of: old, in: id, "a call") { $0.means == .call }
            try await stand.line(of: gone, in: id, "a call") { $0.means == .call }
            let skipped = try await voice.database.query(
                "SELECT result FROM campaign_step WHERE person_id = \(old) AND step = 0"
            ).rows.first?.decode(String.self)
            #expect(skipped == "skipped:age")
            try await voice.write("好的，我月底回去办", from: phones[0])
            let line = try await stand.line(of: writes, in: id, "the reply ends it") { $0.outcome != nil }
            #expect(line.outcome == .informed && line.evidence == .reply)
            // What comes from a phone of two tells nothing of one of them.
            try await voice.write("知道了", from: shared)
            try await ServiceStand.eventually("staff have it") {
                try await voice.database.query("SELECT FROM reply WHERE outcome = 'sharedPhone'").rows.first
            }
            #expect(try await stand.line(of: one, in: id).outcome == nil)
            #expect(try await stand.line(of: two, in: id).outcome == nil)
            _ = try await voice.desk.booked(books, try BookingStand.slot(16, "0900"))
            try await stand.line(of: books, in: id, "the booking ends it") {
                $0.outcome == .booked && $0.evidence == .appointment
            }
            // The reply was somebody else's: staff find out, and the line goes on.
            try await voice.write("你打错了", from: phones[3])
            try await stand.line(of: wrong, in: id, "the reply ends it") { $0.evidence == .reply }
            for _ in 0..<5 {
                try await stand.call(Staff.station()) { call in
                    if call.personID == wrong { return .wrongPerson }
                    if call.personID == old { return .reachedFamily }
                    if call.personID == gone { return .deceased }
                    return .noAnswer
                }
            }
            try await stand.line(of: wrong, in: id, "it goes on") { $0.outcome == nil }
            try await stand.line(of: old, in: id, "the call ends it") {
                $0.outcome == .familyInformed && $0.evidence == .call
            }
            try await stand.line(of: gone, in: id, "the call ends it") { $0.outcome == .deceased }
            // Applied, as the front desk says.
            var journey = Journey(voice.desk.stand)
            journey.route = { _ in voice.desk.instances[0] }
            journey.personID = applies
            try await journey.submit()
            try await journey.addPhoto()
            try await journey.check()
            let applied = try await stand.line(of: applies, in: id, "the application ends it") { $0.outcome != nil }
            #expect(applied.outcome == .applied && applied.evidenceID == journey.id)
            // Nothing is in store for those who are accounted for.
            let left = try await voice.database.query(
                """
                SELECT (SELECT count(*) FROM message m JOIN campaign_person p ON p.person_id = m.person_id AND p.campaign_id = m.subject
                    WHERE p.state = 'ended' AND m.state = 'planned')
                  + (SELECT count(*) FROM call_task t JOIN campaign_person p ON p.person_id = t.person_id AND p.campaign_id = t.subject
                    WHERE p.state = 'ended' AND t.state = 'open')
                """
            ).rows[0].decode(Int.self)
            #expect(left == 0)
            let figures = try await stand.figures(id)
            #expect(figures.open + figures.outcomes.values.reduce(0, +) == 8 && figures.drawn == 8)
        }
    }
}
