/// The offices a submission climbs through (R1–R4, N18), and the bank that checks it before a card is made (N23).
package enum Level: String, Codable, Sendable, CaseIterable {
    case station, centre, bureau, city, province
    /// 金融校验; only in programmes whose file lists it (N23, N24).
    case bank

    package var chinese: String {
        switch self {
        case .station: "乡镇（街道）退役军人服务站"
        case .centre: "区退役军人服务中心"
        case .bureau: "区退役军人事务局"
        case .city: "市退役军人事务局"
        case .province: "省退役军人事务厅"
        case .bank: "合作银行"
        }
    }

    package var english: String {
        switch self {
        case .station: "township station"
        case .centre: "district service centre"
        case .bureau: "district bureau"
        case .city: "city bureau"
        case .province: "province"
        case .bank: "bank"
        }
    }
}

/// Whose turn it is: a level, or one of the two parties outside the levels.
package enum Holder: String, Codable, Sendable, CaseIterable {
    case applicant, station, centre, bureau, city, province, bank, cardMaker
    /// Nobody has anything left to do.
    case nobody

    package init(_ level: Level) {
        switch level {
        case .station: self = .station
        case .centre: self = .centre
        case .bureau: self = .bureau
        case .city: self = .city
        case .province: self = .province
        case .bank: self = .bank
        }
    }

    /// The level, when it is one.
    package var level: Level? { Level(rawValue: self.rawValue) }

    package var chinese: String {
        switch self {
        case .applicant: "申请人"
        case .cardMaker: "优待证制证厂家"
        case .nobody: "无"
        case .station, .centre, .bureau, .city, .province, .bank: self.level?.chinese ?? ""
        }
    }

    package var english: String {
        switch self {
        case .applicant: "applicant"
        case .cardMaker: "card maker"
        case .nobody: "nobody"
        case .station, .centre, .bureau, .city, .province, .bank: self.level?.english ?? ""
        }
    }
}
