import FoundationEssentials

/// What is said about an appointment, and when (R107, R115): that it is made, three days and one day before, and whatever changes.
///
/// Two reminders keep more people from missing it than one (4.4 % against 5.3 and 5.8 %, Steiner 2018); a call by a person
/// helps the old most, so who is not known to come is called the afternoon before.
package enum AppointmentNotices {
    /// One thing to say.
    package struct Planned: Sendable, Hashable {
        package enum Means: String, Sendable { case message, call }

        package let means: Means
        package let purpose: MessagePurpose
        /// Tells two of the same purpose apart: `3`, `1`, `call`, or empty.
        package let step: String
        package let notBefore: Date
        /// From here on it is pointless.
        package let notAfter: Date

        package init(
            means: Means, purpose: MessagePurpose, step: String, notBefore: Date, notAfter: Date
        ) {
            self.means = means
            self.purpose = purpose
            self.step = step
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// Days before an appointment on which is reminded.
    package static let daysBefore = [3, 1]
    /// When on these days.
    package static let reminderTime = DayTime.startOfDay.adding(minutes: 600)
    /// When staff call who is not known to come.
    package static let callTime = DayTime.startOfDay.adding(minutes: 900)
    /// Who is at least so old is called.
    package static let calledFromAge = 70

    /// - Parameters:
    ///   - before: When it began until now; nil for a new one.
    ///   - calendar: The call is made on the last working day before.
    /// - Returns: what to say from now on; whatever was planned before is void.
    package static func plan(
        _ state: AppointmentState, after step: AppointmentStep, startsAt: Date?, before: Date?, now: Date,
        calendar: WorkingDayCalendar
    ) -> [Planned] {
        switch state {
        case .confirmed:
            guard let startsAt, startsAt > now else { return [] }
            return Self.news(step, startsAt, now) + Self.reminders(startsAt, now, calendar)
        case .orphaned where step == .orphan, .cancelledByStation:
            // There may be nobody at the door who tells them.
            guard let known = startsAt ?? before, known > now else { return [] }
            return [
                Planned(means: .message, purpose: .appointmentClosed, step: "", notBefore: now, notAfter: known)
            ]
        case .held, .orphaned, .checkedIn, .called, .serving, .done, .cancelledByPerson, .missed, .lapsed:
            return []
        }
    }

    private static func news(_ step: AppointmentStep, _ startsAt: Date, _ now: Date) -> [Planned] {
        let purpose: MessagePurpose
        switch step {
        case .confirm: purpose = .appointmentConfirmed
        case .move: purpose = .appointmentMoved
        default: return []
        }
        return [Planned(means: .message, purpose: purpose, step: "", notBefore: now, notAfter: startsAt)]
    }

    private static func reminders(_ startsAt: Date, _ now: Date, _ calendar: WorkingDayCalendar) -> [Planned] {
        let day = CalendarDay(startsAt)
        var list: [Planned] = []
        for count in Self.daysBefore {
            let at = Self.reminderTime.instant(on: day.adding(days: -count))
            // Who has just been told when to come is not told again within a day.
            guard at.timeIntervalSince(now) >= 86_400 else { continue }
            list.append(
                Planned(
                    means: .message, purpose: .appointmentReminder, step: "\(count)", notBefore: at,
                    // The next reminder says it better; the last one still leaves time to set out.
                    notAfter: count == 1 ? startsAt.addingTimeInterval(-3600) : at.addingTimeInterval(86_400)))
        }
        let call = Self.callTime.instant(on: calendar.lastWorkingDay(before: day))
        if call > now {
            list.append(
                Planned(
                    means: .call, purpose: .appointmentReminder, step: "call", notBefore: call,
                    notAfter: startsAt.addingTimeInterval(-1800)))
        }
        return list
    }
}
