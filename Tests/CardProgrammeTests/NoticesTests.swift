import CardProgramme
import FoundationEssentials
import Testing

/// What is said to people and when.
struct NoticesTests {
    private static func at(_ day: String, _ hour: Int, _ minute: Int = 0) throws -> Date {
        try #require(DayTime(hour: hour, minute: minute)).instant(on: try #require(CalendarDay(day)))
    }

    // MARK: - Hours

    @Test(arguments: [
        // Wednesday: before, within and between the bands, and after the last.
        ("2022-03-09", 7, 0, "2022-03-09", 9, 0), ("2022-03-09", 9, 0, "2022-03-09", 9, 0),
        ("2022-03-09", 11, 29, "2022-03-09", 11, 29), ("2022-03-09", 11, 30, "2022-03-09", 14, 30),
        ("2022-03-09", 17, 30, "2022-03-09", 18, 30), ("2022-03-09", 20, 0, "2022-03-10", 9, 0),
        // Sunday.
        ("2022-03-13", 10, 0, "2022-03-13", 10, 0),
    ])
    func nobodyIsDisturbedAtNoonOrNight(
        day: String, hour: Int, minute: Int, then: String, thenHour: Int, thenMinute: Int
    ) throws {
        let from = try Self.at(day, hour, minute)
        let next = try #require(SendingWindow.ordinary.next(from: from, calendar: .china))
        #expect(next == (try Self.at(then, thenHour, thenMinute)))
        #expect(SendingWindow.ordinary.contains(next, calendar: .china))
        #expect(SendingWindow.ordinary.contains(from, calendar: .china) == (from == next))
    }

    /// 2 April 2022 is a Saturday on which people work, 3 to 5 April are holidays.
    @Test func whoIsApproachedIsApproachedOnWorkingDays() throws {
        let outreach = SendingWindow.of(.outreach)
        #expect(outreach.next(from: try Self.at("2022-04-02", 10), calendar: .china) == (try Self.at("2022-04-02", 10)))
        #expect(outreach.next(from: try Self.at("2022-04-02", 21), calendar: .china) == (try Self.at("2022-04-06", 9)))
        #expect(outreach.next(from: try Self.at("2022-03-12", 10), calendar: .china) == (try Self.at("2022-03-14", 9)))
    }

    @Test func nothingIsSentOutsideOfTheHardHours() throws {
        let wide = SendingWindow(bands: [.init(from: .startOfDay, to: .endOfDay)])
        #expect(wide == .urgent)
        #expect(wide.next(from: try Self.at("2022-03-09", 7), calendar: .china) == (try Self.at("2022-03-09", 8)))
        #expect(wide.next(from: try Self.at("2022-03-09", 21), calendar: .china) == (try Self.at("2022-03-10", 8)))
        #expect(SendingWindow(bands: []).next(from: try Self.at("2022-03-09", 9), calendar: .china) == nil)
    }

    // MARK: - The ladder

