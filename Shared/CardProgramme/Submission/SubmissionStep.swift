/// Something that moves a submission from one stage to another.
///
/// Raw values are codes held by messages and databases; they are never renamed.
package enum SubmissionStep: String, Codable, Sendable, CaseIterable {
    /// The station found the materials complete and the kind right (R61, R62), or re-submits after a return (R71).
    case checkPassed
    /// The station asks the applicant to complete something (R63, R64).
    case checkReturned
    /// The applicant completed it, or the station mended what the centre returned (R71).
    case corrected
    /// The centre verified identity and kind (R82).
    case verificationPassed
    /// The centre sends it back to the station (R81).
    case verificationReturned
    /// The bureau passed it on to the city (R85).
    case initialReviewPassed
    /// The bureau sends it back to the centre (R84).
    case initialReviewReturned
    /// The city passed it on for filing.
    case auditPassed
    /// The city sends it back to the bureau.
    case auditReturned
    /// The city refused it for good (N20).
    case auditRefused
    /// The province filed it; a card is ordered (N18, N23).
    case filed
    /// The bureau refuses it on a ground that leaves no choice (N20).
    case initialReviewRefused
    /// The province did not file it, on a ground that leaves no choice (N20).
    case filingRefused
    /// The province filed it; the bank checks before a card is ordered (N23).
    case filedForBank
    /// The bank can open the account; a card is ordered (N23).
    case bankCheckPassed
    /// The bank cannot; it goes back to the bureau (N24).
    case bankCheckReturned
    /// Something that only the province may judge was reported upward (N21).
    case rulingRequested
    /// The province cleared it; the bureau goes on.
    case clearedForReview
    /// The province cleared it; the city goes on.
    case clearedForAudit
    /// The province cleared it; its filing goes on.
    case clearedForFiling
    /// The province cleared it; the bank's check goes on.
    case clearedForBank
    /// The province ruled against it (N21).
    case rulingRefused
    /// Ended before there was a card: death, or the applicant's own wish (N32).
    case discontinued
    /// The city's decision on record was contradicted by a later list and is taken back, to be recorded anew.
    case auditReopened
    /// The same of the province's filing.
    case filingReopened
    /// The same of the bank's check.
    case bankCheckReopened
    /// The order went to the card maker in a production batch.
    case productionStarted
    /// The card maker reports the card as made. Card makers that report only the parcel leave this out.
    case produced
    /// The card was posted to the centre (R10).
    case shipped
    /// The centre signed for the parcel, counted and sorted it (R88–R90).
    case receivedAtCentre
    /// The centre handed it over to the station (R91).
    case handedOver
    /// The station registered it; the ten working days begin (R48).
    case receivedAtStation
    /// The holder has it (R94, R95).
    case delivered

    // MARK: A card that left the straight path
    /// The centre refused the damaged or short parcel it was in (R92).
    case parcelRefused
    /// The centre or a station cannot find it.
    case reportedMissing
    /// It never left the card maker, or came back there whole.
    case foundAtMaker
    /// A missing card was found and brought to the centre.
    case foundInCustody
    /// A card that was being traced is given up, and a new one is ordered.
    case remakeOrdered
    /// A card that was being traced is given up, and none is ordered.
    case writtenOff
    /// The centre took a hand-over back before the station had signed.
    case handoverTakenBack
    /// The centre signed for a card nobody could be reached for (N25) …
    case returnedToCentre
    /// … the city did …
    case returnedToCity
    /// … the province did.
    case returnedToProvince
    /// The holder's formal loss report (N26).
    case lossReported
    /// The holder found it again before a replacement was accepted (N29).
    case foundByHolder
    /// A replacement was accepted: the old card is dead (N26–N28).
    case replacementAccepted
    /// The card is void (N32).
    case cardRevoked
    /// A void card was handed in.
    case cardTakenBack

    /// Whether it is a step of the card, of which a later card of the same submission may take the same again.
    package var isCardStep: Bool {
        switch self {
        case .productionStarted, .produced, .shipped, .receivedAtCentre, .handedOver, .receivedAtStation, .delivered:
            true
        case .parcelRefused, .reportedMissing, .foundAtMaker, .foundInCustody, .remakeOrdered, .writtenOff,
            .handoverTakenBack, .returnedToCentre, .returnedToCity, .returnedToProvince, .lossReported, .foundByHolder,
            .replacementAccepted, .cardRevoked, .cardTakenBack:
            true
        default: false
        }
    }

    /// Whether it sends the submission back, which always needs a ``ReturnReason``.
    package var isReturn: Bool {
        switch self {
        case .checkReturned, .verificationReturned, .initialReviewReturned, .auditReturned, .bankCheckReturned: true
        default: false
        }
    }

    package var chinese: String {
        switch self {
        case .checkPassed: "检查通过"
        case .checkReturned: "检查未通过，退申请人补充"
        case .corrected: "已补充更正"
        case .verificationPassed: "核实通过"
        case .verificationReturned: "核实未通过，退回服务站"
        case .initialReviewPassed: "初审通过"
        case .initialReviewReturned: "初审未通过，退回服务中心"
        case .auditPassed: "审核通过"
        case .auditReturned: "审核未通过，退回区局"
        case .auditRefused: "审核不予通过"
        case .filed: "备案"
        case .initialReviewRefused: "初审不予通过"
        case .filingRefused: "省级不予备案"
        case .filedForBank: "备案，交银行校验"
        case .bankCheckPassed: "银行校验通过"
        case .bankCheckReturned: "银行校验未通过，退回区局"
        case .rulingRequested: "暂缓办理，报省级研究"
        case .clearedForReview: "省级同意，继续初审"
        case .clearedForAudit: "省级同意，继续审核"
        case .clearedForFiling: "省级同意，继续备案"
        case .clearedForBank: "省级同意，继续银行校验"
        case .rulingRefused: "省级研究不予通过"
        case .discontinued: "终止办理"
        case .auditReopened: "审核结果更正，重新登记"
        case .filingReopened: "备案结果更正，重新登记"
        case .bankCheckReopened: "银行校验结果更正，重新登记"
        case .productionStarted: "开始制证"
        case .produced: "制证完成"
        case .shipped: "寄出"
        case .receivedAtCentre: "服务中心签收"
        case .handedOver: "移交服务站"
        case .receivedAtStation: "服务站接收"
        case .delivered: "送达"
        case .parcelRefused: "邮包破损或短缺，当面拒收"
        case .reportedMissing: "清点未见，登记查找"
        case .foundAtMaker: "在制证厂家找到"
        case .foundInCustody: "已找到，交回服务中心"
        case .remakeOrdered: "登记补制"
        case .writtenOff: "登记核销"
        case .handoverTakenBack: "服务中心收回移交"
        case .returnedToCentre: "满三个月未能送达，退回服务中心"
        case .returnedToCity: "逐级退回，市局接收"
        case .returnedToProvince: "逐级退回，省中心接收"
        case .lossReported: "正式挂失"
        case .foundByHolder: "本人找回"
        case .replacementAccepted: "补换领受理，原证作废"
        case .cardRevoked: "优待证作废"
        case .cardTakenBack: "作废证收回"
        }
    }

    package var english: String {
        switch self {
        case .checkPassed: "check passed"
        case .checkReturned: "returned to the applicant by the check"
        case .corrected: "completed or corrected"
        case .verificationPassed: "verification passed"
        case .verificationReturned: "returned to the station by verification"
        case .initialReviewPassed: "initial review passed"
        case .initialReviewReturned: "returned to the centre by the initial review"
        case .auditPassed: "audit passed"
        case .auditReturned: "returned to the bureau by the audit"
        case .auditRefused: "refused by the audit"
        case .filed: "filed"
        case .initialReviewRefused: "refused by the initial review"
        case .filingRefused: "filing refused by the province"
        case .filedForBank: "filed, passed to the bank"
        case .bankCheckPassed: "bank's check passed"
        case .bankCheckReturned: "returned to the bureau by the bank's check"
        case .rulingRequested: "put off and reported to the province"
        case .clearedForReview: "cleared by the province, initial review goes on"
        case .clearedForAudit: "cleared by the province, audit goes on"
        case .clearedForFiling: "cleared by the province, filing goes on"
        case .clearedForBank: "cleared by the province, bank's check goes on"
        case .rulingRefused: "refused by the province's ruling"
        case .discontinued: "discontinued"
        case .auditReopened: "audit result taken back, to be recorded anew"
        case .filingReopened: "filing result taken back, to be recorded anew"
        case .bankCheckReopened: "bank's result taken back, to be recorded anew"
        case .productionStarted: "production started"
        case .produced: "produced"
        case .shipped: "shipped"
        case .receivedAtCentre: "received at the centre"
        case .handedOver: "handed over to the station"
        case .receivedAtStation: "received at the station"
        case .delivered: "delivered"
        case .parcelRefused: "parcel refused as damaged or short"
        case .reportedMissing: "not found at a count, being traced"
        case .foundAtMaker: "found at the card maker"
        case .foundInCustody: "found and brought to the centre"
        case .remakeOrdered: "ordered again"
        case .writtenOff: "written off"
        case .handoverTakenBack: "hand-over taken back by the centre"
        case .returnedToCentre: "undelivered for three months, back at the centre"
        case .returnedToCity: "passed up, received by the city"
        case .returnedToProvince: "passed up, received by the province"
        case .lossReported: "formally reported lost"
        case .foundByHolder: "found again by its holder"
        case .replacementAccepted: "replacement accepted, the old card is void"
        case .cardRevoked: "card declared void"
        case .cardTakenBack: "void card taken back"
        }
    }
}
