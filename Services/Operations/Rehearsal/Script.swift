import CardProgramme
import Contracts

/// What people and offices do in a rehearsal: every decision and every delay, as pure functions of chance.
struct Script: Sendable {
    /// How often each level returns a submission it sees for the first time.
    struct Rates: Sendable {
        var stationReturn = 0.06
        var centreReturn = 0.04
        var bureauReturn = 0.03
        var cityReturn = 0.02
        /// The bank cannot open the account, and another one is chosen (N24).
        var bankReturn = 0.015
        var refusal = 0.004
    }

    let programme: Programme
    let calendar: WorkingDayCalendar
    let chance: Chance
    var rates = Rates()

    /// Registration is open to all from the first day (R68, A1); most register shortly before their batch.
    func registrationDay(_ person: RehearsalPerson) -> CalendarDay {
        let submission = self.submissionDay(person)
        let earlier = self.chance.index(20, person: person.index, "register.early")
        return self.calendar.workingDay(onOrAfter: max(self.programme.window.from, submission.adding(days: -earlier)))
    }

    /// Within the person's batch, weighted to its beginning. A few of the earlier batches come late; the intake stage's
    /// end is the last day.
    func submissionDay(_ person: RehearsalPerson) -> CalendarDay {
        guard let batch = self.programme.batch(person.batch) else { return self.programme.window.from }
        let last = batch.window.through ?? self.programme.window.through ?? batch.window.from
        let span = max(1, batch.window.from.days(to: last))
        let unit = self.chance.unit(person: person.index, "submit.day")
        // The square crowds people into the batch's first weeks, as first days do (R148).
        let day = batch.window.from.adding(days: Int(unit * unit * Double(span)))
        let working = self.calendar.workingDay(onOrAfter: day)
        return working <= last ? working : self.calendar.lastWorkingDay(before: last.adding(days: 1))
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
            case .station: self.rates.stationReturn
            case .centre: self.rates.centreReturn
            case .bureau: self.rates.bureauReturn
            case .city: self.rates.cityReturn
            case .province: 0.0
            case .bank: self.rates.bankReturn
            }
        if level == .city, self.chance.happens(self.rates.refusal, person: person.index, "refuse") {
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
        Population.banks.first { $0 != person.bank } ?? person.bank
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

    /// A picture of about 3 kB that is plainly no picture of a person; the bytes differ from person to person.
    func photo(_ person: RehearsalPerson, bytes: Int = 3_000) -> [UInt8] {
        var photo: [UInt8] = [0xff, 0xd8, 0xff, 0xe0]
        photo.reserveCapacity(bytes)
        var state = UInt64(person.index) &* 0x9e37_79b9_7f4a_7c15 &+ self.chance.seed
        while photo.count < bytes - 2 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            photo.append(UInt8(truncatingIfNeeded: state >> 33))
        }
        photo.append(contentsOf: [0xff, 0xd9])
        return photo
    }
}
