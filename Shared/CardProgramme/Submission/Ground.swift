/// Why a card must be refused, why only the province may judge, or why an end is put to it (N20, N21, N32).
///
/// A ground is among the most sensitive things there are to know about a person. It is kept sealed in review's database and
/// stands in no message, no log line, no metric and no sentence an applicant reads on a screen.
package enum Ground: String, Codable, Sendable, CaseIterable {
    /// 被开除军籍、除名 (N20).
    case struckOff
    /// 被剥夺政治权利期间 (N20).
    case politicalRightsDeprived
    /// 服刑、被羁押或通缉期间 (N20).
    case servingSentence
    /// 受过刑事处罚 (N21).
    case criminalPenalty
    /// 被开除党籍 (N21).
    case expelledFromParty
    /// 被开除公职 (N21).
    case dismissedFromOffice
    /// 其他严重影响荣誉的情形 (N21).
    case honourHarmed
    /// 死亡 (N32).
    case deceased
    /// 持证后被判刑 (N32).
    case convicted
    /// 发证有误 (N32).
    case issuedWrongly
    /// 本人放弃申领.
    case givenUp

    /// What follows from a ground.
    package enum Kind: Sendable {
        /// The card must be refused (N20).
        case refusal
        /// The province judges each case; until then nothing goes on (N21).
        case ruling
        /// Nothing is left to be decided: the submission ends, or the card is taken back (N32).
        case withdrawal
    }

    package var kind: Kind {
        switch self {
        case .struckOff, .politicalRightsDeprived, .servingSentence: .refusal
        case .criminalPenalty, .expelledFromParty, .dismissedFromOffice, .honourHarmed: .ruling
        case .deceased, .convicted, .issuedWrongly, .givenUp: .withdrawal
        }
    }

    /// Whether a submission may end on this ground before there is a card. Who is convicted before that is refused or
    /// judged (N20, N21), and what was not issued cannot have been issued wrongly.
    package var endsPaper: Bool { self == .deceased || self == .givenUp }

    /// Whether a decision may refuse on this ground, given those the province refuses outright (N20, N22).
    package func isRefusal(outright: some Sequence<Ground>) -> Bool {
        self.kind == .refusal || (self.kind == .ruling && outright.contains(self))
    }

    package var chinese: String {
        switch self {
        case .struckOff: "被开除军籍或除名"
        case .politicalRightsDeprived: "被剥夺政治权利期间"
        case .servingSentence: "服刑、被羁押或通缉期间"
        case .criminalPenalty: "受过刑事处罚"
        case .expelledFromParty: "被开除党籍"
        case .dismissedFromOffice: "被开除公职"
        case .honourHarmed: "其他严重影响荣誉的情形"
        case .deceased: "已去世"
        case .convicted: "持证后被判刑"
        case .issuedWrongly: "发证有误"
        case .givenUp: "本人放弃申领"
        }
    }

    package var english: String {
        switch self {
        case .struckOff: "struck off or dismissed from the forces"
        case .politicalRightsDeprived: "deprived of political rights"
        case .servingSentence: "serving a sentence, detained or wanted"
        case .criminalPenalty: "criminal penalty"
        case .expelledFromParty: "expelled from the Party"
        case .dismissedFromOffice: "dismissed from public office"
        case .honourHarmed: "other serious harm to honour"
        case .deceased: "deceased"
        case .convicted: "convicted after the card was issued"
        case .issuedWrongly: "issued wrongly"
        case .givenUp: "given up by the applicant"
        }
    }
}
