import FoundationEssentials

/// The part of the day in which somebody is called: who does not answer in one may in another.
package enum CallBand: String, Codable, Sendable, CaseIterable {
    case weekdayMorning
    case weekdayAfternoon
    case weekdayEvening
    /// Any hour of a day off, by the State Council's list (调休).
    case restDay

    /// Nil before 08:00 and from 21:00 on, when nobody is called.
    package init?(_ instant: Date, calendar: WorkingDayCalendar) {
        let time = DayTime(instant)
        guard time >= SendingWindow.hard.from, time < SendingWindow.hard.to else { return nil }
        if !calendar.isWorkingDay(CalendarDay(instant)) {
            self = .restDay
        } else if time < .noon {
            self = .weekdayMorning
        } else if time < Self.eveningFrom {
            self = .weekdayAfternoon
        } else {
            self = .weekdayEvening
        }
    }

    private static let eveningFrom = DayTime.startOfDay.adding(minutes: 18 * 60)

    /// When it is over on a day on which it is.
    package func end(on day: CalendarDay) -> Date {
        switch self {
        case .weekdayMorning: DayTime.noon.instant(on: day)
        case .weekdayAfternoon: Self.eveningFrom.instant(on: day)
        case .weekdayEvening, .restDay: DayTime.endOfDay.instant(on: day)
        }
    }

    package var chinese: String {
        switch self {
        case .weekdayMorning: "工作日上午"
        case .weekdayAfternoon: "工作日下午"
        case .weekdayEvening: "工作日晚间"
        case .restDay: "休息日"
        }
    }

    package var english: String {
        switch self {
        case .weekdayMorning: "morning of a working day"
        case .weekdayAfternoon: "afternoon of a working day"
        case .weekdayEvening: "evening of a working day"
        case .restDay: "day off"
        }
    }
}
