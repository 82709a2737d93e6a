import CardProgramme

/// Why a request about a case is not carried out. Nothing was changed.
///
/// Knows nothing of HTTP; `API/` turns it into an answer. The two sentences say what to do and hold no personal data.
struct CaseRefusal: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// The request itself is not acceptable; sending it again will not help.
        case invalid
        case notFound
        /// The case is elsewhere by now; look at it again.
        case conflict
        /// Something here must be mended first; the request may be sent again afterwards.
        case unavailable
    }

    let kind: Kind
    /// Stable reason for programs.
    let code: String
    let zh: String
    let en: String

    static let notFound = CaseRefusal(
        kind: .notFound, code: "case.notFound", zh: "初审环节没有这件申请，请核对申请编号。",
        en: "Review has no such submission: check its id.")

    static let reasonMissing = CaseRefusal(
        kind: .invalid, code: "decision.reasonMissing", zh: "未通过时必须注明原因，请选择原因后再提交。",
        en: "Whatever is not passed needs a reason: choose one and send the decision again.")

    static let reasonUnexpected = CaseRefusal(
        kind: .invalid, code: "decision.reasonUnexpected", zh: "通过时不应填写原因。如未通过，请选择“退回”。",
        en: "A pass carries no reason: remove it, or return the submission instead.")

    static let refusalNotPossible = CaseRefusal(
        kind: .invalid, code: "decision.notPossibleHere", zh: "初审环节只能“通过”或“退回”，不予发放由市级审核决定。",
        en: "The bureau passes or returns a submission; only the city's audit refuses one.")

    static let filingOnlyPasses = CaseRefusal(
        kind: .invalid, code: "decision.notPossibleHere", zh: "省级备案只能登记为“通过”；未予备案的，请待市级重新审核后登记。",
        en: "The province's filing is recorded only once it is done; until then leave the submission where it is.")

    static let levelNotAbove = CaseRefusal(
        kind: .invalid, code: "decision.level", zh: "此处只登记市级（city）审核和省级（province）备案的结果，请核对级别。",
        en: "Only the city's audit and the province's filing are recorded here: set the level to city or province.")

    static let formsNotSigned = CaseRefusal(
        kind: .invalid, code: "decision.formsUnsigned",
        zh: "申领表或借记卡信息确认书尚未签字确认，不能通过初审，请以“未签字”为由退回服务中心。",
        en:
            "A form is not signed, so the initial review cannot pass: return it to the centre with the reason formsUnsigned."
    )

    static let decidedInTheFuture = CaseRefusal(
        kind: .invalid, code: "decision.inTheFuture", zh: "决定时间晚于当前时间，请核对后重新登记。",
        en: "The decision lies in the future: check its time and record it again.")

    static let decidedTooEarly = CaseRefusal(
        kind: .invalid, code: "decision.tooEarly", zh: "决定日期早于申请送达该级的日期，请核对后重新登记。",
        en: "The decision is older than the submission's arrival at that level: check its date and record it again.")

    static let claimedBySomebodyElse = CaseRefusal(
        kind: .conflict, code: "case.claimed", zh: "这件申请正由其他工作人员办理，请办理其他申请，或待其释放后再试。",
        en: "Somebody else is working on this submission: take another one, or wait until it is released.")

    static let overtaken = CaseRefusal(
        kind: .conflict, code: "case.overtaken", zh: "这件申请刚刚被其他人办理，请刷新后查看最新状态。",
        en: "Somebody else acted on this submission a moment ago: load it again.")

    static let applicantUnreadable = CaseRefusal(
        kind: .unavailable, code: "case.applicantUnreadable", zh: "申请人信息无法解密，请联系系统运维人员检查密钥文件后重试。",
        en: "The applicant's data cannot be opened: ask the operator to check the key file, then try again.")

    /// The decider looked at another round than the one that is here (R71: every correction is a new round).
    static func otherRound(seen: Int, actual: Int) -> CaseRefusal {
        CaseRefusal(
            kind: .conflict, code: "case.otherRound",
            zh: "您看到的是第\(seen)轮申请，当前为第\(actual)轮。请刷新后按最新材料办理。",
            en:
                "You decided about round \(seen), but round \(actual) is here: load the submission again and decide about it."
        )
    }

    /// A level passed twice, or a case that waits for somebody else.
    static func notPossibleNow(_ step: ImpossibleStep) -> CaseRefusal {
        CaseRefusal(kind: .conflict, code: step.code, zh: step.zh, en: step.en)
    }
}
