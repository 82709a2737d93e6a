import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Campaigns while things go wrong, or happen at the same moment.
    @Suite struct CampaignTroubleTests {
        private static func day(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
            try BookingStand.at(day, hour, minute)
        }

        private static func known(_ count: Int, _ voice: VoiceStand) async throws {
            try await ServiceStand.eventually("all are known", within: .seconds(60)) {
                try await voice.database.query("SELECT FROM contact_point").rows.count == count ? true : nil
            }
        }

        private static let paper = OutreachLadder(steps: [.init(.letter, waitDays: 5), .init(.inquiry, waitDays: 5)])

        /// A step begins in one transaction while a reply is taken in another: it is taken back all the same.
        @Test func aStepThatBeginsWhileSomebodyAnswersIsTakenBack() async throws {
            let stand = try await CampaignStand("race")
            let voice = stand.voice
            let phone = VoiceStand.phone()
            let person = try await voice.register([phone], lives: CampaignStand.away)
            try await Self.known(1, voice)
            let id = try await stand.running(try CampaignStand.new()).id
            try await voice.message(to: person, .outreach, step: "step-0", in: [.delivered])
            // What `AdvanceLines` does: the line is held, the next message is planned, nothing is committed yet.
            let own = "\(voice.desk.name)_voice"
            let other = try await PostgresConnection.connect(voice.desk.stand.installation.administration(own))
            let later = try Self.day(20, 10)
            try await other.withTransaction { sql in
                _ = try await sql.query(
                    "SELECT FROM campaign_person WHERE campaign_id = \(id) AND person_id = \(person) FOR UPDATE")
                try await sql.execute(
                    """
                    INSERT INTO message (id, person_id, purpose, means, step, subject, subject_version, state, rank, not_before,
                        not_after, due_at, planned_at, is_urgent)
                    SELECT \(UUID()), person_id, purpose, means, 'step-1', subject, 1, 'planned', 0, \(later),
                        \(later.addingTimeInterval(86_400)), \(later), now(), false
                    FROM message WHERE subject = \(id) AND person_id = \(person)
                    """)
                try await voice.write("好的", from: phone)
                try await ServiceStand.eventually("the reply waits for the line") {
                    try await voice.database.query(
                        "SELECT FROM pg_stat_activity WHERE datname = \(own) AND wait_event_type = 'Lock'"
                    ).rows.first
                }
            }
            await other.close()
            try await stand.line(of: person, in: id, "the reply ends it") { $0.outcome == .informed }
            let planned = try await voice.database.query(
                "SELECT state FROM message WHERE person_id = \(person) AND step = 'step-1'"
            ).rows.map { try $0.decode(String.self) }
            #expect(planned == ["cancelled"])
        }

        /// `kill -9` of an instance while a campaign is under way: another goes on, and nobody is told the same twice.
        @Test(.timeLimit(.minutes(3)))
        func whoDiesIsFollowedAndNobodyIsToldTwice() async throws {
            let stand = try await CampaignStand("killed", changing: ["KANNEL_RATE": "20", "KANNEL_BURST": "1"])
            let voice = stand.voice
            var phones: [UUID: String] = [:]
            for _ in 0..<60 {
                let phone = VoiceStand.phone()
                phones[try await voice.register([phone], lives: CampaignStand.away)] = phone
            }
            try await Self.known(60, voice)
            let heir = try await voice.start("heir")
            let id = try await stand.running(try CampaignStand.new()).id
            func sent() async throws -> Int {
                try await voice.database.query("SELECT count(*) FROM message WHERE submitted_at IS NOT NULL").rows[0]
                    .decode(Int.self)
            }
            try await ServiceStand.eventually("some are told") { try await sent() > 0 ? true : nil }
            voice.voice.process.signal(SIGKILL)
            _ = await voice.voice.process.ending()
            // Kannel brings receipts to where the dead one listened.
            let last = try await voice.start("last", port: voice.voice.port)
            try await ServiceStand.eventually("everybody's message has been handed over", within: .seconds(60)) {
                try await sent() == 60 ? true : nil
            }
            stand.clock.set(ServiceStandClock.standard.addingTimeInterval(180))
            try await ServiceStand.eventually("nothing is on its way", within: .seconds(60)) {
                try await voice.database.query(
                    "SELECT FROM message WHERE state IN ('planned', 'submitting', 'accepted') LIMIT 1"
                ).rows.isEmpty ? true : nil
            }
            var (arrived, unknown) = (0, 0)
            for (person, phone) in phones {
                let count = try await voice.arrived(phone).count
                #expect(count <= 1)
                arrived += count
                if try await voice.state(of: person, .outreach) == "unknown" { unknown += 1 }
            }
            print("campaign killed: 60 people, \(arrived) told once, \(unknown) of unknown fate, 0 told twice")
            #expect(arrived + unknown >= 60)
            let lines = try await voice.database.query(
                "SELECT count(*) FROM campaign_person WHERE campaign_id = \(id) AND step = 0 AND stage = 'waiting'"
            ).rows[0].decode(Int.self)
            #expect(lines == 60)
            for instance in [heir, last] { #expect(await voice.desk.stand.stop(instance) == .exited(0)) }
        }

        /// One campaign that cannot be read keeps no other from being drawn and led on.
        @Test func aCampaignThatIsDamagedHoldsBackNoOther() async throws {
            let stand = try await CampaignStand("damaged")
            let person = try await stand.voice.register([], lives: CampaignStand.away)
            try await Self.known(1, stand.voice)
            try await stand.voice.database.execute(
                """
                INSERT INTO campaign (id, title, state, rule, ladder, messages_per_hour, calls_per_day, created_by, created_at)
                VALUES (\(UUID()), '坏', 'drawing', '{}', '{}', 1, 1, 'centre-x', \(Date(timeIntervalSince1970: 0)))
                """)
            let drawn = try await stand.voice.database.query("SELECT count(*) FROM campaign").rows[0].decode(Int.self)
            #expect(drawn == 1)
            let id = try await stand.running(try CampaignStand.new(ladder: Self.paper)).id
            try await stand.line(of: person, in: id, "it goes on") { $0.means == .letter }
            let metrics = try await stand.voice.metrics(of: stand.voice.voice)
            #expect(metrics.contains("notification_campaign_oldest_due_seconds{work=\"draw\"}"))
            let oldest = try await stand.voice.metric("notification_campaign_oldest_due_seconds{work=\"draw\"}")
            #expect(oldest > 86_400)
        }

        /// More people than a year has places for at the campaign's pace wait for the next day, and nothing spins.
        @Test(.timeLimit(.minutes(2)))
        func whoHasNoPlaceWithinAYearIsLookedAtTheNextDay() async throws {
            let stand = try await CampaignStand("slow")
            let voice = stand.voice
            let entries = try (0..<600).map { line -> JSON in
                guard case .object(var members) = try TestPerson(number: line).registration() else {
                    throw ServiceStandError("no registration")
                }
                members.removeAll { ["phones", "residentDivision"].contains($0.name) }
                members.append(("residentDivision", .string(CampaignStand.away)))
                members.append(("phones", .array([.string(VoiceStand.phone())])))
                return ["line": .number(line), "person": .object(members)]
            }
            _ = try await voice.desk.ask(
                "POST", "/api/roster", ["entries": .array(entries)], for: IntakeAPI.RosterAnswer.self)
            try await Self.known(600, voice)
            let ladder = OutreachLadder(steps: [
                .init(.message, waitDays: 1, band: .evening), .init(.letter, waitDays: 5),
            ])
            let id = try await stand.running(try CampaignStand.new(ladder: ladder, messagesPerHour: 1)).id
            let tomorrow = ServiceStandClock.standard.addingTimeInterval(86_400)
            try await ServiceStand.eventually("everybody has a place or waits") {
                try await voice.database.query(
                    "SELECT FROM campaign_person WHERE campaign_id = \(id) AND due_at <= \(ServiceStandClock.standard)"
                ).rows.isEmpty ? true : nil
            }
            let placed = try await voice.database.query("SELECT count(*) FROM message").rows[0].decode(Int.self)
            let waiting = try await voice.database.query(
                "SELECT count(*) FROM campaign_person WHERE stage = 'ready' AND due_at = \(tomorrow)"
            ).rows[0].decode(Int.self)
            #expect(placed > 400 && waiting > 0 && placed + waiting == 600, "\(placed) \(waiting)")
        }

        /// Who applied or booked while people were drawn is accounted for when the campaign starts, and is never written to.
        @Test func whoWasOvertakenWhileBeingDrawnIsNeverWrittenTo() async throws {
            let stand = try await CampaignStand("overtaken")
            let voice = stand.voice
            let (applied, other) = (VoiceStand.phone(), VoiceStand.phone())
            let person = try await voice.register([applied], lives: CampaignStand.away)
            let told = try await voice.register([other], lives: CampaignStand.away)
            try await Self.known(2, voice)
            let campaign = try await stand.drawn(try CampaignStand.new())
            let submission = UUID()
            try await voice.database.execute(
                """
                INSERT INTO notice (id, person_id, submission_id, purpose, state, requested_at, recorded_at)
                VALUES (\(UUID()), \(person), \(submission), 'submissionReceived', 'recorded', now(), now())
                """)
            #expect(try await stand.act(.approve, campaign.id, as: CampaignStand.approver).status == 200)
            #expect(try await stand.act(.start, campaign.id).status == 200)
            let line = try await stand.line(of: person, in: campaign.id)
            #expect(line.outcome == .applied && line.evidenceID == submission)
            try await voice.message(to: told, .outreach, step: "step-0", in: [.delivered])
            #expect(try await voice.arrived(applied).isEmpty)
        }

        /// A death may be told of before it is known how the person is reached; and it may turn out to be none.
        @Test func aDeathIsHonouredInAnyOrderAndTakenBackWhenTheyAnswer() async throws {
            let stand = try await CampaignStand("death")
            let voice = stand.voice
            func register() async throws -> UUID {
                guard case .object(var members) = try TestPerson(number: 1).registration() else {
                    throw ServiceStandError("no registration")
                }
                members.removeAll { ["phones", "residentDivision"].contains($0.name) }
                members.append(("residentDivision", .string(CampaignStand.away)))
                members.append(("phones", .array([.string(VoiceStand.phone())])))
                let answer = try await voice.desk.ask(
                    "POST", "/api/roster",
                    ["entries": .array([["line": .number(1), "person": .object(members)]])],
                    for: IntakeAPI.RosterAnswer.self)
                return try #require(answer.results.first?.personID)
            }
            let person = try await register()
            try await Self.known(1, voice)
            let ladder = OutreachLadder(steps: [.init(.call, waitDays: 5), .init(.letter, waitDays: 5)])
            let id = try await stand.running(try CampaignStand.new(ladder: ladder)).id
            let said = try await ServiceStand.eventually("a call is due") {
                try await stand.call(Staff.station()) { _ in .deceased }
            }
            #expect(said == person)
            #expect(try await stand.line(of: person, in: id).outcome == .deceased)
            // As if it had not been known how they are reached.
            try await voice.database.execute("DELETE FROM contact_point WHERE person_id = \(person)")
            #expect(try await register() == person)
            try await ServiceStand.eventually("the death is honoured all the same") {
                try await voice.database.query(
                    "SELECT FROM contact_point WHERE person_id = \(person) AND silenced_why = 'deceased'"
                ).rows.first
            }
            let answered = try await ServiceStand.eventually("the centre has it") {
                try await stand.call(Staff.centre("death")) { call in
                    #expect(call.reason == .death)
                    return .reached
                }
            }
            #expect(answered == person)
            let line = try await stand.line(of: person, in: id)
            #expect(line.outcome == .informed && line.evidence == .call)
            #expect(try await voice.database.query("SELECT FROM death").rows.isEmpty)
        }
    }
}
