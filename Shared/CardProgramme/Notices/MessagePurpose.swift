/// What a message to a person is about (R47, R48, R63, R94, R107, R115).
///
/// Raw values are codes that messages and databases hold; they are never renamed.
package enum MessagePurpose: String, Codable, Sendable, CaseIterable {
    /// 已受理
    case submissionReceived
    /// 请补正材料
    case correctionNeeded
    /// 已制证
    case cardOrdered
    /// 优待证已到站
    case cardArrived
    /// 不予发放
    case submissionRefused
    /// 预约成功
    case appointmentConfirmed
    /// 预约提醒, three days before and the day before.
    case appointmentReminder
    /// 改约
    case appointmentMoved
    /// 停办: the seat is gone, and a new time has to be agreed.
    case appointmentClosed
    /// 外出对象告知: somebody living elsewhere is told that the card is being issued (R25, R26, R105).
    case outreach

    /// Whether the person must know it: when no message can tell them, somebody calls.
    package var isEssential: Bool {
        switch self {
        case .correctionNeeded, .cardArrived, .submissionRefused, .appointmentMoved, .appointmentClosed: true
        case .submissionReceived, .cardOrdered, .appointmentConfirmed, .appointmentReminder, .outreach: false
        }
    }

    /// Whether it may be said at any decent hour, because every hour counts.
    package var isUrgent: Bool { self == .appointmentMoved || self == .appointmentClosed }

    /// What a template of this purpose may speak of, and what it must.
    package var variables: (required: Set<MessageVariable>, allowed: Set<MessageVariable>) {
        switch self {
        case .submissionReceived, .cardOrdered: ([.name], [.name, .station, .telephone])
        case .correctionNeeded, .submissionRefused: ([.name, .telephone], [.name, .station, .telephone, .reason])
        case .cardArrived: ([.name, .station], [.name, .station, .telephone, .lastDay])
        case .appointmentConfirmed, .appointmentReminder, .appointmentMoved:
            ([.name, .date, .time, .station], [.name, .date, .time, .station, .telephone])
        case .appointmentClosed: ([.name, .station, .telephone], [.name, .date, .time, .station, .telephone])
        case .outreach: ([.name, .telephone], [.name, .telephone])
        }
    }

    package var chinese: String {
        switch self {
        case .submissionReceived: "已受理"
        case .correctionNeeded: "补正通知"
        case .cardOrdered: "已制证"
        case .cardArrived: "领证通知"
        case .submissionRefused: "不予发放"
        case .appointmentConfirmed: "预约成功"
        case .appointmentReminder: "预约提醒"
        case .appointmentMoved: "改约通知"
        case .appointmentClosed: "停办通知"
        case .outreach: "外出对象告知"
        }
    }

    package var english: String {
        switch self {
        case .submissionReceived: "application received"
        case .correctionNeeded: "papers to be corrected"
        case .cardOrdered: "card ordered"
        case .cardArrived: "card arrived"
        case .submissionRefused: "application refused"
        case .appointmentConfirmed: "appointment made"
        case .appointmentReminder: "reminder of an appointment"
        case .appointmentMoved: "appointment moved"
        case .appointmentClosed: "appointment cannot be kept"
        case .outreach: "outreach to people living elsewhere"
        }
    }
}

/// What a template can put in place of `{…}`. The names are what whoever writes templates types.
package enum MessageVariable: String, Codable, Sendable, CaseIterable {
    case name
    /// The day of an appointment, as `3月14日`.
    case date
    /// When it begins, as `上午9:30`.
    case time
    case station
    /// The office's number, on which somebody answers.
    case telephone
    /// Why papers came back, in words.
    case reason
    /// By when a card is to be handed over (R48), as `3月14日`.
    case lastDay
}
