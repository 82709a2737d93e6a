/// Where a submission is on its way from the counter to the holder's hand (R60–R98, N18).
///
/// Raw values are codes held by messages and databases; they are never renamed.
package enum SubmissionStage: String, Codable, Sendable, CaseIterable {
    /// Accepted, waiting for the station's check (R61, R62).
    case awaitingStationCheck
    /// With the applicant, who completes what the station found missing (R63, R64).
    case returnedToApplicant
    /// Waiting for the centre's verification (R80).
    case awaitingVerification
    /// Back at the station that accepted it, for correction (R71, R81).
    case returnedToStation
    /// Waiting for the bureau's initial review (R83).
    case awaitingInitialReview
    /// Back at the centre after the initial review (R84).
    case returnedToCentre
    /// Waiting for the city's audit (R85).
    case awaitingAudit
    /// Back at the bureau after the audit.
    case returnedToBureau
    /// Waiting for the province's filing (N18, N19).
    case awaitingFiling
    /// Filed; the bank checks whether it can open the account before the card is made (N23, N24).
    case awaitingBankCheck
    /// Put off: something that only the province may judge lies before it (N21).
    case awaitingRuling
    /// Refused for good (N20), or by the province's ruling (N21).
    case refused
    /// Ended before there was a card: the applicant has died or given it up (N32).
    case discontinued
    /// Filed; the card order waits to go to the card maker (N23).
    case ordered
    /// With the card maker.
    case inProduction
    /// Made, waiting to be posted.
    case produced
    /// In a parcel to the centre (R10).
    case inTransit
    /// Signed for and counted at the centre (R88–R90).
    case atCentre
    /// Handed over to the station, which is bringing it home (R91).
    case onWayToStation
    /// At the station, to be delivered (R94).
    case atStation
    /// In the holder's hand.
    case delivered

    // MARK: A card that left the straight path
    /// Its parcel was refused at the centre; the card is being traced (R92, R93).
    case parcelRefused
    /// Not found where it should be, at the centre or at a station; it is being traced.
    case cardMissing
    /// Reported lost by its holder, formally, at the bank (N26).
    case cardLost
    /// A card was void; the next one waits for production (R93, N27, N28).
    case reordered
    /// Nobody was reached for three months; the card is back at the centre (N25) …
    case backAtCentre
    /// … at the city …
    case backAtCity
    /// … at the province.
    case backAtProvince
    /// Neither found nor made again, with a reason.
    case cardWrittenOff
    /// Void, and to be taken back from whoever has it (N32).
    case cardRevoked
    /// Void and taken back, or never made.
    case cardWithdrawn

    /// Whether nobody has anything left to do. A delivered card can still be lost, replaced or revoked.
    package var isFinal: Bool {
        switch self {
        case .refused, .discontinued, .delivered: true
        case .cardWrittenOff, .cardWithdrawn: true
        default: false
        }
    }

    /// Whether the paper part is over and the card itself is on its way.
    package var isCard: Bool {
        switch self {
        case .ordered, .inProduction, .produced, .inTransit, .atCentre, .onWayToStation, .atStation, .delivered: true
        case .parcelRefused, .cardMissing, .cardLost, .reordered, .backAtCentre, .backAtCity, .backAtProvince,
            .cardWrittenOff, .cardRevoked, .cardWithdrawn:
            true
        default: false
        }
    }

    /// Whether a level sent it back and somebody has to correct it.
    package var isReturned: Bool {
        switch self {
        case .returnedToApplicant, .returnedToStation, .returnedToCentre, .returnedToBureau: true
        default: false
        }
    }

    /// Whose turn it is.
    package var holder: Holder {
        switch self {
        case .returnedToApplicant: .applicant
        case .awaitingStationCheck, .returnedToStation, .onWayToStation, .atStation: .station
        case .awaitingVerification, .returnedToCentre, .atCentre: .centre
        case .awaitingInitialReview, .returnedToBureau: .bureau
        case .awaitingAudit: .city
        // Who filed it also gives the bank the data to make the card (N23).
        case .awaitingFiling, .awaitingRuling, .ordered: .province
        case .awaitingBankCheck: .bank
        case .inProduction, .produced, .inTransit: .cardMaker
        case .refused, .discontinued, .delivered: .nobody
        case .parcelRefused, .cardMissing, .backAtCentre, .cardRevoked: .centre
        case .reordered, .backAtProvince: .province
        case .backAtCity: .city
        case .cardLost: .applicant
        case .cardWrittenOff, .cardWithdrawn: .nobody
        }
    }

    /// What an applicant reads.
    package var chinese: String {
        switch self {
        case .awaitingStationCheck: "已受理，待服务站检查"
        case .returnedToApplicant: "需申请人补充材料"
        case .awaitingVerification: "待区退役军人服务中心核实"
        case .returnedToStation: "退回服务站更正"
        case .awaitingInitialReview: "待区退役军人事务局初审"
        case .returnedToCentre: "退回区退役军人服务中心"
        case .awaitingAudit: "待市退役军人事务局审核"
        case .returnedToBureau: "退回区退役军人事务局"
        case .awaitingFiling: "待省级备案"
        case .awaitingBankCheck: "已备案，待银行校验"
        case .awaitingRuling: "暂缓办理，待省级研究确定"
        case .refused: "不予发放"
        case .discontinued: "已终止办理"
        case .ordered: "已备案，待制证"
        case .inProduction: "制证中"
        case .produced: "已制成，待寄出"
        case .inTransit: "寄送途中"
        case .atCentre: "已到区退役军人服务中心"
        case .onWayToStation: "已交服务站，送站途中"
        case .atStation: "已到服务站，待送达"
        case .delivered: "已送达"
        case .parcelRefused: "寄送邮包破损或短缺已拒收，优待证查找中"
        case .cardMissing: "优待证下落不明，查找中"
        case .cardLost: "已挂失，可申请补领"
        case .reordered: "待重新制证"
        case .backAtCentre: "到站满三个月未能联系到本人，已退回区退役军人服务中心"
        case .backAtCity: "到站满三个月未能联系到本人，已退至市退役军人事务局"
        case .backAtProvince: "到站满三个月未能联系到本人，已退至省退役军人服务中心"
        case .cardWrittenOff: "优待证已核销"
        case .cardRevoked: "优待证已作废，待收回"
        case .cardWithdrawn: "优待证已作废收回"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .awaitingStationCheck: "accepted, waiting for the station's check"
        case .returnedToApplicant: "waiting for the applicant to complete the materials"
        case .awaitingVerification: "waiting for verification at the district centre"
        case .returnedToStation: "returned to the station for correction"
        case .awaitingInitialReview: "waiting for the bureau's initial review"
        case .returnedToCentre: "returned to the district centre"
        case .awaitingAudit: "waiting for the city's audit"
        case .returnedToBureau: "returned to the bureau"
        case .awaitingFiling: "waiting for the province's filing"
        case .awaitingBankCheck: "filed, waiting for the bank's check"
        case .awaitingRuling: "put off, waiting for the province's ruling"
        case .refused: "refused"
        case .discontinued: "discontinued"
        case .ordered: "filed, waiting for card production"
        case .inProduction: "card in production"
        case .produced: "card made, waiting to be posted"
        case .inTransit: "in the post to the district centre"
        case .atCentre: "at the district centre"
        case .onWayToStation: "handed over, on its way to the station"
        case .atStation: "at the station, to be delivered"
        case .delivered: "delivered"
        case .parcelRefused: "its parcel was refused as damaged or short; the card is being traced"
        case .cardMissing: "card missing, being traced"
        case .cardLost: "card reported lost; a replacement may be asked for"
        case .reordered: "waiting for a new card to be made"
        case .backAtCentre: "nobody reached for three months; card back at the district centre"
        case .backAtCity: "nobody reached for three months; card back at the city bureau"
        case .backAtProvince: "nobody reached for three months; card back at the provincial service centre"
        case .cardWrittenOff: "card written off"
        case .cardRevoked: "card void, to be taken back"
        case .cardWithdrawn: "card void and taken back"
        }
    }
}
