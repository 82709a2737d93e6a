import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// A thousand people living elsewhere through the whole ladder, each with a fate of their own: in the end everybody is
    /// accounted for, each by what was scripted for them (R25, R26, R105).
    @Suite struct CampaignThousandTests {
        /// What becomes of a person, by their number.
        enum Fate: Int, CaseIterable {
            /// Answers the message.
            case replies
            case answersCall
            /// Does not answer; a relative does.
            case familyAnswers
            /// Has no phone, and signs for the letter.
            case signsForLetter
            /// The number does not exist, the letter comes back; the station where they live knows.
            case isFound
            /// Nothing is heard of the messages; answers the call and does not want it.
            case declines
            /// Wants no messages; answers the call.
            case optsOut
            case hasApplied
            /// Nothing reaches them.
            case isLost
            case hasDied

            /// The last digits of the phone, which choose the fate of a message.
            var digits: String? {
                switch self {
                case .replies: "9011"
                case .isFound: "9001"
                case .declines: "9007"
                case .optsOut: "9013"
                case .signsForLetter: nil
                case .answersCall, .familyAnswers, .hasApplied, .isLost, .hasDied: ""
                }
            }

            func answer(isRelative: Bool) -> CallOutcome {
                switch self {
                case .answersCall, .optsOut, .replies: .reached
                case .familyAnswers: isRelative ? .reachedFamily : .noAnswer
                case .declines: .declined
                case .hasApplied: .alreadyApplied
                case .hasDied: .deceased
                case .signsForLetter, .isFound, .isLost: .noAnswer
                }
            }

            var letter: CampaignAPI.LetterResult {
                switch self {
                case .signsForLetter: .signedByPerson
                case .isLost: .returnedUnclaimed
                default: .returnedUnknown
                }
            }

            var end: (OutreachOutcome, OutreachEvidence) {
                switch self {
                case .replies: (.informed, .reply)
                case .answersCall, .optsOut: (.informed, .call)
                case .familyAnswers: (.familyInformed, .call)
                case .signsForLetter: (.informed, .letter)
                case .isFound: (.appliedElsewhere, .inquiry)
                case .declines: (.declined, .call)
                case .hasApplied: (.applied, .call)
                case .isLost: (.unreached, .signatures)
                case .hasDied: (.deceased, .call)
                }
            }
        }

        private static let ladder = OutreachLadder(steps: [
            .init(.message, waitDays: 1, band: .morning), .init(.message, waitDays: 1, band: .evening),
            .init(.call, waitDays: 14), .init(.relatives, waitDays: 14), .init(.letter, waitDays: 5),
            .init(.inquiry, waitDays: 5),
        ])

        /// Of characters that take two UTF-16 units each, as a fifth of the people have: of every fate alike.
        private static let rareName = "测\u{20000}\u{20BB7}"
        private static func hasRareName(_ line: Int) -> Bool { line / Fate.allCases.count % 5 == 0 }

        private static func register(
            _ voice: VoiceStand, _ count: Int
        ) async throws -> (fates: [UUID: Fate], rarePhones: [String]) {
            var fates: [UUID: Fate] = [:]
            var rarePhones: [String] = []
            for start in stride(from: 0, to: count, by: 500) {
                let entries = try (start..<min(start + 500, count)).map { line -> JSON in
                    let fate = Fate.allCases[line % Fate.allCases.count]
                    guard case .object(var members) = try TestPerson(number: line).registration() else {
                        throw ServiceStandError("no registration")
                    }
                    members.removeAll { ["phones", "residentDivision"].contains($0.name) }
                    members.append(("residentDivision", .string(CampaignStand.away)))
                    if Self.hasRareName(line) {
                        members.removeAll { $0.name == "name" }
                        members.append(("name", .string(Self.rareName)))
                    }
                    if let digits = fate.digits {
                        let phone = VoiceStand.phone(digits)
                        if Self.hasRareName(line), fate == .replies { rarePhones.append(phone) }
                        members.append(("phones", .array([.string(phone)])))
                    } else {
                        members += [("phones", .array([])), ("hasNoPhone", .bool(true))]
                    }
                    if fate == .familyAnswers {
                        members.append(
                            (
                                "related",
                                .array([
                                    [
                                        "role": .string("relative"), "name": .string("测试亲属"), "relation": .string("子女"),
                                        "phones": .array([.string(VoiceStand.phone())]),
                                    ]
                                ])
                            ))
                    }
                    return ["line": .number(line), "person": .object(members)]
                }
                let answer = try await voice.desk.ask(
                    "POST", "/api/roster", ["entries": .array(entries)], for: IntakeAPI.RosterAnswer.self)
                for result in answer.results {
                    fates[try #require(result.personID, "\(result.en ?? "")")] =
                        Fate.allCases[
                            result.line % Fate.allCases.count]
                }
            }
            return (fates, rarePhones)
        }

        /// Nothing is due any more at this hour, and nothing is on its way.
        private static func quiet(_ stand: CampaignStand, _ id: UUID, at now: Date, silent: [UUID]) async throws {
            try await ServiceStand.eventually("it is quiet at \(now)", within: .seconds(60)) {
                try await stand.voice.database.query(
                    """
                    SELECT FROM campaign_person WHERE campaign_id = \(id) AND state = 'open' AND due_at <= \(now)
                    UNION ALL SELECT FROM message WHERE state = 'planned' AND due_at <= \(now)
                    UNION ALL SELECT FROM message WHERE state = 'submitting'
                    UNION ALL SELECT FROM message WHERE state IN ('accepted', 'unknown', 'buffered')
                        AND (person_id <> ALL(\(silent)) OR submitted_at < \(now.addingTimeInterval(-72 * 3600)))
                    LIMIT 1
                    """
                ).rows.isEmpty ? true : nil
            }
        }

        @Test(.timeLimit(.minutes(10)))
        func everybodyIsAccountedFor() async throws {
            let count = 1_000
            let stand = try await CampaignStand("thousand")
            let voice = stand.voice
            let (fates, rarePhones) = try await Self.register(voice, count)
            try #require(fates.count == count && rarePhones.count == count / 50)
            try await ServiceStand.eventually("all are known", within: .seconds(60)) {
                try await voice.database.query("SELECT FROM contact_point").rows.count == count ? true : nil
            }
            let campaign = try await stand.running(try CampaignStand.new(ladder: Self.ladder, callsPerDay: 400))
            let id = campaign.id
            #expect(campaign.preview?.people == count)
            let silent = fates.filter { $0.value == .declines }.map(\.key)
            var (calls, letters, ticks) = (0, 0, 0)
            var day = CalendarDay(ServiceStandClock.standard)
            outer: while true {
                for hour in [10, 15, 19] {
                    ticks += 1
                    let now = DayTime.startOfDay.adding(minutes: hour * 60).instant(on: day)
                    stand.clock.set(now)
                    try await Self.quiet(stand, id, at: now, silent: silent)
                    while let call = try await Self.workOne(stand, fates) { calls += call }
                    letters += try await Self.workLetters(stand, id, fates)
                    try await Self.workInquiries(stand, fates)
                    try await Self.quiet(stand, id, at: now, silent: silent)
                    let figures = try await stand.figures(id)
                    // At every moment: nobody is lost from the count.
                    try #require(figures.open + figures.outcomes.values.reduce(0, +) == count)
                    if figures.open == figures.openByStep["end", default: 0] { break outer }
                }
                day = day.adding(days: 1)
                guard ticks >= 150 else { continue }
                let open = try await stand.lines(id, "open").map { "\(fates[$0.person] ?? .isLost) \($0.step ?? 0)" }
                let states = try await voice.database.query(
                    "SELECT state || ' ' || step || ' ' || COALESCE(failure, '') || ' ' || count(*) FROM message GROUP BY state, step, failure"
                ).rows.map { try $0.decode(String.self) }
                Issue.record("the ladder has no end: \(Set(open)) \(states)")
                return
            }
            for line in try await stand.lines(id, "end") {
                for signer in ["author", "second"] {
                    let reply = try await voice.call(
                        "POST", "/api/campaigns/\(id)/people/\(line.person)/outcome",
                        ["outcome": .string("unreached"), "evidence": .string("全部步骤均无结果")],
                        as: Staff.centre(signer))
                    try #require(reply.status == 200, "\(reply.text)")
                }
            }
            let lines = try await stand.lines(id)
            #expect(lines.count == count)
            for line in lines {
                let fate = try #require(fates[line.person])
                #expect(line.outcome == fate.end.0 && line.evidence == fate.end.1, "\(fate): \(line)")
            }
            #expect(try await stand.act(.close, id).status == 200)
            let figures = try await stand.figures(id)
            #expect(figures.open == 0 && figures.outcomes.values.reduce(0, +) == count)
            let messages = try await voice.database.query(
                "SELECT count(*) FROM message WHERE purpose = 'outreach' AND submitted_at IS NOT NULL"
            ).rows[0].decode(Int.self)
            // Nobody was told after they were accounted for, and nobody the same step twice.
            let late = try await voice.database.query(
                """
                SELECT count(*) FROM message m JOIN campaign_person p ON p.person_id = m.person_id
                WHERE m.submitted_at > p.ended_at
                """
            ).rows[0].decode(Int.self)
            #expect(late == 0)
            for phone in rarePhones {
                #expect(try await voice.arrived(phone).first?.contains(Self.rareName) == true)
            }
            print(
                """
                campaign of \(count): \(figures.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); \
                open \(figures.open); \(messages) messages, \(calls) calls, \(letters) letters, \(ticks) looks
                """)
            try await Self.audit(stand, id)
        }

        private static let clerk = Staff.station()

        /// - Returns: 1; nil when no call is due.
        private static func workOne(_ stand: CampaignStand, _ fates: [UUID: Fate]) async throws -> Int? {
            try await stand.call(Self.clerk) { call in
                let fate = fates[call.personID] ?? .isLost
                return fate.answer(isRelative: call.numbers.contains { $0.isNext && !$0.isOwn })
            } == nil ? nil : 1
        }

        private static func workLetters(_ stand: CampaignStand, _ id: UUID, _ fates: [UUID: Fate]) async throws -> Int {
            var sent = 0
            while true {
                let reply = try await stand.voice.call(
                    "POST", "/api/letter-batches",
                    ["id": .string(UUID().uuidString), "campaign": .string(id.uuidString), "most": .number(100)],
                    as: CampaignStand.author)
                if reply.status == 409 {
                    #expect(reply.told("none is due")?.code == "letter.none")
                    return sent
                }
                let batch = try reply.decoded(CampaignAPI.LetterBatch.self)
                for letter in batch.letters {
                    sent += 1
                    let path = "/api/letters/\(letter.number)"
                    let posted = try await stand.voice.call(
                        "POST", "\(path)/posted", ["trackingNumber": .string("XA\(letter.number.suffix(7))CN")],
                        as: CampaignStand.author)
                    try #require(posted.status == 200, "\(posted.text)")
                    let result = fates[letter.person]?.letter ?? .lost
                    let ended = try await stand.voice.call(
                        "POST", "\(path)/result", ["result": .string(result.rawValue)], as: CampaignStand.author)
                    try #require(ended.status == 200, "\(ended.text)")
                }
            }
        }

        private static func workInquiries(_ stand: CampaignStand, _ fates: [UUID: Fate]) async throws {
            let open = try await stand.ask(
                "GET", "/api/inquiries?limit=1000", nil, as: Self.clerk, for: CampaignAPI.Inquiries.self
            ).inquiries
            for inquiry in open {
                var answer: [(name: String, value: JSON)] = [("evidence", .string("居住地服务站答复"))]
                if fates[inquiry.person] == .isFound { answer.append(("outcome", .string("appliedElsewhere"))) }
                let reply = try await stand.voice.call(
                    "POST", "/api/inquiries/\(inquiry.id)/answer", .object(answer), as: Self.clerk)
                try #require(reply.status == 204, "\(reply.text)")
            }
        }

        /// `youdai audit` says so too, and notices when it is not so.
        private static func audit(_ stand: CampaignStand, _ id: UUID) async throws {
            let desk = stand.voice.desk
            let installation = desk.stand.installation
            var names = ["INTAKE": desk.name, "NOTIFICATION": "\(desk.name)_voice"]
            let administrator = try await PostgresConnection.connect(installation.administration())
            for service in [ServiceName.verification, .review, .issuance] {
                let name = "\(desk.name)_\(service.rawValue)"
                names[service.rawValue.uppercased()] = name
                try await administrator.execute(
                    "CREATE DATABASE \(identifier: name) OWNER \(identifier: installation.role(of: service).user)")
                var environment = desk.stand.environment(of: service, port: 0)
                environment["DATABASE_NAME"] = name
                let ending = try await desk.stand.command(service.rawValue, ["migrate"], environment)
                try #require(ending.status == 0, "\(ending.errors)")
            }
            await administrator.close()
            let text = String(decoding: try Data(contentsOf: URL(filePath: installation.file)), as: UTF8.self)
            let lines = text.split(separator: "\n").map { line -> String in
                for (service, name) in names where line.hasPrefix("\(service)_DATABASE_NAME=") {
                    return "\(service)_DATABASE_NAME=\(name)"
                }
                return String(line)
            }
            let file = "\(desk.stand.directory)/thousand.env"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
            func audit() async throws -> (status: Int, output: String, errors: String) {
                var environment = desk.stand.environment(of: .notification, port: 0)
                environment["YOUDAI_CONFIG"] = file
                return try await desk.stand.command("youdai", ["audit", "--settle", "1"], environment)
            }
            let clean = try await audit()
            #expect(clean.status == 0, "\(clean.output) \(clean.errors)")
            #expect(clean.output.contains("\(id)") && clean.output.contains("clean"), "\(clean.output)")
            try await stand.voice.database.execute(
                "DELETE FROM call_attempt WHERE id = (SELECT evidence_id FROM campaign_person WHERE evidence = 'call' LIMIT 1)"
            )
            let found = try await audit()
            #expect(found.status == 1 && found.output.contains("1 outcomes without their evidence"), "\(found.output)")
            try await stand.voice.database.execute(
                "DELETE FROM campaign_person WHERE person_id = (SELECT person_id FROM campaign_person LIMIT 1)")
            let lost = try await audit()
            #expect(lost.status == 1 && lost.output.contains("1000 drawn and 0 added, but 999 lines"), "\(lost.output)")
        }
    }
}
