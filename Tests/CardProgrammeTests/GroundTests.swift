import CardProgramme
import Testing

@Suite("Grounds, reasons and four eyes")
struct GroundTests {
    @Test("each ground leads to one thing: refusal, ruling, or an end (N20, N21, N32)")
    func kinds() {
        #expect(
            Ground.allCases.filter { $0.kind == .refusal } == [.struckOff, .politicalRightsDeprived, .servingSentence])
        #expect(
            Ground.allCases.filter { $0.kind == .ruling } == [
                .criminalPenalty, .expelledFromParty, .dismissedFromOffice, .honourHarmed,
            ])
        #expect(
            Ground.allCases.filter { $0.kind == .withdrawal } == [.deceased, .convicted, .issuedWrongly, .givenUp])
        #expect(Ground.allCases.filter(\.endsPaper) == [.deceased, .givenUp])
        #expect(Set(Ground.allCases.map(\.chinese)).count == Ground.allCases.count)
        #expect(Ground.allCases.allSatisfy { !$0.english.isEmpty })
        #expect(
            Ground.allCases.map(\.rawValue) == [
                "struckOff", "politicalRightsDeprived", "servingSentence", "criminalPenalty", "expelledFromParty",
                "dismissedFromOffice", "honourHarmed", "deceased", "convicted", "issuedWrongly", "givenUp",
            ])
    }

    @Test("a province may refuse outright what others judge, and nothing else (N22)")
    func outright() {
        for ground in Ground.allCases {
            #expect(ground.isRefusal(outright: []) == (ground.kind == .refusal))
            #expect(ground.isRefusal(outright: Ground.allCases) == (ground.kind != .withdrawal))
        }
    }

    @Test("every level has its catalogue, and what the bank found may be handed down to the applicant (A6)")
    func catalogue() {
        for level in Level.allCases {
            #expect(ReturnReason.catalogue(of: level).contains(.other), "\(level)")
        }
        for reason in [ReturnReason.bankCardLimit, .bankAccountUnavailable, .bankDetailsMismatch] {
            #expect(Level.allCases.filter(reason.isGiven) == [.station, .centre, .bureau, .bank])
        }
        #expect(!ReturnReason.photoUnsuitable.isGiven(by: .bank))
        #expect(ReturnReason.photoUnsuitable.isGiven(by: .city))
    }

    @Test("nobody passes what the same person has passed elsewhere")
    func fourEyes() {
        #expect(FourEyes.mayPass("a", passedElsewhere: []))
        #expect(FourEyes.mayPass("a", passedElsewhere: ["b", "A"]))
        #expect(!FourEyes.mayPass("a", passedElsewhere: ["b", "a"]))
        #expect(["a", "b"].adding(["b", "c", "c"]) == ["a", "b", "c"])
        #expect(FourEyes.zh.hasSuffix("。") && FourEyes.en.hasSuffix("."))
    }

    @Test("what began before the first day whose period is still open is overdue")
    func overdue() throws {
        let calendar = WorkingDayCalendar.china
        let today = try #require(CalendarDay("2022-03-16"))
        let first = calendar.firstDay(whosePeriodOf: 5, endsOnOrAfter: today)
        #expect(first == CalendarDay("2022-03-09"))
        for offset in -20...5 {
            let day = today.adding(days: offset)
            #expect((calendar.day(5, workingDaysAfter: day) < today) == (day < first), "\(day)")
        }
    }
}
