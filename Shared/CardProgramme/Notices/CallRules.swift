import FoundationEssentials

/// When somebody is called again, and when calling ends. Nobody is rung up over and over: three times in vain, each in another
/// part of the day, at least four hours apart, at most twice a day. What somebody was promised comes to the minute instead.
package enum CallRules {
    /// Between two attempts, in seconds.
    package static let spacing: TimeInterval = 4 * 3600
    /// Attempts on one day.
    package static let mostADay = 2
    /// Attempts in vain on one set of numbers.
    package static let mostInVain = 3
    /// How long a claim lasts, in seconds of programme time.
    package static let lease: TimeInterval = 15 * 60
    /// How many calls one clerk may hold at once.
    package static let mostHeld = 3
    /// So many seconds after its time a promised call counts as missed.
    package static let promiseGrace: TimeInterval = 15 * 60
    /// How far ahead a call may be promised, in days; as long does one opened by hand make sense.
    package static let furthestPromise = 30

    /// What follows an attempt.
    package enum Step: Sendable, Hashable {
        case done
        case again(at: Date)
        /// Everything was tried, or there is no time for another attempt.
        case unreached
    }

    /// What has been tried, as far as the next step depends on it.
    package struct Tried: Sendable {
        /// When the person's phones rang, this attempt included.
        package let rang: [Date]
        /// Attempts in vain on the present set of numbers, this one included.
        package let inVain: Int
        /// Numbers that can still be called.
        package let numbersLeft: Int

        package init(rang: [Date], inVain: Int, numbersLeft: Int) {
            self.rang = rang
            self.inVain = inVain
            self.numbersLeft = numbersLeft
        }
    }

    /// - Parameters:
    ///   - promised: The time agreed, for ``CallOutcome/callBack``; see ``mistake(inPromise:now:notAfter:)``.
    ///   - notAfter: From here on calling is pointless.
    package static func step(
        after outcome: CallOutcome, promised: Date?, _ tried: Tried, now: Date, notAfter: Date,
        calendar: WorkingDayCalendar
    ) -> Step {
        if outcome.endsTask { return .done }
        if outcome == .callBack, let promised { return .again(at: promised) }
        guard tried.numbersLeft > 0 else { return .unreached }
        // Another number disturbs nobody twice.
        if outcome.retirement != nil { return now < notAfter ? .again(at: now) : .unreached }
        guard tried.inVain < Self.mostInVain, let next = Self.next(after: tried.rang, calendar: calendar),
            next < notAfter
        else { return .unreached }
        return .again(at: next)
    }

    /// The first instant at which somebody may be called after these attempts; nil without any, or when there is none in a year.
    package static func next(after rang: [Date], calendar: WorkingDayCalendar) -> Date? {
        guard let last = rang.max() else { return nil }
        let band = CallBand(last, calendar: calendar)
        var instant = last.addingTimeInterval(Self.spacing)
        for _ in 0..<1_200 {
            guard let open = SendingWindow.ordinary.next(from: instant, calendar: calendar) else { return nil }
            let day = CalendarDay(open)
            if rang.count(where: { CalendarDay($0) == day }) >= Self.mostADay {
                instant = DayTime.endOfDay.instant(on: day)
            } else if let same = band, CallBand(open, calendar: calendar) == same {
                instant = same.end(on: day)
            } else {
                return open
            }
        }
        return nil
    }

    /// What is wrong with a time somebody wants to promise.
    package enum PromiseMistake: Sendable, Hashable {
        case past
        /// More than ``CallRules/furthestPromise`` days ahead.
        case tooFar
        /// Before 08:00 or from 21:00 on.
        case hours
        /// What it is about is over by then.
        case tooLate
    }

    package static func mistake(inPromise at: Date, now: Date, notAfter: Date?) -> PromiseMistake? {
        if at <= now { return .past }
        if at.timeIntervalSince(now) > Double(Self.furthestPromise) * 86_400 { return .tooFar }
        let time = DayTime(at)
        if time < SendingWindow.hard.from || time >= SendingWindow.hard.to { return .hours }
        if let notAfter, at >= notAfter { return .tooLate }
        return nil
    }
}

/// A number, as far as choosing which to call depends on it.
package struct CallNumber: Sendable, Hashable {
    /// Where it stands in the contact.
    package let place: Int
    /// The person's own, not a relative's.
    package let isOwn: Bool
    package let isMobile: Bool
    /// Not retired.
    package let isCallable: Bool
    /// What came of calling it for the same reason.
    package let outcomes: [CallOutcome]

    package init(place: Int, isOwn: Bool, isMobile: Bool, isCallable: Bool, outcomes: [CallOutcome]) {
        self.place = place
        self.isOwn = isOwn
        self.isMobile = isMobile
        self.isCallable = isCallable
        self.outcomes = outcomes
    }

    /// Which to call next: one on which they can understand each other, then the least tried, then the person's own, then a
    /// mobile, then as written on the form. Nil when none is left.
    package static func best(of numbers: [CallNumber]) -> CallNumber? {
        numbers.filter(\.isCallable).min { one, other in one.order.lexicographicallyPrecedes(other.order) }
    }

    private var order: [Int] {
        [
            self.outcomes.contains(.hearingOrLanguage) ? 1 : 0, self.outcomes.count(where: \.isInVain),
            self.isOwn ? 0 : 1, self.isMobile ? 0 : 1, self.place,
        ]
    }
}
