import CardProgramme
import Contracts
import FoundationEssentials

/// What comes of calls, letters and inquiries in a rehearsal. The documents give no rates; these are plausible ones.
extension Script {
    /// What whoever calls hears.
    struct Answer: Sendable {
        let outcome: CallOutcome
        var at: Date?
        var note: String?
    }

    func happens(_ habit: PhoneHabit, _ person: RehearsalPerson, _ step: String = "", attempt: Int = 0) -> Bool {
        self.chance.happens(
            self.rates[habit], person: person.index, "habit.\(habit.rawValue)\(step)", attempt: attempt)
    }

    func answer(_ person: RehearsalPerson, to call: CallAPI.Call, now: Date) -> Answer {
        let step = ".\(call.reason.rawValue).\(call.purpose.rawValue)"
        let attempt = call.attempts.count
        func happens(_ habit: PhoneHabit) -> Bool { self.happens(habit, person, step, attempt: attempt) }
        guard let number = call.numbers.first(where: \.isNext) else {
            // Who has no number is looked for on foot; not everybody is at home.
            return self.happens(.unanswered, person, step)
                ? Answer(outcome: .noAnswer, note: "没有电话，上门未遇") : Answer(outcome: .reached, note: "没有电话，村干部上门告知")
        }
        if self.happens(.neverAnswers, person) || happens(.unanswered) {
            let vain = [CallOutcome.noAnswer, .noAnswer, .busy, .switchedOff]
            return Answer(
                outcome: vain[self.chance.index(4, person: person.index, "vain\(step)", attempt: attempt)])
        }
        if happens(.deadNumber) { return Answer(outcome: .emptyNumber) }
        if happens(.wrongNumber) { return Answer(outcome: .wrongPerson) }
        let again = self.calendar.day(1, workingDaysAfter: CalendarDay(now))
        let promised = Hour.promised.instant(on: again)
        if happens(.callsBack), promised < call.notAfter { return Answer(outcome: .callBack, at: promised) }
        if !number.isOwn { return Answer(outcome: .reachedFamily) }
        guard call.reason == .outreach || call.reason == .wantsChange else { return Answer(outcome: .reached) }
        if call.reason == .outreach, happens(.declines) { return Answer(outcome: .declined) }
        let willBook = self.chance.happens(0.4, person: person.index, "willBook\(step)", attempt: attempt)
        return Answer(outcome: willBook ? .willBook : .reached)
    }

    // MARK: - A campaign

    /// The whole ladder in little more than two weeks, so that it ends within the programme.
    static let ladder = OutreachLadder(steps: [
        .init(.message, waitDays: 1, band: .morning), .init(.message, waitDays: 1, band: .afternoon),
        .init(.call, waitDays: 3), .init(.relatives, waitDays: 2), .init(.letter, waitDays: 3),
        .init(.inquiry, waitDays: 2),
    ])

    /// When everybody who lives elsewhere is on the roster.
    var outreachDay: CalendarDay { self.calendar.day(8, workingDaysAfter: self.programme.window.from) }

    /// Those who never answer a call do not fetch letters either, and few know where they are: someone is left at the end.
    func letterResult(_ person: RehearsalPerson) -> CampaignAPI.LetterResult {
        let unit = self.chance.unit(person: person.index, "letter")
        if self.happens(.neverAnswers, person) { return unit < 0.5 ? .returnedUnclaimed : .returnedUnknown }
        return unit < 0.4
            ? .signedByPerson
            : unit < 0.6
                ? .signedByFamily : unit < 0.7 ? .signedByOther : unit < 0.8 ? .returnedMoved : .returnedUnknown
    }

    func found(_ person: RehearsalPerson) -> OutreachOutcome? {
        let unit = self.chance.unit(person: person.index, "inquiry")
        return unit < 0.3 ? .appliedElsewhere : unit < 0.5 ? .informed : unit < 0.6 ? .familyInformed : nil
    }
}
