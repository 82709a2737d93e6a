/// Why a card is replaced by a new one (N26–N28).
///
/// Raw values are codes held by messages and databases; they are never renamed.
package enum ReplacementGround: String, Codable, Sendable, CaseIterable {
    /// 无法读取 (N27.1).
    case unreadable
    /// 污损、残缺 (N27.2).
    case stainedOrBroken
    /// 卡面信息变更 (N27.3).
    case dataChange
    /// 户籍或常住地跨省变更 (N27.4).
    case provinceChange
    /// 优待证种类变更 (N27.5).
    case kindChange
    /// 其他情形 (N27.6).
    case other
    /// 遗失 (N26).
    case loss
    /// 卡片质量问题 (N28).
    case cardDefect
    /// 银行功能有效期届满 (N28).
    case bankFunctionExpired
    /// 未及时领取 (N25, N28).
    case notCollected

    /// Who bears the cost of the new card.
    package enum Fee: String, Codable, Sendable, CaseIterable {
        /// 免费 (N28).
        case free
        /// 按银行规定收费 (N28).
        case charged
        /// No rule read so far says; the bank's own rules decide.
        case bankDecides
    }

    /// Where it may be asked for.
    package enum Place: String, Codable, Sendable, CaseIterable {
        /// At a counter of the bank, with the identity card.
        case bank
        /// At the station the card belongs to.
        case station
    }

    /// The fee N28 names. (1) and (2) are free where the card itself was bad and charged where its holder spoiled it.
    ///
    /// - Parameter holdersFault: Whether the holder damaged it; only asked for (1) and (2).
    package func fee(holdersFault: Bool?) -> Fee {
        switch self {
        case .dataChange, .provinceChange, .kindChange, .cardDefect, .bankFunctionExpired: .free
        case .loss, .notCollected: .charged
        case .unreadable, .stainedOrBroken: holdersFault.map { $0 ? .charged : .free } ?? .bankDecides
        case .other: .bankDecides
        }
    }

    /// Whether somebody must say whose fault it was, because the fee depends on it.
    package var asksForFault: Bool { self == .unreadable || self == .stainedOrBroken }

    /// Whether the old card is handed in first (N27); who lost it or never had it cannot.
    package var needsOldCard: Bool { self != .loss && self != .notCollected }

    /// Whether the bank's proof that the account is closed is brought along (N27.4).
    package var needsClosedAccount: Bool { self == .provinceChange }

    /// Where it is asked for: (1) and (2) at the bank, (3)–(6) at the station (N27), a loss at either (N26). Where no rule
    /// read so far says, either will do.
    package var places: Set<Place> {
        switch self {
        case .unreadable, .stainedOrBroken: [.bank]
        case .dataChange, .provinceChange, .kindChange, .other: [.station]
        case .loss, .cardDefect, .bankFunctionExpired, .notCollected: [.bank, .station]
        }
    }

    /// The stages of the old card in which it can be asked for.
    package var stages: Set<SubmissionStage> {
        switch self {
        case .loss: [.cardLost]
        case .notCollected: [.backAtCentre, .backAtCity, .backAtProvince]
        default: [.delivered]
        }
    }

    package var chinese: String {
        switch self {
        case .unreadable: "无法读取"
        case .stainedOrBroken: "污损、残缺"
        case .dataChange: "卡面信息变更"
        case .provinceChange: "户籍地或常住地跨省变更"
        case .kindChange: "优待证种类变更"
        case .other: "其他情形"
        case .loss: "遗失"
        case .cardDefect: "卡片质量问题"
        case .bankFunctionExpired: "银行功能有效期届满"
        case .notCollected: "未及时领取"
        }
    }

    package var english: String {
        switch self {
        case .unreadable: "unreadable"
        case .stainedOrBroken: "stained or broken"
        case .dataChange: "change of printed data"
        case .provinceChange: "move to another province"
        case .kindChange: "change of the kind of card"
        case .other: "another ground"
        case .loss: "lost"
        case .cardDefect: "defect of the card"
        case .bankFunctionExpired: "bank function expired"
        case .notCollected: "not collected in time"
        }
    }
}
