import CardProgramme
import Testing

@Suite("Who may book what, when")
struct BookingAnswerTests {
    private static let gulin = "120116-02"

    private func binhai() throws -> Programme {
        try Programme.parse(yaml: OfficePlanTests.binhai, file: "binhai-2022.yaml")
    }

    private func pensioner(born: String = "1950-01-01", circumstances: Set<Circumstance> = []) -> Candidate {
        Candidate(
            categories: [.warVeteran, .pensionRecipient], birthDate: day(born), registeredDivision: "120116",
            residentDivision: "120116", circumstances: circumstances)
    }

    /// At Gulin, where phase 1 offers 电话预约, 主动入户 and 双方约定.
    private func ask(
        _ candidate: Candidate, _ kind: AppointmentKind = .counter, _ purpose: AppointmentPurpose = .apply,
        _ channel: BookingChannel = .online, on date: String = "2022-03-01", stage: SubmissionStage? = nil
    ) throws -> BookingAnswer {
        try self.binhai().bookingAnswer(
            candidate: candidate, kind: kind, purpose: purpose, channel: channel, station: Self.gulin, on: day(date),
            stage: stage)
    }

    @Test("an application waits for its phase on the slot's day (R149)")
    func batch() throws {
        #expect(try self.ask(self.pensioner()) == .yes)
        #expect(try self.ask(self.pensioner(), on: "2022-02-27") == .notYet(opens: day("2022-02-28"), batch: 1))
        let other = Candidate(categories: [.otherVeteran], birthDate: day("1980-01-01"))
        #expect(try self.ask(other) == .notYet(opens: day("2022-04-01"), batch: 3))
        #expect(try self.ask(other, on: "2022-04-01") == .yes)
        #expect(try self.ask(other, on: "2023-01-01") == .ended(day("2022-12-31")))
        #expect(try self.ask(Candidate(categories: [], birthDate: day("1980-01-01"))) == .noBatch)
        // Eighty passed between the booking and the slot: the slot's day counts (R35).
        let veteran = Candidate(categories: [.otherVeteran], birthDate: day("1942-03-20"))
        #expect(try self.ask(veteran, on: "2022-03-20") == .notYet(opens: day("2022-04-01"), batch: 3))
        #expect(try self.ask(veteran, on: "2022-03-21") == .yes)
    }

    @Test("a phase whose days are not announced says so")
    func notAnnounced() throws {
        let text =
            OfficePlanTests.qiaocheng + """

                plans:
                  - station: "341602-04"
                    phases:
                      - {number: 1, who: [{groups: [veterans, bereavedFamilies]}]}
                """
        let programme = try Programme.parse(yaml: text, file: "p.yaml")
        let answer = programme.bookingAnswer(
            candidate: self.pensioner(), kind: .counter, purpose: .apply, channel: .hotline, station: "341602-04",
            on: day("2022-04-01"), stage: nil)
        #expect(answer == .notAnnounced)
    }

    @Test("the kinds are those of the phase's modes (R119); a call is what every office can do (R107)")
    func modes() throws {
        #expect(try self.ask(self.pensioner(), .collective) == .modeNotOffered(offered: [.counter, .homeVisit, .call]))
        #expect(try self.ask(self.pensioner(), .call) == .yes)
        let old = self.pensioner(born: "1935-01-01")
        #expect(try self.ask(old, .collective, on: "2022-03-20") == .yes, "phase 2 is for them too")
        func offered(_ modes: [ServiceMode], _ channel: BookingChannel) -> [AppointmentKind] {
            AppointmentKind.allCases.filter { $0.isOffered(by: modes, over: channel) }
        }
        #expect(offered([.phoneBooking], .online) == [.call])
        #expect(offered([.phoneBooking], .hotline) == [.counter, .call])
        for channel in [BookingChannel.online, .hotline] {
            #expect(offered([], channel) == [.call] && offered([.online], channel) == [.call])
            #expect(offered([.appointment], channel) == [.counter, .call])
            #expect(offered([.onSite], channel) == [.counter, .call])
            #expect(offered([.homeVisit], channel) == [.homeVisit, .call])
            #expect(offered([.collective], channel) == [.collective, .call])
            #expect(offered([.agreed], channel) == [.counter, .homeVisit, .call])
            #expect(offered(ServiceMode.allCases, channel) == AppointmentKind.allCases)
        }
    }

    @Test("a phase of phone booking alone is booked by phone, and online says what there is")
    func phoneOnly() throws {
        let text =
            OfficePlanTests.qiaocheng + """

                plans:
                  - station: "341602-04"
                    phases:
                      - {number: 1, from: 2022-03-01, modes: [phoneBooking], who: [{groups: [veterans, bereavedFamilies]}]}
                """
        let programme = try Programme.parse(yaml: text, file: "p.yaml")
        func ask(_ channel: BookingChannel) -> BookingAnswer {
            programme.bookingAnswer(
                candidate: self.pensioner(), kind: .counter, purpose: .apply, channel: channel, station: "341602-04",
                on: day("2022-04-01"), stage: nil)
        }
        #expect(ask(.online) == .modeNotOffered(offered: [.call]))
        #expect(ask(.hotline) == .yes && ask(.walkIn) == .yes)
    }

