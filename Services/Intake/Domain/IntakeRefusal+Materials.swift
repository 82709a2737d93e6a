import CardProgramme
import Contracts

/// What stands in the way of a pass: told all at once, so that nobody comes twice (R27).
extension IntakeRefusal {
    static func materialsMissing(_ items: [MaterialCheck.Item]) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "check.materials_missing",
            zh: "材料不齐全，不能通过检查，尚缺：\(items.map(\.chinese).joined(separator: "；"))。请补齐，或退回申请人补充。",
            en:
                "The materials are not complete, so the check cannot pass; missing: \(items.map(\.english).joined(separator: "; ")). Add them, or return the submission to the applicant."
        )
    }

    static func unconfirmed(_ confirmations: [StationConfirmation]) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "check.unconfirmed",
            zh:
                "以下事项无法由系统判断，须由工作人员核对后确认：\(confirmations.map(\.chinese).joined(separator: "；"))。请在 confirmed 中注明：\(confirmations.map(\.rawValue).joined(separator: "、"))。",
            en:
                "A member of staff must confirm what no program can see: \(confirmations.map(\.english).joined(separator: "; ")). Name in “confirmed”: \(confirmations.map(\.rawValue).joined(separator: ", "))."
        )
    }

    static func photoUnsuitable(_ faults: [PhotoFault]) -> IntakeRefusal {
        let zh = faults.enumerated().map { "\($0.offset + 1). \($0.element.chinese)" }.joined(separator: " ")
        let en = faults.enumerated().map { "\($0.offset + 1). \($0.element.english)" }.joined(separator: " ")
        return IntakeRefusal(
            .unfit, "material.photo", zh: "照片不符合要求，未保存：\(zh)",
            en: "The photo does not satisfy the rule and was not stored: \(en)")
    }
}

/// What stands in the way of a form, a signature or a comparison.
extension IntakeRefusal {
    static let formUnknown = IntakeRefusal(
        .unknown, "form.kind",
        zh: "没有这种表格。可打印：applicationForm（申领表）、bankConfirmation（借记卡信息确认书）；空白表另有 baseFile（基础电子档案信息表）。",
        en: "There is no such form. Known: applicationForm, bankConfirmation; empty ones also: baseFile.")
    static let signaturesEmpty = IntakeRefusal(
        .unfit, "signature.empty",
        zh: "请填写已签字表格上打印的校验码，至少一份。", en: "Give the code printed on the signed form, of at least one form.")
    static let signatureOutdated = IntakeRefusal(
        .conflict, "signature.outdated",
        zh: "表格上的校验码与当前档案不符：打印后内容已变更或抄写有误。请核对校验码；如内容已变更，请重新打印并由申请人签字。",
        en:
            "The form's code is not that of the file as it is now: the content changed after printing, or the code was copied wrongly. Check it; if the content changed, print the form again and have it signed."
    )
    static func signaturesClosed(_ stage: SubmissionStage) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "signature.closed",
            zh: "该申领目前处于“\(stage.chinese)”，不能再登记签字。如被退回，可在退回后重新打印、签字。",
            en:
                "The submission is now at “\(stage.english)”, so no signature can be recorded; after a return the forms can be printed and signed again."
        )
    }

    static let comparisonUnknown = IntakeRefusal(
        .unknown, "comparison.unknown",
        zh: "该申领没有需要比对的证明或说明，请核对申领编号。", en: "This submission has no statement to compare: check its id.")
    static let comparisonSettled = IntakeRefusal(
        .conflict, "comparison.settled",
        zh: "该说明已登记过不同的比对结果。如结果有误，请由服务站重新上传说明后再次比对。",
        en:
            "Another result is on record for this statement. If it is wrong, have the station upload the statement again and compare anew."
    )
    static let comparisonReplaced = IntakeRefusal(
        .conflict, "comparison.replaced",
        zh: "该说明材料已被替换，请刷新后重新比对。",
        en: "The statement was replaced since you saw it: load the list again and compare the new one.")

    static func departments(_ known: [String]) -> IntakeRefusal {
        IntakeRefusal(
            .unfit, "comparison.departments",
            zh: "请从以下部门中选择参与比对的部门：\(known.joined(separator: "、"))。",
            en: "Name the departments that were asked, out of: \(known.joined(separator: ", ")).")
    }
}
