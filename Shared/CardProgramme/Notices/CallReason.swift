/// Why somebody of the office has to call a person. Raw values are codes that the database holds; they are never renamed.
package enum CallReason: String, Codable, Sendable, CaseIterable {
    /// An appointment nobody has confirmed, of somebody who is better called (70 or older, or missed one before).
    case unconfirmed
    /// They asked to be called.
    case callBack
    /// They want another time.
    case wantsChange
    /// No message can tell them.
    case cannotBeTold
    /// They replied, from a phone of several people or in words of their own.
    case reply
    /// Outreach has come to the step at which somebody calls.
    case outreach
    /// Somebody said that the person has died: the centre looks at the file.
    case death

    /// 0 is called first.
    package var urgency: Int {
        switch self {
        case .unconfirmed: 0
        case .callBack: 1
        case .wantsChange, .cannotBeTold, .death: 2
        case .reply: 3
        case .outreach: 4
        }
    }

    /// Whether only the centre works on it.
    package var isForCentre: Bool { self == .death }

    package var chinese: String {
        switch self {
        case .unconfirmed: "预约待确认"
        case .callBack: "约定回电"
        case .wantsChange: "要求改约"
        case .cannotBeTold: "短信无法告知"
        case .reply: "回复待处理"
        case .outreach: "外出对象联系"
        case .death: "去世情况核对"
        }
    }

    package var english: String {
        switch self {
        case .unconfirmed: "appointment to be confirmed"
        case .callBack: "asked to be called"
        case .wantsChange: "wants another time"
        case .cannotBeTold: "no message can tell them"
        case .reply: "has replied"
        case .outreach: "outreach"
        case .death: "said to have died"
        }
    }
}
