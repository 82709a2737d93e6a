import CardProgramme
import Contracts

/// What stands in the way of a registration.
extension IntakeRefusal {
    static let nameMissing = IntakeRefusal(
        .unfit, "person.name",
        zh: "姓名未填写或含有不可显示的字符，请按身份证填写1至50个字。",
        en: "The name is missing or has unprintable characters: write 1 to 50 characters as on the identity card.")
    static let categoriesMissing = IntakeRefusal(
        .unfit, "person.categories",
        zh: "未选择优抚对象类别，请至少选择一项。", en: "No category was given: choose at least one.")
    static let phonesUnfit = IntakeRefusal(
        .unfit, "person.phones",
        zh: "联系电话格式不正确：最多5个，每个3至20位，只能含数字、空格、加号、横线和括号。",
        en: "The phone numbers cannot be used: at most 5, each of 3 to 20 digits, spaces, plus, hyphens or brackets.")
    static let addressUnfit = IntakeRefusal(
        .unfit, "person.address",
        zh: "地址超过200个字或含有不可显示的字符，请改短后重新提交。",
        en: "The address is longer than 200 characters or has unprintable ones: shorten it and send again.")
    static let rosterLength = IntakeRefusal(
        .unfit, "roster.length",
        zh: "名册每次提交1至1000人，请分批提交。", en: "A list has 1 to 1000 people: send it in parts.")
    static let otherStation = IntakeRefusal(
        .unfit, "roster.other_station",
        zh: "该人员不属于您所在的服务站，请由其服务站或区退役军人服务中心导入。",
        en: "This person belongs to another station: let that station or the district centre import them.")
    static let isDouble = IntakeRefusal(
        .conflict, "person.double",
        zh: "该档案已被认定为重复档案并停用，请使用保留的档案办理。",
        en: "This file was found to be a double and is closed: use the file that was kept.")
    static let keptIsNoneOfBoth = IntakeRefusal(
        .unfit, "doubles.keep",
        zh: "请从两份不同的档案中选择保留的一份；如确为两人，则不填保留档案。",
        en: "Name two different files and keep one of them, or none when they are two people.")
    static let doubleHasSubmission = IntakeRefusal(
        .conflict, "doubles.has_submission",
        zh: "拟停用的档案已有申领在办，请保留该档案，停用另一份。",
        en: "The file to be closed has a submission under way: keep that one and close the other.")
    static let serviceUnitUnfit = IntakeRefusal(
        .unfit, "person.service_unit",
        zh: "部队（单位）超过100个字或含有不可显示的字符，请改短后重新提交。",
        en: "The unit is longer than 100 characters or has unprintable ones: shorten it and send again.")
    static let householdUnfit = IntakeRefusal(
        .unfit, "person.household",
        zh: "户号超过40个字或含有不可显示的字符，请按户口簿填写。",
        en: "The household number is longer than 40 characters or has unprintable ones: write it as in the register.")
    static let divisionUnfit = IntakeRefusal(
        .unfit, "person.division",
        zh: "户籍地或常住地的行政区划代码不正确，请填写6位代码，例如“341602”。",
        en: "The division of registration or residence is no code: write its six digits, for example “341602”.")
    static let relatedUnfit = IntakeRefusal(
        .unfit, "person.related",
        zh: "监护人、亲属或帮办人的信息不正确：最多5人，须有姓名和关系，每人最多3个电话。",
        en:
            "Guardian, relatives or helpers cannot be used: at most 5, each with name and relation and at most 3 phone numbers."
    )
    static let stationUnknown = IntakeRefusal(
        .unfit, "person.station",
        zh: "服务站编号不在本方案的服务站名单中，请按名单填写，例如“341602-01”。",
        en: "There is no such station in this programme: use a code of its list, for example “341602-01”.")
    static let keptElsewhere = IntakeRefusal(
        .conflict, "person.kept_elsewhere",
        zh: "该人员已在其他服务站建档立卡。如需转入，请联系区退役军人服务中心办理转档。",
        en: "This person's file is kept by another station: ask the district service centre to move it here.")
    static let personUnknown = IntakeRefusal(
        .unknown, "person.unknown",
        zh: "未找到该人员的档案。请先在退役军人服务站建档立卡，再办理申领。",
        en: "There is no file for this person: register them at the service station first, then submit.")

