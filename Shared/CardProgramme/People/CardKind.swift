/// The two kinds of card there are (N2).
package enum CardKind: String, Codable, Sendable, CaseIterable {
    /// 中华人民共和国退役军人优待证.
    case veteran
    /// 中华人民共和国烈士、因公牺牲军人、病故军人遗属优待证.
    case bereavedFamily

    /// The name printed on the card's front.
    package var chinese: String {
        switch self {
        case .veteran: "中华人民共和国退役军人优待证"
        case .bereavedFamily: "中华人民共和国烈士、因公牺牲军人、病故军人遗属优待证"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .veteran: "preferential-treatment card for veterans"
        case .bereavedFamily:
            "preferential-treatment card for families of martyrs and of servicemen who died in the line of duty or of illness"
        }
    }

    /// The kinds somebody of these categories may apply for; of two, the applicant chooses one (N3).
    ///
    /// Categories are batch classes, not card kinds (A9). 烈士老年子女 and 其他优抚对象 are not among the card classes by
    /// name: the first are children, thus 遗属, of a martyr; the second stand in R68 for the three kinds of family. Who
    /// only states a pension (R33) may be either, and verification decides on the documents (R80).
    ///
    /// - Returns: Empty only for an empty set.
    package static func allowed(for categories: Set<Category>) -> Set<CardKind> {
        var kinds: Set<CardKind> = []
        for category in categories {
            switch category {
            case .ruralDemobilized, .disabledVeteran, .warVeteran, .testVeteran, .illVeteran, .ruralSoldierOver60,
                .retiredOfficer,
                .otherVeteran:
                kinds.insert(.veteran)
            case .martyrFamily, .lineOfDutyFamily, .illnessFamily, .martyrElderlyChild, .otherPreferential:
                kinds.insert(.bereavedFamily)
            case .pensionRecipient:
                kinds.formUnion(CardKind.allCases)
            }
        }
        return kinds
    }
}
