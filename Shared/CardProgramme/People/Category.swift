/// What makes somebody a preferential-treatment person; it decides the batch and the lane (R28–R34).
///
/// One person can hold several. A category is not a card kind (A9): see ``CardKind/allowed(for:)``. The raw values are
/// codes that programme files, messages and databases hold; they are never renamed.
package enum Category: String, Codable, Sendable, CaseIterable {
    /// 在乡老复员军人 (R28).
    case ruralDemobilized
    /// 残疾军人 (R28).
    case disabledVeteran
    /// 参战退役军人 (R28).
    case warVeteran
    /// 参试退役军人, who took part in nuclear tests (R28).
    case testVeteran
    /// 烈士遗属 (R28, R32).
    case martyrFamily
    /// 因公牺牲军人遗属 (R28, R32).
    case lineOfDutyFamily
    /// 病故军人遗属 (R28, R32).
    case illnessFamily
    /// 烈士老年子女 (R28).
    case martyrElderlyChild
    /// 带病回乡退伍军人 (R29).
    case illVeteran
    /// 年满60周岁农村籍退役士兵 (R29); counts from the sixtieth birthday, see ``effective(_:birthDate:on:)``.
    case ruralSoldierOver60
    /// 享受国家定期抚恤补助的优抚对象 (R33).
    case pensionRecipient
    /// 军休干部 (R34).
    case retiredOfficer
    /// 其他退役军人 (R30).
    case otherVeteran
    /// 其他优抚对象 (R30).
    case otherPreferential

    /// The name in the source documents.
    package var chinese: String {
        switch self {
        case .ruralDemobilized: "在乡老复员军人"
        case .disabledVeteran: "残疾军人"
        case .warVeteran: "参战退役军人"
        case .testVeteran: "参试退役军人"
        case .martyrFamily: "烈士遗属"
        case .lineOfDutyFamily: "因公牺牲军人遗属"
        case .illnessFamily: "病故军人遗属"
        case .martyrElderlyChild: "烈士老年子女"
        case .illVeteran: "带病回乡退伍军人"
        case .ruralSoldierOver60: "年满60周岁农村籍退役士兵"
        case .pensionRecipient: "享受国家定期抚恤补助的优抚对象"
        case .retiredOfficer: "军休干部"
        case .otherVeteran: "其他退役军人"
        case .otherPreferential: "其他优抚对象"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .ruralDemobilized: "demobilized veteran living in the countryside"
        case .disabledVeteran: "disabled veteran"
        case .warVeteran: "veteran of war service"
        case .testVeteran: "veteran of nuclear test service"
        case .martyrFamily: "family of a martyr"
        case .lineOfDutyFamily: "family of a serviceman who died in the line of duty"
        case .illnessFamily: "family of a serviceman who died of illness"
        case .martyrElderlyChild: "elderly child of a martyr"
        case .illVeteran: "veteran who came home ill"
        case .ruralSoldierOver60: "former soldier of rural registration aged 60 or more"
        case .pensionRecipient: "recipient of a regular state pension or subsidy"
        case .retiredOfficer: "retired officer cared for by the state"
        case .otherVeteran: "other veteran"
        case .otherPreferential: "other preferential-treatment person"
        }
    }

    /// Whether the category is of the macro group 重点优抚对象 (R31), whose data go first (R20): the classes of R28 and
    /// R29, and those who draw a regular pension or subsidy (R33).
    package var isKeyPerson: Bool {
        switch self {
        case .ruralDemobilized, .disabledVeteran, .warVeteran, .testVeteran, .martyrFamily, .lineOfDutyFamily,
            .illnessFamily,
            .martyrElderlyChild, .illVeteran, .ruralSoldierOver60, .pensionRecipient:
            true
        case .retiredOfficer, .otherVeteran, .otherPreferential: false
        }
    }

    /// Whether the category is one of 三属, the three kinds of bereaved family (R32).
    package var isBereavedFamily: Bool {
        switch self {
        case .martyrFamily, .lineOfDutyFamily, .illnessFamily: true
        default: false
        }
    }

    /// The age in completed years the category's own name asks for.
    package var minimumAge: Int? { self == .ruralSoldierOver60 ? 60 : nil }

    /// The categories that count on a date.
    ///
    /// 年满60周岁农村籍退役士兵 counts from the sixtieth birthday on (R29); until then the person is one of 其他退役军人.
    package static func effective(_ held: Set<Category>, birthDate: CalendarDay, on date: CalendarDay) -> Set<Category>
    {
        guard held.contains(.ruralSoldierOver60), !AgeRule.hasCompleted(60, born: birthDate, on: date) else {
            return held
        }
        var counted = held
        counted.remove(.ruralSoldierOver60)
        counted.insert(.otherVeteran)
        return counted
    }
}
