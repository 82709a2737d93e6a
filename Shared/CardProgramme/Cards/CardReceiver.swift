/// Who took a card from the station's hand (R15, N12).
package enum CardReceiver: String, Codable, Sendable, CaseIterable {
    /// 本人.
    case holder
    /// 监护人 (N12).
    case guardian
    /// 亲属.
    case relative
    /// 受托人.
    case authorised

    /// Everybody but the holder states what they are to them.
    package var isProxy: Bool { self != .holder }

    package var chinese: String {
        switch self {
        case .holder: "本人"
        case .guardian: "监护人"
        case .relative: "亲属"
        case .authorised: "受托人"
        }
    }
}

/// What shows that somebody took it: only the kind is kept, never the number of a document.
package enum DeliveryProof: String, Codable, Sendable, CaseIterable {
    /// 签字.
    case signature
    /// 照片; stored with the card before the delivery is recorded.
    case photo
    /// 居民身份证.
    case identityCard
    /// 户口簿.
    case householdRegister
    /// 监护证明.
    case guardianshipPaper
    /// 授权委托书.
    case authorisation

    package var chinese: String {
        switch self {
        case .signature: "签字"
        case .photo: "照片"
        case .identityCard: "居民身份证"
        case .householdRegister: "户口簿"
        case .guardianshipPaper: "监护证明"
        case .authorisation: "授权委托书"
        }
    }
}