    @Test(arguments: MessageState.allCases, MessageState.allCases)
    func aStateOnlyClimbs(_ from: MessageState, _ to: MessageState) {
        let reached = from.climbed(to: to)
        #expect(reached.rank >= from.rank)
        #expect(reached == (to.rank > from.rank ? to : from))
        if from.isFinal { #expect(reached == from) }
    }

    /// However receipts are ordered and repeated, the outcome is that of the highest.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func theOrderOfReceiptsDoesNotMatter(_ seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let news = (0..<6).map { _ in
            [MessageState.accepted, .buffered, .unknown, .noReceipt, .delivered].randomElement(using: &chance)
                ?? .accepted
        }
        func outcome(_ list: [MessageState]) -> MessageState { list.reduce(.submitting) { $0.climbed(to: $1) } }
        #expect(outcome(news) == outcome(news.shuffled(using: &chance)))
        #expect(outcome(news + news) == outcome(news))
    }

    // MARK: - Appointments

    private static func steps(
        _ state: AppointmentState, _ step: AppointmentStep, _ startsAt: Date?, before: Date? = nil, now: Date
    ) -> [String] {
        AppointmentNotices.plan(state, after: step, startsAt: startsAt, before: before, now: now, calendar: .china)
            .map { "\($0.purpose.rawValue) \($0.step) \(InstantText.format($0.notBefore))" }
    }

    @Test func anAppointmentIsConfirmedAndRemindedTwice() throws {
        let now = try Self.at("2022-03-09", 10)
        #expect(
            Self.steps(.confirmed, .confirm, try Self.at("2022-03-16", 9), now: now) == [
                "appointmentConfirmed  2022-03-09T02:00:00.000Z", "appointmentReminder 3 2022-03-13T02:00:00.000Z",
                "appointmentReminder 1 2022-03-15T02:00:00.000Z", "appointmentReminder call 2022-03-15T07:00:00.000Z",
            ])
        // Booked for tomorrow: no reminder of what was said a moment ago, but the call.
        #expect(
            Self.steps(.confirmed, .move, try Self.at("2022-03-10", 9), now: now) == [
                "appointmentMoved  2022-03-09T02:00:00.000Z", "appointmentReminder call 2022-03-09T07:00:00.000Z",
            ])
        // The call is made on the last working day: for Wednesday after three holidays on the Saturday that is one.
        #expect(
            Self.steps(.confirmed, .confirm, try Self.at("2022-04-06", 9), now: now).last
                == "appointmentReminder call 2022-04-02T07:00:00.000Z")
    }

    @Test func onlyWhatIsToComeIsSpokenOf() throws {
        let (now, start) = (try Self.at("2022-03-09", 10), try Self.at("2022-03-16", 9))
        #expect(Self.steps(.orphaned, .orphan, nil, before: start, now: now).count == 1)
        #expect(Self.steps(.orphaned, .reoffer, nil, before: start, now: now).isEmpty)
        #expect(Self.steps(.cancelledByStation, .cancelByStation, nil, before: start, now: now).count == 1)
        #expect(Self.steps(.cancelledByStation, .cancelByStation, nil, before: now, now: now).isEmpty)
        #expect(Self.steps(.confirmed, .confirm, now, now: now).isEmpty)
        for state in [
            AppointmentState.held, .cancelledByPerson, .done, .missed, .lapsed, .checkedIn, .called, .serving,
        ] {
            #expect(Self.steps(state, .finish, start, before: start, now: now).isEmpty)
        }
    }

    // MARK: - Words

    @Test(arguments: MessagePurpose.allCases)
    func aTemplateSaysWhatItMust(_ purpose: MessagePurpose) throws {
        let (required, allowed) = purpose.variables
        #expect(required.isSubset(of: allowed))
        let body = required.sorted { $0.rawValue < $1.rawValue }.map { "{\($0.rawValue)}" }.joined(separator: "，")
        let template = try MessageTemplate(purpose: purpose, body: body)
        #expect(template.variables == required)
        for variable in required {
            #expect(throws: MessageTemplate.Mistakes.self) {
                try MessageTemplate(purpose: purpose, body: body.replacing("{\(variable.rawValue)}", with: ""))
            }
        }
        for variable in Set(MessageVariable.allCases).subtracting(allowed) {
            #expect(throws: MessageTemplate.Mistakes.self) {
                try MessageTemplate(purpose: purpose, body: body + "{\(variable.rawValue)}")
            }
        }
    }

    @Test(arguments: [
        "证号341602195003070010", "手机 199 0000 0000", "卡号６２２２００００００００００００", "http://x", "看 WWW.x", "x.cn", "换\n行", "【假】",
        "a}b", "{", "{nobody}",
    ])
    func nothingThatDefraudsOrBreaks(_ text: String) {
        #expect(throws: MessageTemplate.Mistakes.self) {
            try MessageTemplate(purpose: .cardOrdered, body: "{name}" + text)
        }
    }

    @Test func callsAndLettersHaveRulesOfTheirOwn() throws {
        let letter = try MessageTemplate(
            purpose: .outreach, channel: .letter,
            body: "{name}同志：\n请来电{telephone}。\n" + String(repeating: "请", count: 800))
        #expect(letter.paragraphs([.name: "测试", .telephone: "1"]).prefix(2) == ["测试同志：", "请来电1。"])
        #expect(try MessageTemplate(purpose: .cardArrived, channel: .call, body: "没有变量也可以").variables.isEmpty)
        for (purpose, channel, body) in [
            (MessagePurpose.cardArrived, TemplateChannel.letter, "信"), (.outreach, .letter, ""),
            (.outreach, .letter, String(repeating: "请", count: 901)), (.outreach, .letter, "一\t二"),
            (.outreach, .call, "一\n二"), (.outreach, .call, String(repeating: "请", count: 301)),
            (.appointmentReminder, .call, "{time}"), (.outreach, .message, "{name}\n{telephone}"),
        ] {
            #expect(throws: MessageTemplate.Mistakes.self) {
                try MessageTemplate(purpose: purpose, channel: channel, body: body)
            }
        }
    }

    @Test func valuesStandWhereTheirVariablesAre() throws {
        let template = try MessageTemplate(purpose: .cardOrdered, body: "{name}同志，{station}见，{name}。")
        #expect(template.text(signature: "【测】", [.name: "测试𠮷", .station: "甲站"]) == "【测】测试𠮷同志，甲站见，测试𠮷。")
        // A value is no template.
        #expect(template.text(signature: "", [.name: "{station}", .station: "甲"]) == "{station}同志，甲见，{station}。")
    }
}
