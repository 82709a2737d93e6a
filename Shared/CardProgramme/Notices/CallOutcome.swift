/// What came of a call. Raw values are codes that the database holds; they are never renamed.
package enum CallOutcome: String, Codable, Sendable, CaseIterable {
    case reached
    case reachedFamily
    /// Will make an appointment themselves.
    case willBook
    /// An appointment was made in the call.
    case booked
    case wantsHomeVisit
    /// Has handed in their papers, here or elsewhere.
    case alreadyApplied
    /// Does not want the card.
    case declined
    /// Asked to be called at another time, to the minute.
    case callBack
    case noAnswer
    case busy
    case switchedOff
    /// 空号: nobody has the number.
    case emptyNumber
    /// 停机: cut off by the carrier.
    case suspendedNumber
    /// Somebody else's number.
    case wrongPerson
    /// Lives elsewhere now, says who answered: the address is to be looked for in the file.
    case moved
    case deceased
    case hungUp
    /// They could not understand each other: somebody of the family is better called.
    case hearingOrLanguage

    /// Who knows after it: the evidence that somebody has been told (应知尽知).
    package enum Knowing: String, Codable, Sendable {
        case person, family
    }

    /// What a number is from then on. Raw values are those of its status.
    package enum Retirement: String, Sendable {
        case invalid, suspended, wrongPerson

        /// Whether the number is dead for everybody who gave it, not for this person only.
        package var isForEverybody: Bool { self != .wrongPerson }
    }

    /// Nil when nobody has been told.
    package var knowing: Knowing? {
        switch self {
        case .reached, .willBook, .booked, .wantsHomeVisit, .alreadyApplied, .declined: .person
        case .reachedFamily: .family
        case .callBack, .noAnswer, .busy, .switchedOff, .emptyNumber, .suspendedNumber, .wrongPerson, .moved, .deceased,
            .hungUp, .hearingOrLanguage:
            nil
        }
    }

    /// Whether nobody calls again for the same reason.
    package var endsTask: Bool { self.knowing != nil || self == .moved || self == .deceased }

    /// What becomes of the number; nil when it stays as it is.
    package var retirement: Retirement? {
        switch self {
        case .emptyNumber: .invalid
        case .suspendedNumber: .suspended
        case .wrongPerson: .wrongPerson
        default: nil
        }
    }

    /// Whether the number was right and the person was not reached; so many times only.
    package var isInVain: Bool { !self.endsTask && self.retirement == nil && self != .callBack }

    package var chinese: String {
        switch self {
        case .reached: "本人已知晓"
        case .reachedFamily: "家属已知晓"
        case .willBook: "将自行预约"
        case .booked: "已代为预约"
        case .wantsHomeVisit: "要求上门"
        case .alreadyApplied: "已申领"
        case .declined: "本人放弃"
        case .callBack: "约定时间再拨"
        case .noAnswer: "无人接听"
        case .busy: "占线"
        case .switchedOff: "关机"
        case .emptyNumber: "空号"
        case .suspendedNumber: "停机"
        case .wrongPerson: "非本人号码"
        case .moved: "已迁居"
        case .deceased: "已去世"
        case .hungUp: "接通后挂断"
        case .hearingOrLanguage: "听力或语言不通"
        }
    }

    package var english: String {
        switch self {
        case .reached: "told in person"
        case .reachedFamily: "the family was told"
        case .willBook: "will book themselves"
        case .booked: "booked in the call"
        case .wantsHomeVisit: "wants to be visited"
        case .alreadyApplied: "has applied"
        case .declined: "does not want it"
        case .callBack: "call again at a time agreed"
        case .noAnswer: "no answer"
        case .busy: "engaged"
        case .switchedOff: "switched off"
        case .emptyNumber: "no such number"
        case .suspendedNumber: "number suspended"
        case .wrongPerson: "somebody else's number"
        case .moved: "moved away"
        case .deceased: "has died"
        case .hungUp: "hung up"
        case .hearingOrLanguage: "could not understand each other"
        }
    }
}