    static func identityNumber(_ error: IdentityNumberError) -> IntakeRefusal {
        IntakeRefusal(.unfit, error.code, zh: error.zh, en: error.en)
    }
}

/// What stands in the way of a submission.
extension IntakeRefusal {
    static let submissionUnknown = IntakeRefusal(
        .unknown, "submission.unknown",
        zh: "未找到该申领，请核对申领编号。", en: "There is no such submission: check its id.")
    static let idempotencyKeyMissing = IntakeRefusal(
        .malformed, "submission.idempotency_key",
        zh: "请求须带 Idempotency-Key 头：8至128个可见ASCII字符，每次申领用一个新值，重发时用同一个值。",
        en:
            "An Idempotency-Key header of 8 to 128 visible ASCII characters is needed: a new one for each submission, the same one when sending again."
    )
    static let idempotencyKeyReused = IntakeRefusal(
        .conflict, "submission.idempotency_key_reused",
        zh: "该 Idempotency-Key 已用于另一份申领内容，请换一个新值再提交。",
        en: "This Idempotency-Key was used for another submission: take a new one and send again.")
    static let bankMissing = IntakeRefusal(
        .unfit, "submission.bank",
        zh: "未填写申请人选择的合作银行，请填写1至40个字的银行名称。",
        en: "The bank of the applicant's choice is missing: write its name in 1 to 40 characters.")
    static func fileIncomplete(_ missing: [FileElement]) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "submission.file_incomplete",
            zh: "建档立卡信息尚不完整，不能申领。请先在服务站补全：\(missing.map(\.chinese).joined(separator: "；"))。",
            en:
                "The person's file is not complete, so no card can be applied for. Complete it at the station first: \(missing.map(\.english).joined(separator: "; "))."
        )
    }
    static let noBatch = IntakeRefusal(
        .unfit, "submission.no_batch",
        zh: "该人员的类别不在本方案任何批次内，请在服务站核对其类别。",
        en:
            "None of this person's categories belongs to a batch of this programme: check the categories at the station."
    )
    static let alreadySubmitted = IntakeRefusal(
        .conflict, "submission.already_live",
        zh: "该人员已有一份在办的申领，不能重复提交。请查询其办理进度；如被退回，请在原申领上更正。",
        en:
            "This person already has a submission under way: look at its progress, and if it was returned correct that one."
    )
    static let alreadyDelivered = IntakeRefusal(
        .conflict, "submission.already_delivered",
        zh: "该人员已领取优待证，不能再次申领。如遗失或损坏，请办理补换证。",
        en: "This person already has a card: if it is lost or broken, ask for a replacement instead.")
    static let busy = IntakeRefusal(
        .conflict, "submission.changed_meanwhile",
        zh: "该申领或档案正被他人修改，请刷新后重试。",
        en: "Somebody else is changing this at the same moment: load it again and retry.")

    static func cardKindNotAllowed(_ allowed: Set<CardKind>) -> IntakeRefusal {
        let kinds = CardKind.allCases.filter(allowed.contains)
        return IntakeRefusal(
            .unfit, "submission.card_kind",
            zh: "该人员的类别不能申领此种优待证，可申领：\(kinds.map(\.chinese).joined(separator: "、"))。",
            en:
                "This person's categories do not allow this card kind; allowed: \(kinds.map(\.rawValue).joined(separator: ", "))."
        )
    }

    static func intakeEnded(_ day: CalendarDay) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "submission.intake_ended",
            zh: "集中受理阶段已于\(day.chinese)结束，不再受理新的申领；已受理的申领仍可更正。请联系区退役军人服务中心了解后续安排。",
            en:
                "The intake stage ended on \(day), so nothing new is accepted; corrections go on. Ask the district service centre what comes next."
        )
    }
}

