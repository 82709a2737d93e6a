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

    /// Whether it sends the submission back, which always needs a ``ReturnReason``.
    package var isReturn: Bool {
        switch self {
        case .checkReturned, .verificationReturned, .initialReviewReturned, .auditReturned: true
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
        case .productionStarted: "开始制证"
        case .produced: "制证完成"
        case .shipped: "寄出"
        case .receivedAtCentre: "服务中心签收"
        case .handedOver: "移交服务站"
        case .receivedAtStation: "服务站接收"
        case .delivered: "送达"
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
        case .productionStarted: "production started"
        case .produced: "produced"
        case .shipped: "shipped"
        case .receivedAtCentre: "received at the centre"
        case .handedOver: "handed over to the station"
        case .receivedAtStation: "received at the station"
        case .delivered: "delivered"
        }
    }
}
