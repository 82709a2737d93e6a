import FoundationEssentials

/// When messages may be sent, in Asia/Shanghai: nobody is woken, and nobody is disturbed at noon.
package struct SendingWindow: Sendable, Hashable {
    /// From each first to each second time, which is excluded; in order, apart from each other.
    package let bands: [Band]
    /// Only on working days, a Saturday among them where the calendar says so (调休).
    package let workingDaysOnly: Bool

    package struct Band: Sendable, Hashable {
        package let from: DayTime
        package let to: DayTime

        package init(from: DayTime, to: DayTime) {
            self.from = from
            self.to = to
        }
    }

    /// Nothing at all is sent outside of these.
    package static let hard = Band(
        from: DayTime.startOfDay.adding(minutes: 480), to: DayTime.startOfDay.adding(minutes: 1260))

    /// - Parameter bands: cut to ``hard``; an empty one falls away.
    package init(bands: [Band], workingDaysOnly: Bool = false) {
        self.bands = bands.map { Band(from: max($0.from, Self.hard.from), to: min($0.to, Self.hard.to)) }
            .filter { $0.from < $0.to }.sorted { $0.from < $1.from }
        self.workingDaysOnly = workingDaysOnly
    }

    private static let daily = [
        Band(from: DayTime.startOfDay.adding(minutes: 540), to: DayTime.startOfDay.adding(minutes: 690)),
        Band(from: DayTime.startOfDay.adding(minutes: 870), to: DayTime.startOfDay.adding(minutes: 1050)),
        Band(from: DayTime.startOfDay.adding(minutes: 1110), to: DayTime.startOfDay.adding(minutes: 1200)),
    ]

    /// 09:00–11:30, 14:30–17:30, 18:30–20:00.
    package static let ordinary = SendingWindow(bands: Self.daily)
    /// The same on working days: who is approached on the office's own initiative.
    package static let outreach = SendingWindow(bands: Self.daily, workingDaysOnly: true)
    /// 08:00–21:00, for what somebody must know before they leave home.
    package static let urgent = SendingWindow(bands: [Self.hard])

    package static func of(_ purpose: MessagePurpose) -> SendingWindow {
        purpose.isUrgent ? .urgent : purpose == .outreach ? .outreach : .ordinary
    }

    /// The first instant, not before `instant`, at which may be sent; nil when there is none within a year.
    package func next(from instant: Date, calendar: WorkingDayCalendar) -> Date? {
        var day = CalendarDay(instant)
        for _ in 0..<366 {
            if !self.workingDaysOnly || calendar.isWorkingDay(day) {
                for band in self.bands where band.to.instant(on: day) > instant {
                    return max(instant, band.from.instant(on: day))
                }
            }
            day = day.adding(days: 1)
        }
        return nil
    }

    package func contains(_ instant: Date, calendar: WorkingDayCalendar) -> Bool {
        self.next(from: instant, calendar: calendar) == instant
    }
}
