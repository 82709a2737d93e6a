import CardProgramme
import Contracts
import Portrait

/// What people and offices do in a rehearsal: every decision and every delay, as pure functions of chance.
struct Script: Sendable {
    let programme: Programme
    let calendar: WorkingDayCalendar
    let chance: Chance
    var rates = RehearsalRates()
    /// At every station; nil for two to four by chance.
    var desks: Int?

    func happens(_ exception: RehearsalException, _ person: RehearsalPerson) -> Bool {
        self.chance.happens(self.rates[exception], person: person.index, "exception.\(exception.rawValue)")
    }

    /// A parcel is known by its first card.
    func isTorn(_ cards: [Int]) -> Bool {
        self.chance.happens(self.rates[.tornParcel], person: cards.first ?? 0, "exception.tornParcel")
    }

    /// Registration is open to all from the first day (R68, A1); most register shortly before their batch. On the first day
    /// of all some register and hand in at once. Who lives elsewhere is put on the roster in the first week by the station,
    /// which has to find them (R105).
    func registrationDay(_ person: RehearsalPerson) -> CalendarDay {
        let submission = self.submissionDay(person)
        if person.livesElsewhere {
            let day = self.chance.index(5, person: person.index, "register.listed")
            let first = self.calendar.workingDay(onOrAfter: self.programme.window.from)
            return min(submission, self.calendar.day(day, workingDaysAfter: first))
        }
        let earlier = self.chance.index(20, person: person.index, "register.early")
        return self.calendar.workingDay(onOrAfter: max(self.programme.window.from, submission.adding(days: -earlier)))
    }

    /// Within the person's batch or phase, weighted to its beginning. A few of the earlier batches come late; the intake
    /// stage's end is the last day.
    func submissionDay(_ person: RehearsalPerson) -> CalendarDay {
        let programme = self.programme
        guard
            let first = programme.nextOpening(
                of: person.candidate, at: person.station, notBefore: programme.window.from)
        else { return programme.window.from }
        let own = programme.offers(at: person.station, on: first).first { $0.number == person.batch }
        let last = own?.window?.through ?? self.lastDayToFinish ?? first
        let span = max(1, first.days(to: last))
        let unit = self.chance.unit(person: person.index, "submit.day")
        // The square crowds people into the batch's first weeks, as first days do (R148).
        let day = first.adding(days: Int(unit * unit * Double(span)))
        let working = self.calendar.workingDay(onOrAfter: day)
        return working <= last ? working : max(first, self.calendar.lastWorkingDay(before: last.adding(days: 1)))
    }

    /// In a phase without an end: the last day on which somebody can come and everything can still be done before the
    /// programme's end with every limit and target used up (R54, R120). Nil when the programme has no end.
    private var lastDayToFinish: CalendarDay? {
        guard let end = self.programme.lastIntakeDay else { return nil }
        let deadlines = self.programme.deadlines
        var rest = [
            deadlines.stationCheck, deadlines.verification, deadlines.initialReview, deadlines.auditAndFiling,
            deadlines.handOver, deadlines.delivery,
        ].reduce(0) { $0 + $1.workingDays }
        var day = end
        while rest > 0, day > self.programme.window.from {
            day = self.calendar.lastWorkingDay(before: day)
            rest -= 1
        }
        return day
    }

    /// Working days until an office acts; a few bureaus and stations are late, so that deadlines can be missed.
    func delay(_ step: SubmissionStep, _ person: RehearsalPerson, attempt: Int) -> Int {
        let unit = self.chance.unit(person: person.index, "delay.\(step.rawValue)", attempt: attempt)
        return switch step {
        case .checkPassed: 0
        case .verificationPassed: Int(unit * 4)
        case .initialReviewPassed: unit < 0.97 ? 1 + Int(unit * 6) : 8
        case .auditPassed: 3 + Int(unit * 8)
        case .filed: 2 + Int(unit * 6)
        case .bankCheckPassed: 1 + Int(unit * 4)
        case .corrected: 1 + Int(unit * 5)
        case .delivered: unit < 0.96 ? 1 + Int(unit * 9) : 11 + Int((unit - 0.96) * 50.0)
        default: 0
        }
    }

    /// Returns happen at the first look only, so every rehearsal ends.
    func decision(_ level: Level, _ person: RehearsalPerson, round: Int, look: Int) -> Decision {
        let rate =
            switch level {
            case .station: self.rates[.stationReturn]
            case .centre: self.rates[.centreReturn]
            case .bureau: self.rates[.bureauReturn]
            case .city: self.rates[.cityReturn]
            case .province: 0.0
            case .bank: self.rates[.bankReturn]
            }
        if level == .bureau, look == 1, self.happens(.groundRefusal, person) {
            return Decision(outcome: .refuse, round: round, ground: .struckOff)
        }
        if level == .city, self.chance.happens(self.rates[.refusal], person: person.index, "refuse") {
            return Decision(outcome: .refuse, round: round, ground: .servingSentence)
        }
        if look == 1, self.chance.happens(rate, person: person.index, "return.\(level.rawValue)") {
            return Decision(outcome: .return, reason: Self.reason(level), round: round)
        }
        return Decision(outcome: .pass, round: round)
    }

    /// The centre passes half of what the bureau returned with better papers, and sends the other half down (A6).
    func centreReturnsFurther(_ person: RehearsalPerson) -> Bool {
        self.chance.happens(0.5, person: person.index, "centre.further")
    }

    /// What the bank returned is for nobody but the applicant to mend, so every hop hands it down (A6).
    func handsDown(_ level: Level, round: Int) -> Decision {
        Decision(outcome: .return, reason: Self.reason(.bank), round: round)
    }

    /// The bank somebody chooses when the first one's check has failed (R79, N24).
    func otherBank(_ person: RehearsalPerson) -> String {
        let offered = self.programme.banks(at: person.station)
        return (offered.isEmpty ? Population.banks : offered).first { $0 != person.bank } ?? person.bank
    }

    private static func reason(_ level: Level) -> ReturnReason {
        switch level {
        case .station: .materialsIncomplete
        case .centre: .materialsUnclear
        case .bureau: .formsUnsigned
        case .bank: .bankCardLimit
        default: .fileIncomplete
        }
    }

    /// A picture for the report of a torn parcel; what it shows is of no account here.
    func damagePhoto(_ cards: [Int]) -> [UInt8] {
        SyntheticPortrait.picture(of: Int(truncatingIfNeeded: self.chance.seed) &- 1 &- (cards.first ?? 0))
    }

    /// A drawing that satisfies the photo rule and is plainly nobody; the bytes differ from person to person.
    func photo(_ person: RehearsalPerson) -> [UInt8] {
        SyntheticPortrait.picture(of: Int(truncatingIfNeeded: self.chance.seed &+ UInt64(person.index)))
    }
}
