/// The one place that decides who may do what to what.
///
/// Deny by default: a role that is not listed for an action may not do it, and a listed one only within its reach. A
/// station sees its own people only; an applicant one person; everybody else what lies in their division.
package enum AccessPolicy {
    /// Returns when the call is allowed.
    ///
    /// - Throws: ``AccessError/Code/denied`` with a sentence saying who may.
    package static func decide(
        _ principal: Principal, _ action: Action, on resource: Resource
    ) throws(AccessError) {
        let allowed = Self.roles(for: action)
        guard allowed.contains(principal.role) else { throw Self.refusal(of: action, allowed: allowed) }
        guard Self.reaches(principal, action, resource) else { throw Self.outOfReach(principal.role) }
    }

    /// Whether the call is allowed, for places that only show or hide something.
    package static func allows(_ principal: Principal, _ action: Action, on resource: Resource) -> Bool {
        do throws(AccessError) {
            try Self.decide(principal, action, on: resource)
            return true
        } catch {
            return false
        }
    }

    /// Who may do it at all.
    package static func roles(for action: Action) -> Set<Role> {
        switch action {
        case .registerPerson, .updatePerson: [.station, .centre]
        case .readPerson: [.applicant, .station, .centre, .bureau, .auditor]
        case .settleDoubles: [.centre]
        case .listPersons: [.station, .centre, .bureau, .auditor]
        case .submit, .correctSubmission, .addMaterial: [.applicant, .station]
        case .readSubmission: [.applicant, .station, .centre, .bureau, .superior, .auditor]
        case .listSubmissions: [.station, .centre, .bureau, .auditor]
        case .checkSubmission: [.station]
        case .readProgress: [.applicant, .station, .centre, .bureau, .superior, .auditor]
        case .readMaterial: [.applicant, .station, .centre, .bureau]
        case .readLooks: [.applicant, .auditor]
        case .readRecheck: [.centre, .bureau, .auditor, .operator]
        case .readStationPlan, .readEmptyForm: Set(Role.allCases)
        case .printForm, .signForm: [.applicant, .station]
        case .sendBaseForm: [.applicant]
        case .readBaseForm: [.applicant, .station, .centre]
        case .listBaseForms: [.station, .centre]
        case .takeOverBaseForm, .makeKit, .uploadVisits: [.station]
        case .readKit, .listKits: [.station, .homeTeam]
        case .listComparisons: [.station, .centre, .bureau, .auditor]
        case .settleComparison: [.bureau]
        case .reconcileSeats: [.operator]
        case .readSlots: [.applicant, .station, .homeTeam, .centre, .bureau, .auditor]
        case .book, .joinWaitingList: [.applicant, .station, .centre]
        case .readAppointment: [.applicant, .station, .centre, .bureau, .auditor]
        case .receivePeople: [.station]
        case .tellOrphaned, .changeCapacity, .readWaitingList: [.station, .centre]
        case .readCapacity: [.station, .centre, .bureau, .auditor]
        case .joinRoom: [.applicant]
        case .readRoom: [.centre, .bureau, .auditor]
        case .listVerifications, .readVerification: [.centre, .bureau, .auditor]
        case .claimVerification, .decideVerification: [.centre]
        case .listReviews, .readReview: [.bureau, .superior, .auditor]
        case .claimReview, .decideReview: [.bureau]
        case .recordAudit, .recordFiling: [.superior]
        case .readFigures: [.centre, .bureau, .superior, .auditor]
        case .readReviewHistory: [.bureau, .auditor]
        case .suspendReview: [.bureau, .superior]
        case .recordRuling: [.superior]
        case .withdrawReview, .settleContradiction, .manageDocket: [.bureau]
        case .listContradictions: [.bureau, .superior, .auditor]
        case .listLeftOvers: [.station, .centre, .bureau, .auditor]
        case .readDocket: [.centre, .bureau, .auditor]
        case .investigate: [.centre, .bureau]
        case .listCards, .readCard: [.station, .centre, .bureau, .cardMaker, .auditor]
        case .produceCards: [.bureau]
        case .shipParcel: [.cardMaker]
        case .listParcels: [.centre, .bureau, .cardMaker, .auditor]
        case .receiveParcel, .handOverCards: [.centre]
        case .receiveCards, .deliverCard: [.station]
        case .exportBatch: [.bureau, .cardMaker]
        case .readDamage: [.centre, .bureau, .superior, .auditor]
        case .readDamagePhoto: [.centre, .bureau, .superior]
        case .reportDamage: [.centre]
        case .passDamageUp: [.superior]
        case .settleTrace: [.bureau]
        case .reportMissing, .takeBackCard: [.station, .centre]
        case .returnCards: [.station, .centre, .superior]
        case .receiveReturns: [.centre, .superior]
        case .listReturns: [.station, .centre, .bureau, .superior, .auditor]
        case .reportLoss, .replaceCard: [.station]
        case .readBalance: [.station, .centre, .bureau, .superior, .auditor]
        case .readContacts: [.applicant, .station, .centre]
        case .planCampaign, .accountForPerson, .sendLetters: [.centre]
        case .approveCampaign: [.centre, .bureau]
        case .readCampaign: [.centre, .bureau, .auditor]
        case .listInquiries: [.station, .centre, .auditor]
        case .answerInquiry: [.station, .centre]
        case .readTemplates: [.station, .centre, .bureau, .auditor]
        case .saveTemplate, .readReplies: [.centre]
        case .recordOptOut: [.station, .centre]
        case .subscribeWeChat: [.applicant]
        case .readNotices: [.applicant, .station, .centre, .bureau, .auditor]
        case .listCalls, .makeCalls: [.station, .centre]
        }
    }

    /// Whether the thing lies within what the caller is responsible for. The same for every action, so that no new one
    /// can forget it; only what is published, the plan and what is free, is open to everybody of the division.
    private static func reaches(_ principal: Principal, _ action: Action, _ resource: Resource) -> Bool {
        guard Self.covers(principal.division, resource.division) else { return false }
        if action == .readStationPlan || action == .readSlots { return true }
        switch principal.role {
        case .applicant:
            guard let person = principal.person else { return false }
            return resource.person == person
        case .station, .homeTeam:
            guard let station = principal.station else { return false }
            return resource.station == station
        case .centre, .bureau, .superior, .cardMaker, .auditor, .operator:
            return true
        }
    }

    /// Whether a division contains another: `341600` (city) contains `341602`, `341602` contains `341602001`.
    package static func covers(_ outer: String, _ inner: String) -> Bool {
        var prefix = outer.utf8[...]
        // GB/T 2260: pairs of digits from the right are 00 where the code names something wider.
        while prefix.count > 2, prefix.count <= 6, prefix.count % 2 == 0, prefix.suffix(2).elementsEqual("00".utf8) {
            prefix = prefix.dropLast(2)
        }
        return !prefix.isEmpty && inner.utf8.starts(with: prefix)
    }

    private static func refusal(of action: Action, allowed: Set<Role>) -> AccessError {
        let roles = Role.allCases.filter(allowed.contains)
        let zh = roles.map(\.chinese).joined(separator: "、")
        let en = roles.map(\.english).joined(separator: ", ")
        return AccessError(
            .denied, zh: "您的角色无权进行此操作（\(action.rawValue)）。有权进行的是：\(zh)。",
            en: "Your role may not do this (\(action.rawValue)). It may be done by: \(en).")
    }

    private static func outOfReach(_ role: Role) -> AccessError {
        switch role {
        case .applicant:
            AccessError(
                .denied, zh: "您只能办理和查询本人的事项。如需查询他人事项，请由其本人或所属退役军人服务站办理。",
                en:
                    "You may only see and do what concerns yourself. It may be done by the person concerned or their service station."
            )
        case .station, .homeTeam:
            AccessError(
                .denied, zh: "该事项不属于您所在的退役军人服务站，请由所属服务站办理。",
                en: "This does not belong to your service station. It may be done by the station it belongs to.")
        default:
            AccessError(
                .denied, zh: "该事项不属于您的管辖区域，请由所属地区办理。",
                en: "This lies outside your division. It may be done by the division it belongs to.")
        }
    }
}
