/// What somebody can have an appointment for (R115–R119, R73, R107).
///
/// Raw values are codes that messages and databases hold; they are never renamed.
package enum AppointmentKind: String, Codable, Sendable, CaseIterable {
    /// 上站办理: a turn at a desk of the station (R116).
    case counter
    /// 入户办理: a team comes in the morning or the afternoon (R73, R75, R76, R97).
    case homeVisit
    /// 集中办理: a session for many at one place (R119).
    case collective
    /// 电话办理: the office calls at an agreed time (R77, R107).
    case call

    /// The letter by which a ``SlotID`` names it.
    package var code: Character {
        switch self {
        case .counter: "c"
        case .homeVisit: "h"
        case .collective: "s"
        case .call: "t"
        }
    }

    /// The kind of a slot's letter.
    package init?(code: Character) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }

    package var chinese: String {
        switch self {
        case .counter: "上站办理"
        case .homeVisit: "入户办理"
        case .collective: "集中办理"
        case .call: "电话办理"
        }
    }

    package var english: String {
        switch self {
        case .counter: "at the station"
        case .homeVisit: "home visit"
        case .collective: "collective session"
        case .call: "phone call"
        }
    }
}

/// Why somebody comes. A person has one live appointment for each.
package enum AppointmentPurpose: String, Codable, Sendable, CaseIterable {
    /// 申领.
    case apply
    /// 补正: complete what a check found missing (R63, R64).
    case correct
    /// 领证: take the card (R94).
    case collect

    package var chinese: String {
        switch self {
        case .apply: "申领"
        case .correct: "补正"
        case .collect: "领证"
        }
    }

    package var english: String {
        switch self {
        case .apply: "application"
        case .correct: "correction"
        case .collect: "collecting the card"
        }
    }
}

/// How a booking comes in; each has its own share of the seats.
package enum BookingChannel: String, Codable, Sendable, CaseIterable {
    /// 网上.
    case online
    /// 电话: staff book on behalf of who calls (R117).
    case hotline
    /// 现场: somebody simply came, and is never turned away (R150).
    case walkIn

    package var chinese: String {
        switch self {
        case .online: "网上预约"
        case .hotline: "电话预约"
        case .walkIn: "现场取号"
        }
    }

    package var english: String {
        switch self {
        case .online: "online"
        case .hotline: "by phone"
        case .walkIn: "walk-in"
        }
    }
}
