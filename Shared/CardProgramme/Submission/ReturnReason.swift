/// Why a level sent a submission back; every return carries one (R63, R81, R84, R86).
package enum ReturnReason: String, Codable, Sendable, CaseIterable {
    /// 材料不齐全 (R61, R64).
    case materialsIncomplete
    /// 材料不清晰 (R143).
    case materialsUnclear
    /// 申请优待证种类不准确 (R62, R80).
    case cardKindWrong
    /// 身份信息不符 (R80).
    case identityMismatch
    /// 两份表格未签字确认 (R66, R83).
    case formsUnsigned
    /// 照片不合要求 (N16).
    case photoUnsuitable
    /// 建档立卡信息不完整 (R21, R22).
    case fileIncomplete
    /// 身份类别或亲属关系证明不足 (R80, N15).
    case proofInsufficient
    /// 与有关部门比对的信息不一致 (R121–R123).
    case recordsDisagree
    /// 本人在该行的借记卡已达上限 (N24).
    case bankCardLimit
    /// 该行不能为本人开立Ⅰ类账户 (N24).
    case bankAccountUnavailable
    /// 银行留存的姓名、证件或手机号码与申请不符 (N23).
    case bankDetailsMismatch
    /// Something else; the note says what.
    case other

    /// The reason in a few words.
    package var chinese: String {
        switch self {
        case .materialsIncomplete: "申请材料不齐全"
        case .materialsUnclear: "申请材料不清晰"
        case .cardKindWrong: "申请优待证种类不准确"
        case .identityMismatch: "身份信息与材料不符"
        case .formsUnsigned: "申领表或借记卡信息确认书未签字"
        case .photoUnsuitable: "照片不符合要求"
        case .fileIncomplete: "建档立卡信息不完整"
        case .proofInsufficient: "身份类别或亲属关系证明不足"
        case .recordsDisagree: "与有关部门比对的信息不一致"
        case .bankCardLimit: "在所选银行的借记卡已达上限"
        case .bankAccountUnavailable: "所选银行不能开立Ⅰ类账户"
        case .bankDetailsMismatch: "银行留存信息与申请不符"
        case .other: "其他原因"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .materialsIncomplete: "materials incomplete"
        case .materialsUnclear: "materials unclear"
        case .cardKindWrong: "wrong kind of card"
        case .identityMismatch: "identity does not match the materials"
        case .formsUnsigned: "a form is not signed"
        case .photoUnsuitable: "photo unsuitable"
        case .fileIncomplete: "personal file incomplete"
        case .proofInsufficient: "entitlement or kinship not sufficiently proved"
        case .recordsDisagree: "departments' records disagree"
        case .bankCardLimit: "as many cards of that bank as one may have"
        case .bankAccountUnavailable: "the bank cannot open a class I account"
        case .bankDetailsMismatch: "the bank's own records differ"
        case .other: "another reason"
        }
    }

    /// What to do about it, as the applicant and the station read it.
    package var guidanceChinese: String {
        switch self {
        case .materialsIncomplete:
            "请补齐身份证、户口簿和退役（或烈士、因公牺牲、病故）证明材料后重新提交，服务站可以协助办理。"
        case .materialsUnclear: "请重新拍摄或打印不清晰的材料，做到四角完整、字迹清楚、无污损，再重新提交。"
        case .cardKindWrong: "请按本人身份类别重新选择优待证种类；同时符合两种条件的，只能选择一种。"
        case .identityMismatch: "请对照身份证和户口簿核对姓名、公民身份号码等信息，更正后重新提交。"
        case .formsUnsigned: "请核对《优待证申领表》和《优待证关联银行借记卡信息确认书》，两份都签字后由服务站拍照上传。"
        case .photoUnsuitable: "请提供6个月内的白底免冠证件照（352×440像素，20至50KB，不着制式服装、浅色衣服），也可到服务站现场拍照。"
        case .fileIncomplete: "请先到服务站补全建档立卡信息，档案完整后即可重新提交申请。"
        case .proofInsufficient: "请补充退役、优抚身份证明或亲属关系证明；确无材料的，可请村（社区）出具说明，由区退役军人事务局核查。"
        case .recordsDisagree: "请到服务站核对婚姻、社保等登记信息，有误的先向登记部门更正，再重新提交。"
        case .bankCardLimit: "一人在一家银行一般最多4张借记卡。请注销不用的借记卡，或改选另一家合作银行后重新提交。"
        case .bankAccountUnavailable: "每人在一家银行只能有一个Ⅰ类账户。请到该行调整账户，或改选另一家合作银行后重新提交。"
        case .bankDetailsMismatch: "请持身份证到该行网点更新姓名、证件和手机号码，或改选另一家合作银行后重新提交。"
        case .other: "请查看退回说明，如有疑问请联系受理申请的服务站。"
        }
    }

    /// The same in English.
    package var guidanceEnglish: String {
        switch self {
        case .materialsIncomplete:
            "Add the missing identity card, household register or proof of service or bereavement and submit again; the station helps."
        case .materialsUnclear:
            "Photograph or print the unclear pages again, whole, legible and clean, and submit again."
        case .cardKindWrong: "Choose the kind of card that fits the category; who qualifies for both may choose one."
        case .identityMismatch:
            "Compare name and identity number with the identity card and household register, correct them and submit again."
        case .formsUnsigned:
            "Check and sign both forms, the application and the bank card confirmation; the station uploads photographs of them."
        case .photoUnsuitable:
            "Give a portrait taken within six months on white (352×440 pixels, 20–50 KB, no uniform, no light clothes), or have it taken at the station."
        case .fileIncomplete: "Complete the personal file at the station first; then submit again."
        case .proofInsufficient:
            "Add proof of service, entitlement or kinship; who has none asks the village or community for a statement, which the bureau examines."
        case .recordsDisagree:
            "Compare the registered data, such as marriage and social security, at the station; have what is wrong corrected where it is kept, then submit again."
        case .bankCardLimit:
            "One person normally has at most four debit cards of a bank: close one that is not used, or choose another bank, and submit again."
        case .bankAccountUnavailable:
            "A person has one class I account at a bank: have the account changed there, or choose another bank, and submit again."
        case .bankDetailsMismatch:
            "Take the identity card to the bank and bring name, document and phone up to date, or choose another bank, and submit again."
        case .other:
            "Read the note with the return, and ask the station that accepted the submission if anything is unclear."
        }
    }
}

extension ReturnReason {
    /// The levels that may give this reason. What one found wrong, those below it hand down (A6), so a bank's reason is
    /// also the bureau's, the centre's and the station's; what only offices can compare is not the station's own.
    package func isGiven(by level: Level) -> Bool {
        switch self {
        case .bankCardLimit, .bankAccountUnavailable, .bankDetailsMismatch: level != .city && level != .province
        case .identityMismatch, .other: true
        case .materialsIncomplete, .materialsUnclear, .cardKindWrong, .formsUnsigned, .photoUnsuitable,
            .fileIncomplete, .proofInsufficient, .recordsDisagree:
            level != .bank
        }
    }

    /// The reasons a level chooses from, in the order they are shown.
    package static func catalogue(of level: Level) -> [ReturnReason] {
        Self.allCases.filter { $0.isGiven(by: level) }
    }
}
