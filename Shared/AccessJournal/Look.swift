import Access
import CardProgramme
import FoundationEssentials

/// What of a person's was looked at. Raw values are stored; they are never renamed.
package enum LookedAt: String, Codable, Sendable, CaseIterable {
    /// 个人档案: name, masked number, categories.
    case file
    /// 家庭成员.
    case household
    /// 疑似重复档案.
    case doubles
    /// 照片、表格等材料.
    case material
    /// 打印表格: the forms, filled in.
    case form
    /// 入户名单: what a home visit needs.
    case visit
    /// 核实、初审案卷: name, number and categories as the deciders see them.
    case reviewCase
    /// 不予、暂缓、撤销的情形及办理说明: the ground of a decision and what was written with it (N20, N21, N32).
    case ground
    /// 重点核查情况: what an investigation found (R100).
    case finding
    /// 退回说明: what a clerk wrote with a return.
    case note
    /// 制证、发证清单.
    case card
    /// 联系方式.
    case contact
    /// 预约名单: who comes on a day, by name (R116).
    case appointment

    package var chinese: String {
        switch self {
        case .file: "个人档案"
        case .household: "家庭成员"
        case .doubles: "疑似重复档案"
        case .material: "申请材料"
        case .form: "打印表格"
        case .visit: "入户名单"
        case .reviewCase: "审核案卷"
        case .ground: "不予或暂缓的情形及说明"
        case .finding: "重点核查情况"
        case .note: "退回说明"
        case .card: "制证发证清单"
        case .contact: "联系方式"
        case .appointment: "预约名单"
        }
    }
}

/// What somebody looked for. The caller may state it; otherwise it is what the role's duty is.
package enum LookPurpose: String, Codable, Sendable, CaseIterable {
    /// 本人查询.
    case own
    /// 登记受理 (R60–R68).
    case acceptance
    /// 核实 (R80).
    case verification
    /// 初审 (R83).
    case review
    /// 登记市、省级结果 (R85).
    case recording
    /// 制证发证 (R88–R95).
    case cards
    /// 入户走访 (R73–R77).
    case visit
    /// 答复来电来访 (R110, R111).
    case inquiry
    /// 监督检查 (R51).
    case inspection
    /// 电话联系: somebody has to be told or asked (R107, R115).
    case calling
    /// 系统维护.
    case maintenance

    /// What a role looks for when nothing is stated.
    package static func standard(for role: Role) -> LookPurpose {
        switch role {
        case .applicant: .own
        case .station: .acceptance
        case .centre: .verification
        case .bureau: .review
        case .superior: .recording
        case .cardMaker: .cards
        case .homeTeam: .visit
        case .auditor: .inspection
        case .operator: .maintenance
        }
    }

    package var chinese: String {
        switch self {
        case .own: "本人查询"
        case .acceptance: "登记受理"
        case .verification: "核实"
        case .review: "初审"
        case .recording: "登记上级结果"
        case .cards: "制证发证"
        case .visit: "入户走访"
        case .inquiry: "答复来电来访"
        case .inspection: "监督检查"
        case .calling: "电话联系"
        case .maintenance: "系统维护"
        }
    }
}

/// One line of the journal: who looked at what of whom, when, and what for (R137).
package struct Look: Codable, Sendable, Hashable {
    package let person: UUID
    package let what: LookedAt
    package let purpose: LookPurpose
    /// Opaque id of who looked.
    package let by: String
    package let role: Role
    package let station: String?
    package let at: Date
    /// The same for the person concerned, in Chinese.
    package var chinese: String

    package init(
        person: UUID, what: LookedAt, purpose: LookPurpose, by: String, role: Role, station: String?, at: Date
    ) {
        self.person = person
        self.what = what
        self.purpose = purpose
        self.by = by
        self.role = role
        self.station = station
        self.at = at
        self.chinese = "\(role.chinese)因“\(purpose.chinese)”查看了\(what.chinese)"
    }
}
