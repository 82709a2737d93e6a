import CardProgramme
import Contracts

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
        kind: .invalid, code: "decision.reasonMissing", zh: "退回时必须注明原因，请选择原因后再提交。",
        en: "A return needs a reason: choose one and send the decision again.")

    static let reasonUnexpected = CaseRefusal(
        kind: .invalid, code: "decision.reasonUnexpected", zh: "只有退回才填写退回原因；通过时请删去，不予发放时请填写情形（ground）。",
        en: "Only a return carries a reason: remove it from a pass; a refusal names its ground instead.")

    static let bankRefusesNothing = CaseRefusal(
        kind: .invalid, code: "decision.notPossibleHere", zh: "银行校验只能登记为“通过”或“退回”，银行不能作出不予发放的决定。",
        en: "The bank's check passes or returns a submission; a bank cannot refuse a card.")

    static let filingReturnsNothing = CaseRefusal(
        kind: .invalid, code: "decision.notPossibleHere",
        zh: "省级备案只能登记为“通过”，或者具有应当不予发放情形的登记为“不予”；未予备案的，请待市级重新审核后登记。",
        en:
            "The province files or, on a ground of refusal, refuses; it returns nothing: until then leave the submission where it is."
    )

    static let levelNotAbove = CaseRefusal(
        kind: .invalid, code: "decision.level", zh: "此处只登记市级（city）审核、省级（province）备案和银行（bank）校验的结果，请核对级别。",
        en: "Only the results of city, province and bank are recorded here: set the level to one of them.")

    static let ownSubmission = CaseRefusal(
        kind: .conflict, code: FourEyes.code, zh: FourEyes.zh, en: FourEyes.en)

    static let noteUnfit = CaseRefusal(
        kind: .invalid, code: "decision.note", zh: "通过时不填写说明；说明最多\(ReturnNote.longest)个字，且不能含有不可显示的字符。",
        en:
            "A pass carries no note; a note has at most \(ReturnNote.longest) characters and none that cannot be shown."
    )

    static let situationNotEnded = CaseRefusal(
        kind: .invalid, code: "decision.situationEnded",
        zh: "该人员此前经省级研究不予发放。再次申请的，须核实有关情形已经结束并改正，并在决定中注明（situationEnded）后方可通过。",
        en:
            "The province once ruled against this person: verify that the situation has ended and was made good, and say so (situationEnded) with the pass."
    )

    static let decidedOtherwise = CaseRefusal(
        kind: .conflict, code: "case.decidedOtherwise", zh: "这件申请已按另一情形登记，不能重复登记，请刷新后核对。",
        en: "This submission was already recorded on another ground: load it again and check.")

    static let revoked = CaseRefusal(
        kind: .conflict, code: "case.revoked", zh: "该优待证已收回，不能再暂缓、恢复或收回。",
        en: "This card was taken back for good: it can be neither held, released nor taken back again.")

    static let notSuspended = CaseRefusal(
        kind: .conflict, code: "case.notSuspended", zh: "这件申请没有暂缓办理，无须登记省级研究结果，请核对申请编号。",
        en: "This submission is not put off, so there is no ruling to record: check its id.")

    static let groundMissing = CaseRefusal(
        kind: .invalid, code: "decision.groundMissing", zh: "不予发放必须注明规定的情形（ground），请选择后再提交。",
        en: "A refusal needs one of the grounds the rules name: choose one and send the decision again.")

    static let groundUnexpected = CaseRefusal(
        kind: .invalid, code: "decision.groundUnexpected", zh: "只有不予发放才填写情形；通过或退回时请删去。",
        en: "Only a refusal carries a ground: remove it from a pass or a return.")

    /// A ground that leads somewhere else than to where it was given.
    static func groundUnfit(_ ground: Ground) -> CaseRefusal {
        switch ground.kind {
        case .refusal:
            CaseRefusal(
                kind: .invalid, code: "ground.refusal", zh: "该情形应当直接不予发放，请以“不予”作出决定。",
                en: "This ground leaves no choice: decide “refuse” instead.")
        case .ruling:
            CaseRefusal(
                kind: .invalid, code: "ground.ruling", zh: "该情形由省级研究确定，请登记暂缓办理（suspension）并逐级上报。",
                en: "Only the province judges this ground: record a suspension, so that it is reported upward.")
        case .withdrawal:
            CaseRefusal(
                kind: .invalid, code: "ground.withdrawal",
                zh: "该情形请登记终止或收回（withdrawal）：制证前限本人去世或放弃，制证后限去世、被判刑、发证有误或放弃。",
                en:
                    "This ground belongs to a withdrawal: before there is a card for death or at the applicant's wish, afterwards also for a conviction or a card issued wrongly."
            )
        }
    }

    /// What the sender of a list is told about a row that was kept and not applied.
    static func contradicts(_ recorded: RecordedDecision) -> CaseRefusal {
        let reason = recorded.reason.map { "（\($0.chinese)）" } ?? ""
        let because = recorded.reason.map { " (\($0.english))" } ?? ""
        return CaseRefusal(
            kind: .conflict, code: "decision.contradicts",
            zh:
                "与已登记的结果不一致：\(recorded.level.chinese)的结果已登记为“\(recorded.outcome.rawValue)”\(reason)。本行未生效，已转区退役军人事务局核对处理。",
            en:
                "This contradicts what is recorded: the \(recorded.level.english)'s result is “\(recorded.outcome.rawValue)”\(because). The row was not applied; the bureau is to settle it."
        )
    }

    static let contradictionNotFound = CaseRefusal(
        kind: .notFound, code: "contradiction.notFound", zh: "没有这条矛盾记录，请刷新列表后核对编号。",
        en: "There is no such contradiction: load the list again and check the id.")

    static let contradictionSettled = CaseRefusal(
        kind: .conflict, code: "contradiction.settled", zh: "这条矛盾记录已由他人作出不同处理，请刷新列表。",
        en: "Somebody has settled this contradiction otherwise: load the list again.")

    /// The case has gone on since the decision that is contradicted.
    static func contradictionTooLate(_ stage: SubmissionStage) -> CaseRefusal {
        CaseRefusal(
            kind: .conflict, code: "contradiction.tooLate",
            zh: "申请现处于“\(stage.chinese)”，原结果之后已继续办理，不能直接改按此行登记。请维持原登记，再按当前环节退回、暂缓或收回。",
            en:
                "The submission is “\(stage.english)” and has gone on since, so this row cannot take the place of what is recorded. Let what is recorded stand, and return, suspend or withdraw the submission from where it is."
        )
    }

    static let refusedOutright = CaseRefusal(
        kind: .invalid, code: "ground.refusal", zh: "本方案规定该情形直接不予发放，不需报省级研究，请以“不予”作出决定。",
        en: "This programme refuses on this ground outright: decide “refuse” instead of suspending.")

    /// Not a reason of the level's catalogue.
    static func reasonUnfit(at level: Level) -> CaseRefusal {
        let known = ReturnReason.catalogue(of: level).map(\.rawValue).joined(separator: ", ")
        return CaseRefusal(
            kind: .invalid, code: "decision.reasonUnfit", zh: "\(level.chinese)不能使用该退回原因，可用：\(known)。",
            en: "The \(level.english) cannot return for this reason; it has: \(known).")
    }

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
