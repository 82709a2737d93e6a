import CardProgramme

/// What a phone, or whoever answers it, does in a rehearsal, and how often: each a rate from 0 to 1, changed with
/// `--rate NAME=RATE`. The documents give no rates; these are plausible ones, so that every route is walked.
enum PhoneHabit: String, Sendable, CaseIterable {
    /// No message reaches it: the carrier says so, gives up after a time, or does not know the number.
    case undeliverable, expiring, unroutable
    /// Messages are taken, and nothing is ever heard of them.
    case silent
    /// Its owner answers each message: they come, want another time, or want no more messages.
    case confirms, asksForChange, optsOut
    /// Nobody ever answers a call.
    case neverAnswers
    /// Nobody answers this time, per call.
    case unanswered
    /// The number is somebody else's, or nobody's any more, per call.
    case wrongNumber, deadNumber
    /// They ask to be called tomorrow, per call.
    case callsBack
    /// Of those called in a campaign: they do not want the card.
    case declines

    var standardRate: Double {
        switch self {
        case .undeliverable: 0.02
        case .expiring, .unroutable: 0.01
        case .silent: 0.02
        case .confirms: 0.08
        case .asksForChange: 0.03
        case .optsOut: 0.02
        case .neverAnswers: 0.08
        case .unanswered: 0.3
        case .wrongNumber, .deadNumber: 0.03
        case .callsBack: 0.06
        case .declines: 0.05
        }
    }

    /// The last four digits by which the message centre gives a phone its fate; nil for a habit of people.
    var digits: String? {
        switch self {
        case .undeliverable: "9001"
        case .expiring: "9002"
        case .unroutable: "9004"
        case .silent: "9007"
        case .confirms: "9011"
        case .asksForChange: "9012"
        case .optsOut: "9013"
        case .neverAnswers, .unanswered, .wrongNumber, .deadNumber, .callsBack, .declines: nil
        }
    }

    var title: String {
        switch self {
        case .undeliverable: "送不到 undeliverable"
        case .expiring: "超时未送达 expires at the carrier"
        case .unroutable: "号码不通 not routable"
        case .silent: "无回执 never a receipt"
        case .confirms: "回复1 answers that they come"
        case .asksForChange: "回复2 wants another time"
        case .optsOut: "退订 wants no more messages"
        case .neverAnswers: "始终不接 never answers a call"
        case .unanswered: "未接 not answered, per call"
        case .wrongNumber: "非本人 somebody else's number, per call"
        case .deadNumber: "空号 no such number, per call"
        case .callsBack: "约时再拨 to be called again, per call"
        case .declines: "放弃 does not want it, per call of a campaign"
        }
    }

    /// The one habit of a phone, by who owns it; nil for a phone that just takes messages.
    static func ofPhone(owner: Int, _ chance: Chance, _ rates: RehearsalRates) -> PhoneHabit? {
        var rest = chance.unit(person: owner, "phone.habit")
        for habit in Self.allCases where habit.digits != nil {
            if rest < rates[habit] { return habit }
            rest -= rates[habit]
        }
        return nil
    }
}

/// Numbers of phones nobody has. Those without a habit never end in digits that mean one to the message centre.
enum PhoneBook {
    /// - Parameter owner: up to 200,000; past 9,000 two owners of the same habit share a number.
    static func mobile(of owner: Int, _ habit: PhoneHabit?) -> String {
        if let digits = habit?.digits { return "199" + Self.four(1_000 + owner % 9_000) + digits }
        return "199" + Self.four(owner / 9_000) + Self.four(owner % 9_000)
    }

    /// Of somebody near a person.
    static func relative(of person: Int) -> String {
        "199" + Self.four(500 + person / 9_000) + Self.four(person % 9_000)
    }

    private static func four(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}
