/// What is wrong with a parcel that cannot be accepted (R88, R89, R92).
package enum ParcelDamage: String, Codable, Sendable, CaseIterable {
    /// 外包装破损.
    case envelopeDamaged
    /// 优待证损坏.
    case cardsDamaged
    /// 数量短缺.
    case cardsMissing
    /// 数量多出.
    case cardsTooMany

    package var chinese: String {
        switch self {
        case .envelopeDamaged: "外包装破损"
        case .cardsDamaged: "优待证损坏"
        case .cardsMissing: "数量短缺"
        case .cardsTooMany: "数量多出"
        }
    }

    package var english: String {
        switch self {
        case .envelopeDamaged: "envelope damaged"
        case .cardsDamaged: "cards damaged"
        case .cardsMissing: "cards missing"
        case .cardsTooMany: "more cards than posted"
        }
    }
}

/// How far a damage report has come: up level by level, and the province's answer (R93).
package enum DamageReportState: String, Codable, Sendable, CaseIterable {
    case written, reportedToCity, reportedToProvince, answered

    /// The one state that may follow; nil at the end.
    package var next: DamageReportState? {
        switch self {
        case .written: .reportedToCity
        case .reportedToCity: .reportedToProvince
        case .reportedToProvince: .answered
        case .answered: nil
        }
    }

    /// Whether the province knows; before that no card is given up (R93).
    package var hasReachedProvince: Bool { self == .reportedToProvince || self == .answered }

    package var chinese: String {
        switch self {
        case .written: "已填写，待上报"
        case .reportedToCity: "已上报市退役军人事务局"
        case .reportedToProvince: "已上报省退役军人服务中心"
        case .answered: "省退役军人服务中心已答复"
        }
    }

    package var english: String {
        switch self {
        case .written: "written, to be reported"
        case .reportedToCity: "reported to the city bureau"
        case .reportedToProvince: "reported to the provincial service centre"
        case .answered: "answered by the provincial service centre"
        }
    }
}

/// What became of a card that was being traced.
package enum TraceOutcome: String, Codable, Sendable, CaseIterable {
    /// 补制: given up and made again.
    case remade
    /// 找到.
    case found
    /// 核销: given up for good.
    case writtenOff

    package var chinese: String {
        switch self {
        case .remade: "补制"
        case .found: "找到"
        case .writtenOff: "核销"
        }
    }
}

/// The two kinds of loss report (N26).
package enum LossReport: String, Codable, Sendable, CaseIterable {
    /// 临时挂失: lapses by itself after 5 to 15 days, as the bank sets them.
    case temporary
    /// 正式挂失: only after it may a replacement be asked for.
    case formal

    /// Days after which temporary reports lapse, by bank (N26).
    package static let temporaryDays = 5...15
}
