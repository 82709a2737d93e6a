/// What kind of paper or picture a material is (R65, R66, N15–N17).
///
/// Raw values are codes held by messages and databases; they are never renamed.
package enum MaterialKind: String, Codable, Sendable, CaseIterable {
    /// 证件照
    case photo
    /// 《退役军人、其他优抚对象优待证申领表》, signed (R125)
    case applicationForm
    /// 《优待证关联银行借记卡信息确认书》, signed (R126)
    case bankConfirmation
    /// Any other proof of a category (N15).
    case entitlementProof
    /// 居民身份证 (N15)
    case identityCard
    /// 居民户口簿 (N15)
    case householdRegister
    /// 退伍、转业、退休、复员证件 (N15)
    case serviceDocument
    /// 残疾军人证 (N15)
    case disabilityCertificate
    /// 立功受奖证件, for those who have them (N15)
    case meritDocument
    /// 烈士证明书 (N15)
    case martyrCertificate
    /// 因公牺牲军人证明书 (N15)
    case lineOfDutyCertificate
    /// 病故军人证明书 (N15)
    case illnessDeathCertificate
    /// 与烈士、因公牺牲军人、病故军人的关系证明 (N15)
    case kinshipProof
    /// 居住证, of who applies where they live in another province (N10)
    case residencePermit
    /// 监护关系证明 (N12)
    case guardianshipProof
    /// 村（社区）证明, when there are no papers of service at all (N17)
    case villageStatement
    /// 本人书面说明, of bereaved family without papers (N17)
    case ownStatement
    /// 《基础电子档案信息表》 on paper, filled in by hand (R74, R132)
    case baseFileForm

    package var chinese: String {
        switch self {
        case .photo: "证件照"
        case .applicationForm: "已签字的《退役军人、其他优抚对象优待证申领表》"
        case .bankConfirmation: "已签字的《优待证关联银行借记卡信息确认书》"
        case .entitlementProof: "其他身份类别证明材料"
        case .identityCard: "居民身份证"
        case .householdRegister: "居民户口簿"
        case .serviceDocument: "退伍（转业、退休、复员）证件"
        case .disabilityCertificate: "残疾军人证"
        case .meritDocument: "立功受奖证件"
        case .martyrCertificate: "烈士证明书"
        case .lineOfDutyCertificate: "因公牺牲军人证明书"
        case .illnessDeathCertificate: "病故军人证明书"
        case .kinshipProof: "亲属关系证明"
        case .residencePermit: "居住证"
        case .guardianshipProof: "监护关系证明"
        case .villageStatement: "村（社区）证明"
        case .ownStatement: "本人书面说明"
        case .baseFileForm: "《基础电子档案信息表》"
        }
    }

    package var english: String {
        switch self {
        case .photo: "the photo"
        case .applicationForm: "the signed application form"
        case .bankConfirmation: "the signed bank card confirmation"
        case .entitlementProof: "another proof of the category"
        case .identityCard: "the identity card"
        case .householdRegister: "the household register"
        case .serviceDocument: "the paper of discharge, transfer, retirement or demobilisation"
        case .disabilityCertificate: "the disabled serviceman's certificate"
        case .meritDocument: "papers of merit"
        case .martyrCertificate: "the martyr's certificate"
        case .lineOfDutyCertificate: "the certificate of death in the line of duty"
        case .illnessDeathCertificate: "the certificate of a serviceman's death of illness"
        case .kinshipProof: "proof of the relation"
        case .residencePermit: "the residence permit"
        case .guardianshipProof: "proof of guardianship"
        case .villageStatement: "the village's or community's statement"
        case .ownStatement: "the applicant's own written statement"
        case .baseFileForm: "the base file form"
        }
    }

    /// Whether it stands in for papers nobody has, and is compared by the departments before it counts (N17).
    package var isStatement: Bool { self == .villageStatement || self == .ownStatement }
}

/// What pixels and files cannot show and the clerk confirms at the station's check.
package enum StationConfirmation: String, Codable, Sendable, CaseIterable {
    /// Taken within six months (N16).
    case photoRecent
    /// No uniform (N16).
    case photoPlainClothes

    package var chinese: String {
        switch self {
        case .photoRecent: "照片为近6个月内拍摄"
        case .photoPlainClothes: "照片未着制式服装"
        }
    }

    package var english: String {
        switch self {
        case .photoRecent: "the photo was taken within six months"
        case .photoPlainClothes: "no uniform is worn on the photo"
        }
    }
}

/// What the departments found about a statement that stands in for papers (N17).
package enum Comparison: String, Codable, Sendable, CaseIterable {
    /// Being compared.
    case open
    case confirmed
    case notConfirmed
}
