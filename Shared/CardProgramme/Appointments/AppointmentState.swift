/// Where an appointment is. Raw values are codes that messages and databases hold; they are never renamed.
package enum AppointmentState: String, Codable, Sendable, CaseIterable {
    /// 占号: the seat is kept for a few minutes.
    case held
    case confirmed
    /// 待改约: its capacity is gone, and the person may not know yet.
    case orphaned
    case checkedIn
    case called
    case serving
    case done
    case cancelledByPerson
    case cancelledByStation
    /// Called in vain, or not come.
    case missed
    /// Held and never confirmed.
    case lapsed

    /// Whether the person still has it: of these there is one per person and purpose.
    package var isLive: Bool {
        switch self {
        case .held, .confirmed, .orphaned, .checkedIn, .called, .serving: true
        case .done, .cancelledByPerson, .cancelledByStation, .missed, .lapsed: false
        }
    }

    package var chinese: String {
        switch self {
        case .held: "占号中"
        case .confirmed: "已预约"
        case .orphaned: "待改约"
        case .checkedIn: "已签到"
        case .called: "已叫号"
        case .serving: "办理中"
        case .done: "已办结"
        case .cancelledByPerson: "本人取消"
        case .cancelledByStation: "服务站取消"
        case .missed: "未到"
        case .lapsed: "占号已失效"
        }
    }

    package var english: String {
        switch self {
        case .held: "held"
        case .confirmed: "confirmed"
        case .orphaned: "to be moved"
        case .checkedIn: "checked in"
        case .called: "called"
        case .serving: "being served"
        case .done: "done"
        case .cancelledByPerson: "cancelled by the person"
        case .cancelledByStation: "cancelled by the station"
        case .missed: "missed"
        case .lapsed: "lapsed"
        }
    }
}

/// What happens to an appointment.
package enum AppointmentStep: String, Codable, Sendable, CaseIterable {
    /// A hold becomes an appointment; or the capacity of an orphaned one is back.
    case confirm
    /// A hold ran out.
    case lapse
    /// Another slot: the new one is taken before the old one is freed.
    case move
    /// Its capacity is gone.
    case orphan
    /// Another time was proposed to the person; it stays orphaned until one is agreed.
    case reoffer
    case checkIn
    /// Called to a desk; again for who does not answer.
    case call
    case serve
    case finish
    case cancelByPerson
    case cancelByStation
    case miss

    package var chinese: String {
        switch self {
        case .confirm: "确认"
        case .lapse: "占号失效"
        case .move: "改约"
        case .orphan: "转待改约"
        case .reoffer: "提出改约时间"
        case .checkIn: "签到"
        case .call: "叫号"
        case .serve: "开始办理"
        case .finish: "办结"
        case .cancelByPerson: "本人取消"
        case .cancelByStation: "服务站取消"
        case .miss: "记为未到"
        }
    }

    package var english: String {
        switch self {
        case .confirm: "confirm"
        case .lapse: "lapse"
        case .move: "move"
        case .orphan: "lose its capacity"
        case .reoffer: "offer another time"
        case .checkIn: "check in"
        case .call: "call"
        case .serve: "begin to serve"
        case .finish: "finish"
        case .cancelByPerson: "cancel for the person"
        case .cancelByStation: "cancel for the station"
        case .miss: "record as missed"
        }
    }
}

extension AppointmentState {
    /// The state a step leads to, or nil when it is impossible here.
    ///
    /// Nobody misses an orphaned appointment: they may not have been told; but whoever comes for one is taken in (R150).
    /// How often somebody is called and may come back, ``CallRule`` says.
    package func after(_ step: AppointmentStep) -> AppointmentState? {
        switch (self, step) {
        case (.held, .confirm), (.orphaned, .confirm): .confirmed
        case (.held, .lapse): .lapsed
        // Who waits may also go home with another time.
        case (.confirmed, .move), (.orphaned, .move), (.checkedIn, .move): .confirmed
        case (.confirmed, .orphan): .orphaned
        case (.orphaned, .reoffer): .orphaned
        case (.confirmed, .checkIn), (.orphaned, .checkIn), (.missed, .checkIn): .checkedIn
        case (.checkedIn, .call), (.called, .call): .called
        case (.checkedIn, .serve), (.called, .serve): .serving
        case (.serving, .finish): .done
        case (.held, .cancelByPerson), (.confirmed, .cancelByPerson), (.orphaned, .cancelByPerson),
            (.checkedIn, .cancelByPerson), (.called, .cancelByPerson):
            .cancelledByPerson
        case (.held, .cancelByStation), (.confirmed, .cancelByStation), (.orphaned, .cancelByStation),
            (.checkedIn, .cancelByStation), (.called, .cancelByStation), (.serving, .cancelByStation):
            .cancelledByStation
        case (.confirmed, .miss), (.called, .miss): .missed
        default: nil
        }
    }

    /// The steps that are possible here.
    package var steps: [AppointmentStep] { AppointmentStep.allCases.filter { self.after($0) != nil } }

    /// The states in which a step is possible: what an `UPDATE … WHERE state = ANY(…)` needs.
    package static func states(allowing step: AppointmentStep) -> [AppointmentState] {
        Self.allCases.filter { $0.after(step) != nil }
    }
}

/// How often somebody is called, and how often they may come back.
package enum CallRule: Sendable {
    /// Called in vain so often, an appointment is missed.
    package static let mostCalls = 3
    /// Who missed it may check in again so often on the same day, at the back of the queue.
    package static let mostReturns = 1

    /// What follows when somebody called so many times does not answer: another call, or a miss.
    package static func step(afterCalls calls: Int) -> AppointmentStep {
        calls < Self.mostCalls ? .call : .miss
    }

    /// Whether somebody who missed an appointment may check in again for it.
    ///
    /// - Parameters:
    ///   - returns: How often they have come back for it already.
    ///   - missed: The day on which they missed it.
    package static func mayReturn(returns: Int, missed: CalendarDay, today: CalendarDay) -> Bool {
        missed == today && returns < Self.mostReturns
    }
}
