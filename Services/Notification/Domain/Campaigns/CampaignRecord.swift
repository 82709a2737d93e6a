import CardProgramme
import Contracts
import FoundationEssentials

/// A campaign as it is stored.
struct CampaignRecord: Sendable {
    let id: UUID
    let version: Int
    let title: String
    let state: CampaignState
    let rule: OutreachRule
    let ladder: OutreachLadder
    let messagesPerHour: Int
    let callsPerDay: Int
    let partPrice: Int?
    let createdBy: String
    let createdAt: Date
    let approvedBy: String?
    let preview: CampaignAPI.Preview?
    let pausedAt: Date?
    let closedBy: String?
    let closedAt: Date?

    func shown(_ figures: CampaignAPI.Figures?) -> CampaignAPI.Campaign {
        CampaignAPI.Campaign(
            id: self.id, version: self.version, title: self.title, state: self.state, rule: self.rule,
            ladder: self.ladder, messagesPerHour: self.messagesPerHour, callsPerDay: self.callsPerDay,
            createdBy: self.createdBy, createdAt: self.createdAt, approvedBy: self.approvedBy, closedBy: self.closedBy,
            closedAt: self.closedAt, preview: self.preview, figures: figures)
    }

    /// Whether an act leads somewhere.
    ///
    /// - Parameters:
    ///   - open: People not accounted for.
    ///   - templateVersion: Of the words now in force.
    /// - Throws: ``Refusal``.
    func after(
        _ act: CampaignAct, by principal: String, open: Int, templateVersion: Int
    ) throws(Refusal) -> CampaignState {
        guard let next = act.after(self.state) else { throw .campaignState(self.state) }
        switch act {
        case .approve:
            guard principal != self.createdBy else { throw .campaignOwn }
            guard self.preview?.templateVersion == templateVersion else { throw .campaignWords }
        case .close where open > 0: throw .campaignOpen(open)
        default: break
        }
        return next
    }
}

extension Refusal {
    static let campaignUnknown = Refusal.unknown(
        "campaign.unknown", zh: "没有这次联系，请核对编号。", en: "There is no such campaign: check its id.")
    static let campaignChanged = Refusal.conflict(
        "campaign.changed", zh: "该次联系已被他人操作，请刷新后再试。", en: "Somebody else has changed the campaign: load it again.")
    static let campaignOwn = Refusal.invalid(
        "campaign.own", zh: "自己建立的联系须由他人批准。", en: "Whoever made a campaign cannot approve it: ask somebody else.")
    static let campaignWords = Refusal.conflict(
        "campaign.words", zh: "预览之后短信内容已修改，预览作废，请取消后重新建立。",
        en: "The words were changed after the preview, which is void: cancel the campaign and make it anew.")
    static let campaignEmpty = Refusal.invalid(
        "campaign.empty", zh: "没有符合条件的对象，请核对条件，或先补全档案中的常住地。",
        en: "Nobody fits the rule: check it, or complete the places of residence in the files.")

    static func campaignState(_ state: CampaignState) -> Refusal {
        .conflict(
            "campaign.state", zh: "该次联系现为“\(state.chinese)”，不能这样操作。",
            en: "The campaign is “\(state.english)”: this cannot be done with it now.")
    }

    static func campaignOpen(_ open: Int) -> Refusal {
        .conflict(
            "campaign.open", zh: "还有\(open)人没有落实结果，不能结束；请逐人落实。",
            en: "\(open) people are not accounted for yet: the campaign cannot be closed before they are.")
    }

    static let lineUnknown = Refusal.unknown(
        "campaign.person", zh: "此人不在这次联系中，请核对人员编号。", en: "This person is not in the campaign: check the id.")
    static let lineEnded = Refusal.conflict(
        "campaign.ended", zh: "此人已有结果，无需再登记。", en: "This person is accounted for already.")
    static let lineNotAtEnd = Refusal.conflict(
        "campaign.steps", zh: "还有联系步骤没有走完，不能登记失联。",
        en: "Not everything was tried yet: “not reached” can be signed only at the end of the ladder.")
    static let lineSameSigner = Refusal.conflict(
        "campaign.signer", zh: "您已签字，须由另一人再签。", en: "You have signed already: somebody else has to sign too.")
    static let outcomeNotByHand = Refusal.invalid(
        "campaign.outcome", zh: "这种结果由系统按事实登记，不能手工填写。",
        en: "This outcome comes from what happens; it cannot be entered by hand.")

    static func text(_ what: String, _ english: String, most: Int) -> Refusal {
        .invalid(
            "campaign.text", zh: "请写明\(what)，1至\(most)个字。", en: "Write \(english) in 1 to \(most) characters.")
    }

    static func number(_ what: String, _ english: String, _ range: ClosedRange<Int>) -> Refusal {
        .invalid(
            "campaign.number", zh: "\(what)应为\(range.lowerBound)至\(range.upperBound)。",
            en: "\(english): \(range.lowerBound) to \(range.upperBound).")
    }
}