    @Test("online a home visit is for who cannot come; the hotline arranges one for anybody (R73, R97, R119)")
    func homeVisits() throws {
        #expect(try self.ask(self.pensioner(), .homeVisit) == .notForHomeVisits)
        #expect(try self.ask(self.pensioner(), .homeVisit, .apply, .hotline) == .yes)
        for circumstance in Circumstance.allCases {
            #expect(try self.ask(self.pensioner(circumstances: [circumstance]), .homeVisit) == .yes)
        }
        // Eighty on the day of the visit.
        #expect(try self.ask(self.pensioner(born: "1942-03-01"), .homeVisit) == .yes)
        #expect(try self.ask(self.pensioner(born: "1942-03-02"), .homeVisit) == .notForHomeVisits)
        #expect(try self.ask(self.pensioner(), .homeVisit, .collect, .online, stage: .atStation) == .notForHomeVisits)
        #expect(
            try self.ask(self.pensioner(born: "1940-01-01"), .homeVisit, .collect, .online, stage: .atStation) == .yes)
    }

    @Test("each purpose has its stages, and only an application has a batch")
    func stages() throws {
        let young = Candidate(categories: [.otherVeteran], birthDate: day("1980-01-01"))
        for stage in SubmissionStage.allCases {
            let isEnd = stage == .refused || stage == .discontinued
            #expect(try self.ask(self.pensioner(), stage: stage) == (isEnd ? .yes : .wrongStage), "\(stage)")
            let isBack = stage == .returnedToApplicant || stage == .returnedToStation
            // Long before their phase, and after the end.
            for date in ["2022-03-01", "2023-06-01"] {
                #expect(
                    try self.ask(young, .counter, .correct, on: date, stage: stage) == (isBack ? .yes : .wrongStage))
                #expect(
                    try self.ask(young, .collective, .collect, .hotline, on: date, stage: stage)
                        == (stage == .atStation ? .yes : .wrongStage))
            }
        }
        #expect(try self.ask(young, .counter, .correct) == .wrongStage)
        #expect(try self.ask(young, .counter, .collect) == .wrongStage)
    }

    @Test("who simply comes is never refused (R150)")
    func walkIn() throws {
        for purpose in AppointmentPurpose.allCases {
            for stage in SubmissionStage.allCases.map(Optional.some) + [nil] {
                for date in ["2022-01-01", "2022-03-01", "2023-06-01"] {
                    let nobody = Candidate(categories: [], birthDate: day("1980-01-01"))
                    #expect(try self.ask(nobody, .counter, purpose, .walkIn, on: date, stage: stage) == .yes)
                }
            }
        }
        #expect(try self.ask(self.pensioner(), .homeVisit, .apply, .walkIn) == .modeNotOffered(offered: [.counter]))
    }

    @Test("whatever the programme and the person, it agrees with admission", arguments: 1...30)
    func agrees(seed: UInt64) throws {
        var generator = AdmissionPropertyTests.Generator(random: SeededGenerator(seed: 5_000 + seed))
        let programme = try Programme.parse(yaml: generator.programme(closed: 50), file: "random.yaml")
        for _ in 0..<300 {
            let candidate = generator.candidate()
            let station = generator.pick(AdmissionPropertyTests.stations)
            let date = generator.pick(AdmissionPropertyTests.days + [AdmissionPropertyTests.end.adding(days: 1)])
            let kind = generator.pick(AppointmentKind.allCases)
            let channel = generator.pick([BookingChannel.online, .hotline])
            let answer = programme.bookingAnswer(
                candidate: candidate, kind: kind, purpose: .apply, channel: channel, station: station, on: date,
                stage: nil)
            let modes = programme.modes(of: candidate, at: station, on: date)
            let words = "seed \(seed): \(candidate) \(kind) \(channel) at \(station) on \(date)"
            switch programme.admission(of: candidate, at: station, on: date) {
            case .open:
                switch answer {
                case .yes: hold(kind.isOffered(by: modes, over: channel), "\(words)")
                case .modeNotOffered(let offered):
                    hold(!offered.contains(kind) && offered.contains(.call), "\(words)")
                    for kind in offered { hold(kind.isOffered(by: modes, over: channel), "\(words)") }
                case .notForHomeVisits:
                    hold(kind == .homeVisit && channel == .online && candidate.circumstances.isEmpty, "\(words)")
                    hold(candidate.birthDate.years(to: date) < 80, "\(words)")
                default: Issue.record("\(words): \(answer)")
                }
            case .notYet(let batch, let opens): hold(answer == .notYet(opens: opens, batch: batch), "\(words)")
            case .notAnnounced: hold(answer == .notAnnounced, "\(words)")
            case .ended(_, let last): hold(answer == .ended(last), "\(words)")
            case .noBatch: hold(answer == .noBatch, "\(words)")
            }
            if answer == .yes, kind != .call { hold(!modes.isEmpty, "\(words)") }
        }
    }

    @Test("every answer says in both languages what to do, and none but yes is without a code")
    func words() {
        let answers: [BookingAnswer] = [
            .yes, .notYet(opens: day("2022-03-15"), batch: 2), .notAnnounced, .ended(day("2022-12-31")), .noBatch,
            .modeNotOffered(offered: [.homeVisit, .call]), .notForHomeVisits, .wrongStage,
        ]
        #expect(Set(answers.map(\.zh)).count == answers.count && Set(answers.map(\.en)).count == answers.count)
        #expect(answers.compactMap(\.code).count == answers.count - 1)
        #expect(
            answers[1].zh.contains("第2批") && answers[1].zh.contains("2022年3月15日")
                && answers[1].en.contains("2022-03-15"))
        #expect(answers[5].zh.contains("入户办理、电话办理"))
    }
}
