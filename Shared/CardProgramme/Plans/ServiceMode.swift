/// How an office serves people in a phase (R119).
///
/// A mode is an offer and never a wall: whoever comes to the counter is served (R150), see ``isAlwaysServed``. The raw
/// values are codes that programme files hold; they are never renamed.
package enum ServiceMode: String, Codable, Sendable, CaseIterable {
    /// 电话预约 (R117, R119).
    case phoneBooking
    /// 预约上站: a booked turn at the station (R115, R116).
    case appointment
    /// 主动入户、入户办理 (R73, R75, R76).
    case homeVisit
    /// 集中办理 (R119).
    case collective
    /// 双方约定 (R119).
    case agreed
    /// 现场申请 (R60, R75).
    case onSite
    /// 网上申请 (R60, R72).
    case online

    package var chinese: String {
        switch self {
        case .phoneBooking: "电话预约"
        case .appointment: "预约上站"
        case .homeVisit: "入户办理"
        case .collective: "集中办理"
        case .agreed: "双方约定"
        case .onSite: "现场申请"
        case .online: "网上申请"
        }
    }

    package var english: String {
        switch self {
        case .phoneBooking: "booking by phone"
        case .appointment: "booked turn at the station"
        case .homeVisit: "home visit"
        case .collective: "collective session"
        case .agreed: "as agreed"
        case .onSite: "on site"
        case .online: "online"
        }
    }

    /// Whether somebody who uses it is served whatever the phase offers. A man of 77 came on foot while his street only
    /// paid home visits, and was served (R150); what staff arrange themselves is theirs to arrange. Only the net has no
    /// counter where somebody could be told what else there is.
    package var isAlwaysServed: Bool { self != .online }
}

/// The groups of categories the documents speak of.
package enum CategoryGroup: String, Codable, Sendable, CaseIterable {
    /// 重点优抚对象 (R31).
    case keyPersons
    /// 退役军人: who may have a veteran's card.
    case veterans
    /// 烈士遗属、因公牺牲军人遗属、病故军人遗属 (R32): who may have a bereaved family's card.
    case bereavedFamilies

    package var chinese: String {
        switch self {
        case .keyPersons: "重点优抚对象"
        case .veterans: "退役军人"
        case .bereavedFamilies: "烈士遗属、因公牺牲军人遗属、病故军人遗属"
        }
    }

    package var english: String {
        switch self {
        case .keyPersons: "key persons"
        case .veterans: "veterans"
        case .bereavedFamilies: "bereaved families"
        }
    }

    package func contains(_ category: Category) -> Bool {
        switch self {
        case .keyPersons: category.isKeyPerson
        case .veterans: CardKind.allowed(for: [category]).contains(.veteran)
        case .bereavedFamilies: CardKind.allowed(for: [category]).contains(.bereavedFamily)
        }
    }
}
