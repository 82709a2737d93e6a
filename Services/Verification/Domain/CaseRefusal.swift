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
        kind: .notFound, code: "case.notFound", zh: "核实环节没有这件申请，请核对申请编号。",
        en: "Verification has no such submission: check its id.")

    static let reasonMissing = CaseRefusal(
        kind: .invalid, code: "decision.reasonMissing", zh: "退回时必须注明原因，请选择退回原因后再提交。",
        en: "A return needs a reason: choose one and send the decision again.")

    static let reasonUnexpected = CaseRefusal(
        kind: .invalid, code: "decision.reasonUnexpected", zh: "核实通过时不应填写退回原因。如要退回，请选择“退回”。",
        en: "A pass carries no reason: remove it, or return the submission instead.")

    static let refusalNotPossible = CaseRefusal(
        kind: .invalid, code: "decision.notPossibleHere", zh: "核实环节只能“通过”或“退回”，不能作出不予发放的决定。",
        en: "The centre passes or returns a submission; it cannot refuse it.")

    static let groundUnexpected = CaseRefusal(
        kind: .invalid, code: "decision.groundUnexpected", zh: "核实环节不登记不予发放的情形，请通过后由区退役军人事务局初审办理。",
        en:
            "The centre records no ground for refusal: pass the submission on, so that the bureau's review deals with it."
    )

    static let noteUnfit = CaseRefusal(
        kind: .invalid, code: "decision.note", zh: "说明只能随退回填写，最多\(ReturnNote.longest)个字，且不能含有不可显示的字符。",
        en:
            "A note goes with a return only, has at most \(ReturnNote.longest) characters and none that cannot be shown."
    )

    static let ownSubmission = CaseRefusal(
        kind: .conflict, code: FourEyes.code, zh: FourEyes.zh, en: FourEyes.en)

    /// Not a reason of the centre's catalogue.
    static let reasonUnfit: CaseRefusal = {
        let known = ReturnReason.catalogue(of: .centre).map(\.rawValue).joined(separator: ", ")
        return CaseRefusal(
            kind: .invalid, code: "decision.reasonUnfit", zh: "核实环节不能使用该退回原因，可用：\(known)。",
            en: "The centre cannot return for this reason; it has: \(known).")
    }()

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