/// What stands in the way of a check, a correction or a material.
extension IntakeRefusal {
    static let reasonMissing = IntakeRefusal(
        .unfit, "check.reason",
        zh: "退回时必须选择原因，以便申请人补正。", en: "A return needs a reason, so that the applicant knows what to mend.")
    static let cannotRefuse = IntakeRefusal(
        .unfit, "check.outcome",
        zh: "服务站不能作出“不予发放”的决定，只能通过（pass）或退回（return）。",
        en: "A station cannot refuse a card: decide pass or return.")
    static let reasonUnexpected = IntakeRefusal(
        .unfit, "check.reason_unexpected",
        zh: "检查通过时不填写退回原因和说明，只有不予发放才填写情形，请删去后再提交。",
        en:
            "A pass carries neither reason nor note, and a station records no ground for refusal: remove it and send again."
    )
    static let reasonUnfit: IntakeRefusal = {
        let known = ReturnReason.catalogue(of: .station).map(\.rawValue).joined(separator: ", ")
        return IntakeRefusal(
            .unfit, "check.reason_unfit", zh: "服务站不能使用该退回原因，可用：\(known)。",
            en: "A station cannot return for this reason; it has: \(known).")
    }()
    static let noteUnfit = IntakeRefusal(
        .unfit, "check.note",
        zh: "说明最多\(ReturnNote.longest)个字，且不能含有不可显示的字符，请修改后再提交。",
        en:
            "A note has at most \(ReturnNote.longest) characters and none that cannot be shown: shorten it and send again."
    )
    static let ownSubmission = IntakeRefusal(.conflict, FourEyes.code, zh: FourEyes.zh, en: FourEyes.en)
    static let cardKindWrong = IntakeRefusal(
        .conflict, "check.card_kind",
        zh: "所申领的优待证种类与该人员现有类别不符，请退回更正（原因：种类不准确）。",
        en: "The card kind no longer fits the person's categories: return the submission with the reason cardKindWrong."
    )

    static func roundOver(seen: Int, current: Int) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "submission.round",
            zh: "您依据的是第\(seen)轮材料，现为第\(current)轮，请刷新后重新查看再决定。",
            en:
                "Your decision is about round \(seen), the submission is in round \(current): load it again and decide anew."
        )
    }

    /// The state machine knows no such step from where the submission is.
    static func impossible(_ step: ImpossibleStep) -> IntakeRefusal {
        IntakeRefusal(.conflict, step.code, zh: step.zh, en: step.en)
    }

    static func materialsClosed(_ stage: SubmissionStage) -> IntakeRefusal {
        IntakeRefusal(
            .conflict, "material.closed",
            zh: "该申领目前处于“\(stage.chinese)”，材料已提交，不能更换。如被退回，可在退回后重新上传。",
            en:
                "The submission is now at “\(stage.english)”, its materials were handed on and cannot be replaced unless it is returned."
        )
    }

    static let materialUnknown = IntakeRefusal(
        .unknown, "material.unknown",
        zh: "该申领没有这种材料，请核对材料种类或先上传。",
        en: "The submission has no such material: check the kind, or upload it first.")
    static let materialKindUnknown = IntakeRefusal(
        .unknown, "material.kind",
        zh: "没有这种材料。可用：\(MaterialKind.allCases.map(\.rawValue).joined(separator: "、"))。",
        en:
            "There is no such kind of material. Known: \(MaterialKind.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    static let materialEmpty = IntakeRefusal(
        .unfit, "material.empty", zh: "材料内容为空，请重新拍照或扫描后上传。",
        en: "The material is empty: take the picture or scan it again and upload it.")
    static let materialTooLarge = IntakeRefusal(
        .tooLarge, "material.too_large",
        zh: "材料超过2MB，请压缩或降低分辨率后重新上传。", en: "The material is larger than 2 MB: make it smaller and upload it again.")
    static let materialType = IntakeRefusal(
        .unsupportedType, "material.type",
        zh: "材料类型须为 image/jpeg、image/png 或 application/pdf（证件照只接受JPEG），请在 Content-Type 中注明。",
        en:
            "A material must be image/jpeg, image/png or application/pdf (a photo must be a JPEG): say so in Content-Type."
    )
    static let materialContentDiffers = IntakeRefusal(
        .unfit, "material.content",
        zh: "文件内容与所注明的类型不符，可能已损坏，请重新导出后上传。",
        en: "The bytes are not of the type that was stated; the file may be damaged: export and upload it again.")
}
