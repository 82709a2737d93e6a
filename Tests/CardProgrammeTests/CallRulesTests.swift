import CardProgramme
import FoundationEssentials
import Testing

/// When somebody is called again, and when calling ends.
struct CallRulesTests {
    private let calendar = WorkingDayCalendar.china

    private func at(_ date: String, _ hour: Int, _ minute: Int = 0) -> Date {
        day(date).startOfDay.addingTimeInterval(Double(hour * 3600 + minute * 60))
    }

    @Test func everyOutcomeDoesExactlyOneThing() {
        for outcome in CallOutcome.allCases {
            let does = [
                outcome.endsTask, outcome.isInVain, outcome.retirement != nil, outcome == .callBack,
            ]
            #expect(does.count(where: { $0 }) == 1, "\(outcome)")
            #expect(outcome.knowing == nil || outcome.endsTask, "\(outcome)")
            #expect(!outcome.chinese.isEmpty && !outcome.english.isEmpty)
        }
        #expect(Set(CallOutcome.allCases.map(\.chinese)).count == CallOutcome.allCases.count)
        #expect(
            CallOutcome.allCases.filter { $0.retirement != nil }.map(\.retirement) == [
                .invalid, .suspended, .wrongPerson,
            ])
        #expect(
            CallOutcome.allCases.filter(\.isInVain) == [.noAnswer, .busy, .switchedOff, .hungUp, .hearingOrLanguage])
        #expect(CallOutcome.allCases.filter { $0.knowing == .family } == [.reachedFamily])
        #expect(CallOutcome.allCases.filter { $0.endsTask && $0.knowing == nil } == [.moved, .deceased])
        // Who has somebody else's number is no reason to think it dead for others.
        #expect(CallOutcome.Retirement.invalid.isForEverybody && !CallOutcome.Retirement.wrongPerson.isForEverybody)
    }

    @Test(
        arguments: [
            ("2022-03-09", 7, 59, nil), ("2022-03-09", 8, 0, .weekdayMorning), ("2022-03-09", 11, 59, .weekdayMorning),
            ("2022-03-09", 12, 0, .weekdayAfternoon), ("2022-03-09", 17, 59, .weekdayAfternoon),
            ("2022-03-09", 18, 0, .weekdayEvening), ("2022-03-09", 20, 59, .weekdayEvening), ("2022-03-09", 21, 0, nil),
            // A Saturday; a Saturday that is worked (调休); a holiday on a Monday.
            ("2022-03-12", 10, 0, .restDay), ("2022-04-02", 10, 0, .weekdayMorning), ("2022-04-04", 19, 0, .restDay),
        ] as [(String, Int, Int, CallBand?)])
    func theDayHasItsBands(date: String, hour: Int, minute: Int, band: CallBand?) {
        #expect(CallBand(self.at(date, hour, minute), calendar: self.calendar) == band)
    }

    @Test(
        arguments: [
            // Morning, then the afternoon of the same day, four hours later at least.
            ([("2022-03-09", 10, 0)], "2022-03-09", 14, 30), ([("2022-03-09", 11, 0)], "2022-03-09", 15, 0),
            // Early afternoon, then the evening; late afternoon leaves no time that day.
            ([("2022-03-09", 15, 0)], "2022-03-09", 19, 0), ([("2022-03-09", 16, 30)], "2022-03-10", 9, 0),
            // Evening, then the next morning.
            ([("2022-03-09", 19, 0)], "2022-03-10", 9, 0),
            // Twice on a day is enough.
            ([("2022-03-09", 9, 0), ("2022-03-09", 14, 30)], "2022-03-10", 9, 0),
            // From Friday evening to the day off, and not from one day off to the next.
            ([("2022-03-11", 19, 0)], "2022-03-12", 9, 0), ([("2022-03-12", 9, 0)], "2022-03-14", 9, 0),
            // Over a long holiday to the Saturday that is worked: 2022-10-01 to 07, worked on the 8th.
            ([("2022-10-01", 10, 0)], "2022-10-08", 9, 0),
        ] as [([(String, Int, Int)], String, Int, Int)])
    func theNextAttemptIsInAnotherPartOfTheDay(
        rang: [(String, Int, Int)], date: String, hour: Int, minute: Int
    ) {
        let instants = rang.map { self.at($0.0, $0.1, $0.2) }
        #expect(CallRules.next(after: instants, calendar: self.calendar) == self.at(date, hour, minute))
    }

    @Test func attemptsKeepTheirDistanceWhateverHappened() {
        var random = SeededGenerator(seed: 20_220_309)
        for _ in 0..<2_000 {
            let first = self.at("2022-01-04", 8).addingTimeInterval(
                Double(Int.random(in: 0..<360, using: &random)) * 86_400
                    + Double(Int.random(in: 0..<46_800, using: &random)))
            var rang = [first]
            for _ in 0..<4 {
                guard let next = CallRules.next(after: rang, calendar: self.calendar), let last = rang.max() else {
                    Issue.record("no time after \(rang)")
                    return
                }
                hold(next.timeIntervalSince(last) >= CallRules.spacing, "\(last) \(next)")
                hold(
                    CallBand(next, calendar: self.calendar) != CallBand(last, calendar: self.calendar),
                    "\(last) \(next)")
                hold(SendingWindow.ordinary.contains(next, calendar: self.calendar), "\(next)")
                // Somebody gets round to it when they do.
                rang.append(next.addingTimeInterval(Double(Int.random(in: 0..<1_800, using: &random))))
                let days = Dictionary(grouping: rang) { CalendarDay($0) }
                hold(days.values.allSatisfy { $0.count <= CallRules.mostADay }, "\(rang)")
            }
        }
        #expect(CallRules.next(after: [], calendar: self.calendar) == nil)
    }

    private func step(
        _ outcome: CallOutcome, promised: Date? = nil, inVain: Int = 1, left: Int = 1, notAfter: Date? = nil
    ) -> CallRules.Step {
        let now = self.at("2022-03-09", 10)
        return CallRules.step(
            after: outcome, promised: promised, CallRules.Tried(rang: [now], inVain: inVain, numbersLeft: left),
            now: now,
            notAfter: notAfter ?? self.at("2022-04-09", 10), calendar: self.calendar)
    }

    @Test func whatFollowsAnAttempt() {
        let afternoon = self.at("2022-03-09", 14, 30)
        for outcome in CallOutcome.allCases where outcome.endsTask { #expect(self.step(outcome, left: 0) == .done) }
        for outcome in CallOutcome.allCases where outcome.isInVain {
            #expect(self.step(outcome) == .again(at: afternoon), "\(outcome)")
            #expect(self.step(outcome, inVain: 2) == .again(at: afternoon))
            #expect(self.step(outcome, inVain: 3) == .unreached)
            #expect(self.step(outcome, left: 0) == .unreached)
            // What it is about is over before anybody could call again.
            #expect(self.step(outcome, notAfter: afternoon) == .unreached)
            #expect(self.step(outcome, notAfter: afternoon.addingTimeInterval(1)) == .again(at: afternoon))
        }
        for outcome in CallOutcome.allCases where outcome.retirement != nil {
            // The next number at once, also after three in vain.
            #expect(self.step(outcome, inVain: 3) == .again(at: self.at("2022-03-09", 10)), "\(outcome)")
            #expect(self.step(outcome, left: 0) == .unreached)
        }
        let promised = self.at("2022-03-09", 10, 7)
        #expect(self.step(.callBack, promised: promised, inVain: 9, left: 0) == .again(at: promised))
    }

    @Test func aPromiseMustBePossible() {
        let now = self.at("2022-03-09", 10)
        func mistake(_ at: Date, until: Date? = nil) -> CallRules.PromiseMistake? {
            CallRules.mistake(inPromise: at, now: now, notAfter: until)
        }
        #expect(mistake(now) == .past)
        #expect(mistake(now.addingTimeInterval(60)) == nil)
        #expect(mistake(self.at("2022-03-09", 20, 59)) == nil && mistake(self.at("2022-03-09", 21)) == .hours)
        #expect(mistake(self.at("2022-03-10", 7, 59)) == .hours && mistake(self.at("2022-03-10", 8)) == nil)
        #expect(mistake(self.at("2022-04-08", 10)) == nil && mistake(self.at("2022-04-08", 10, 1)) == .tooFar)
        let end = self.at("2022-03-10", 9)
        #expect(mistake(end, until: end) == .tooLate && mistake(end.addingTimeInterval(-60), until: end) == nil)
    }

    @Test func theBestNumberIsTheLeastTriedAndTheirOwnFirst() {
        func number(
            _ place: Int, own: Bool = true, mobile: Bool = true, callable: Bool = true, _ outcomes: [CallOutcome] = []
        ) -> CallNumber {
            CallNumber(place: place, isOwn: own, isMobile: mobile, isCallable: callable, outcomes: outcomes)
        }
        func best(_ numbers: CallNumber...) -> Int? { CallNumber.best(of: numbers)?.place }
        #expect(best() == nil && best(number(0, callable: false)) == nil)
        #expect(best(number(0), number(1)) == 0)
        #expect(best(number(0, mobile: false), number(1)) == 1)
        #expect(best(number(0, own: false), number(1, mobile: false)) == 1)
        #expect(best(number(0, [.noAnswer]), number(1, own: false)) == 1)
        #expect(best(number(0, [.noAnswer]), number(1, own: false, [.busy])) == 0)
        #expect(best(number(0, callable: false), number(1, own: false, [.busy, .noAnswer])) == 1)
        #expect(best(number(0, [.hearingOrLanguage]), number(1, own: false, [.noAnswer, .noAnswer])) == 1)
        // A promise tells nothing against a number.
        #expect(best(number(0, [.callBack]), number(1, own: false)) == 0)
    }

    @Test func aScriptIdentifiesFirstAndNeverGivesTheYearAway() {
        for reason in CallReason.allCases {
            for purpose in MessagePurpose.allCases {
                let lines = CallScript.lines(reason, purpose: purpose, name: "测试甲", bornYear: 1951)
                #expect(lines.count >= 3, "\(reason) \(purpose)")
                #expect(lines.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty && !$0.zh.contains("1951") })
                #expect(lines[0].zh.contains("测试甲") && lines.last?.zh.contains("验证码") == true)
                #expect(reason == .death || lines[1].zh.contains("出生年份"))
            }
        }
    }
}
