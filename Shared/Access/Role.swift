/// What a caller of an interface is, as written into the signed token.
///
/// The raw values are part of the token format and never change.
package enum Role: String, Codable, Sendable, Hashable, CaseIterable {
    /// 优抚对象本人或家属: sees and does only what concerns the one person the token names.
    case applicant
    /// 退役军人服务站: registers, submits, checks and delivers for its own people only.
    case station
    /// 上门服务队: 联络员 and volunteers who visit; sees only the kits that were made for it (R14, R18).
    case homeTeam
    /// 区退役军人服务中心: verifies, receives parcels and hands them to the stations of its district.
    case centre
    /// 区退役军人事务局: initial review.
    case bureau
    /// Records what city (审核) and province (备案) decided; decides nothing itself.
    case superior
    /// 制卡单位: card orders, production batches and parcels, without the personal file behind them.
    case cardMaker
    /// Reads figures and conservation state everywhere in its jurisdiction; changes nothing.
    case auditor
    /// Runs the installation: parked messages, calendars. Sees no personal data by this role.
    case `operator`

    /// The name an official sees.
    package var chinese: String {
        switch self {
        case .applicant: "本人或家属"
        case .station: "退役军人服务站"
        case .homeTeam: "上门服务队"
        case .centre: "区退役军人服务中心"
        case .bureau: "区退役军人事务局"
        case .superior: "市、省级结果登记人员"
        case .cardMaker: "制卡单位"
        case .auditor: "审计人员"
        case .operator: "系统运维人员"
        }
    }

    /// The English name beside it.
    package var english: String {
        switch self {
        case .applicant: "the person concerned"
        case .station: "a service station"
        case .homeTeam: "a home-visit team"
        case .centre: "the district service centre"
        case .bureau: "the district bureau"
        case .superior: "the recorder of city and province decisions"
        case .cardMaker: "the card maker"
        case .auditor: "an auditor"
        case .operator: "an operator"
        }
    }
}
