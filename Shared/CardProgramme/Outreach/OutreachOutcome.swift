/// How somebody's line of a campaign ended: they are accounted for (应知尽知、不漏一人). Raw values are codes that the database
/// holds; they are never renamed.
package enum OutreachOutcome: String, Codable, Sendable, CaseIterable {
    case informed
    case familyInformed
    case booked
    case applied
    case appliedElsewhere
    case declined
    case deceased
    /// The same person as another file.
    case duplicate
    case notEligible
    /// 走完全部步骤仍失联: everything was tried, and two members of staff have signed for it.
    case unreached

    /// Whether staff may record it with what they know; the others come from what happened.
    package var isRecordedByStaff: Bool {
        switch self {
        case .informed, .familyInformed, .appliedElsewhere, .declined, .duplicate, .notEligible: true
        // A death silences, so it is told by call or by the office that ends the file, never by a form field.
        case .booked, .applied, .deceased, .unreached: false
        }
    }

    package var chinese: String {
        switch self {
        case .informed: "本人已知晓"
        case .familyInformed: "家属已知晓"
        case .booked: "已预约"
        case .applied: "已申领"
        case .appliedElsewhere: "已在外地申领"
        case .declined: "本人放弃"
        case .deceased: "已去世"
        case .duplicate: "重复建档"
        case .notEligible: "不符合条件"
        case .unreached: "走完全部步骤仍失联"
        }
    }

    package var english: String {
        switch self {
        case .informed: "told in person"
        case .familyInformed: "the family was told"
        case .booked: "has an appointment"
        case .applied: "has applied"
        case .appliedElsewhere: "has applied elsewhere"
        case .declined: "does not want it"
        case .deceased: "has died"
        case .duplicate: "the same person as another file"
        case .notEligible: "not entitled"
        case .unreached: "not reached by the whole ladder"
        }
    }
}

extension CallOutcome {
    /// How it ends a line of a campaign; nil when it does not.
    package var outreach: OutreachOutcome? {
        switch self {
        case .reached, .willBook, .wantsHomeVisit: .informed
        case .reachedFamily: .familyInformed
        case .booked: .booked
        case .alreadyApplied: .applied
        case .declined: .declined
        case .deceased: .deceased
        case .callBack, .noAnswer, .busy, .switchedOff, .emptyNumber, .suspendedNumber, .wrongPerson, .moved, .hungUp,
            .hearingOrLanguage:
            nil
        }
    }
}

/// What shows that an outcome is so. Raw values are codes that the database holds.
package enum OutreachEvidence: String, Codable, Sendable, CaseIterable {
    /// Something the person wrote back.
    case reply
    /// An attempt to call.
    case call
    case appointment
    /// A notice about a submission of theirs.
    case submission
    /// A letter that was signed for.
    case letter
    /// What a village or a station answered.
    case inquiry
    /// What a member of staff knows and has written down.
    case staff
    /// Two members of staff signed that everything was tried.
    case signatures
    /// Another service told of a death.
    case death
}

/// Why somebody who lives elsewhere is not in a campaign: nobody is left out without a reason.
package enum OutreachExclusion: String, Codable, Sendable, CaseIterable {
    case silenced
    case applied
    /// Has an appointment that is to come.
    case booked
    case residenceUnknown
    case otherCampaign

    package var chinese: String {
        switch self {
        case .silenced: "已登记去世"
        case .applied: "已申领"
        case .booked: "已预约"
        case .residenceUnknown: "常住地不明，请先补全档案"
        case .otherCampaign: "已在另一次联系中"
        }
    }

    package var english: String {
        switch self {
        case .silenced: "recorded as deceased"
        case .applied: "has applied"
        case .booked: "has an appointment"
        case .residenceUnknown: "residence not known: complete the file"
        case .otherCampaign: "in another campaign"
        }
    }
}
