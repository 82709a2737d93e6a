/// How a campaign tries to reach somebody, one step after the other, until there is a sign of life (R25, R26, R105). Data a
/// campaign carries, so that an office can change it without anybody programming.
package struct OutreachLadder: Codable, Sendable, Hashable {
    package struct Step: Codable, Sendable, Hashable {
        package var means: OutreachMeans
        /// Days an answer is waited for before the next step.
        package var waitDays: Int
        /// For messages: the part of the day; nil for any.
        package var band: MessageBand?
        /// Left out for people of this age and older, who are better called; nil for nobody.
        package var notFromAge: Int?

        package init(_ means: OutreachMeans, waitDays: Int, band: MessageBand? = nil, notFromAge: Int? = nil) {
            self.means = means
            self.waitDays = waitDays
            self.band = band
            self.notFromAge = notFromAge
        }
    }

    package var steps: [Step]

    package init(steps: [Step]) {
        self.steps = steps
    }

    /// A message, another at another time of day, calls in three parts of the day, the relatives, a tracked letter, and a
    /// request to whoever may know: who is old is called at once.
    package static let standard = OutreachLadder(steps: [
        Step(.message, waitDays: 3, band: .morning, notFromAge: 80),
        Step(.message, waitDays: 3, band: .evening, notFromAge: 80),
        Step(.call, waitDays: 14),
        Step(.relatives, waitDays: 14),
        Step(.letter, waitDays: 20),
        Step(.inquiry, waitDays: 20),
    ])

    package static let mostSteps = 12
    package static let mostWaitDays = 120

    /// What is wrong with it, in sentences for whoever wrote it; empty for a sound one.
    package var mistakes: [(zh: String, en: String)] {
        var list: [(zh: String, en: String)] = []
        if !(1...Self.mostSteps).contains(self.steps.count) {
            list.append(
                (
                    "联系步骤应有1至\(Self.mostSteps)步。", "A ladder has 1 to \(Self.mostSteps) steps."
                ))
        }
        for (index, step) in self.steps.enumerated() {
            if !(1...Self.mostWaitDays).contains(step.waitDays) {
                list.append(
                    (
                        "第\(index + 1)步的等候天数应为1至\(Self.mostWaitDays)天。",
                        "Step \(index + 1): wait 1 to \(Self.mostWaitDays) days."
                    ))
            }
            if step.band != nil, step.means != .message {
                list.append(
                    (
                        "第\(index + 1)步不是短信，不能指定时段。", "Step \(index + 1): only a message has a part of the day."
                    ))
            }
            if let age = step.notFromAge, !(1...150).contains(age) {
                list.append(("第\(index + 1)步的年龄应为1至150岁。", "Step \(index + 1): an age is 1 to 150 years."))
            }
        }
        // A letter or an inquiry finds who has no phone; without either they could never be accounted for.
        if !self.steps.contains(where: { $0.means == .letter || $0.means == .inquiry }) {
            list.append(
                (
                    "至少要有一步是挂号信或协查，否则没有电话的对象无法联系。",
                    "One step at least must be a letter or an inquiry: nothing else finds people without a phone."
                ))
        }
        return list
    }

    /// Why a step is not for somebody; nil when it is.
    package func skip(_ index: Int, for reach: OutreachReach) -> OutreachSkip? {
        let step = self.steps[index]
        if let age = step.notFromAge, let theirs = reach.age, theirs >= age { return .age }
        switch step.means {
        case .message:
            return reach.willingMobiles > 0 ? nil : reach.mobiles > 0 ? .optedOut : .noNumber
        case .call: return reach.ownNumbers > 0 ? nil : .noNumber
        case .relatives: return reach.relatedNumbers > 0 ? nil : .noRelative
        case .letter: return reach.hasAddress ? nil : .noAddress
        case .inquiry: return nil
        }
    }

    /// The first step from one on that is for somebody, and those left out on the way with why; nil at the end of the ladder.
    package func next(
        from index: Int, for reach: OutreachReach
    ) -> (step: Int?, skipped: [(step: Int, why: OutreachSkip)]) {
        var skipped: [(step: Int, why: OutreachSkip)] = []
        for step in index..<max(index, self.steps.count) {
            guard let why = self.skip(step, for: reach) else { return (step, skipped) }
            skipped.append((step, why))
        }
        return (nil, skipped)
    }
}

/// What a step does. Raw values are codes that databases hold; they are never renamed.
package enum OutreachMeans: String, Codable, Sendable, CaseIterable {
    case message
    /// Their own numbers.
    case call
    /// Numbers of their relatives and helpers.
    case relatives
    /// 挂号信
    case letter
    /// 协查: the village, or the station where they live, is asked to find them.
    case inquiry

    package var chinese: String {
        switch self {
        case .message: "短信"
        case .call: "电话"
        case .relatives: "联系亲属"
        case .letter: "挂号信"
        case .inquiry: "协查"
        }
    }

    package var english: String {
        switch self {
        case .message: "short message"
        case .call: "call"
        case .relatives: "call to relatives"
        case .letter: "tracked letter"
        case .inquiry: "inquiry"
        }
    }
}

/// When in the day a message is sent: who overlooks it in the morning may read it in the evening.
package enum MessageBand: String, Codable, Sendable, CaseIterable {
    case morning, afternoon, evening

    /// Its hours on working days.
    package var window: SendingWindow {
        let index = Self.allCases.firstIndex(of: self) ?? 0
        return SendingWindow(bands: [SendingWindow.outreach.bands[index]], workingDaysOnly: true)
    }
}

/// Why a step was not for somebody.
package enum OutreachSkip: String, Codable, Sendable, CaseIterable {
    case age, noNumber, optedOut, noRelative, noAddress

    package var chinese: String {
        switch self {
        case .age: "年事已高，改为电话"
        case .noNumber: "没有可用号码"
        case .optedOut: "已退订"
        case .noRelative: "没有亲属号码"
        case .noAddress: "没有地址"
        }
    }

    package var english: String {
        switch self {
        case .age: "old, better called"
        case .noNumber: "no number of use"
        case .optedOut: "wants no messages"
        case .noRelative: "no number of a relative"
        case .noAddress: "no address"
        }
    }
}

/// By what somebody can be reached, as far as the choice of a step depends on it.
package struct OutreachReach: Sendable, Hashable {
    /// In years; nil when not known.
    package var age: Int?
    /// Mobiles of their own that work.
    package var mobiles: Int
    /// Those among them whose owner has not refused outreach.
    package var willingMobiles: Int
    /// Numbers of their own that can be called.
    package var ownNumbers: Int
    package var relatedNumbers: Int
    package var hasAddress: Bool

    package init(
        age: Int?, mobiles: Int, willingMobiles: Int, ownNumbers: Int, relatedNumbers: Int, hasAddress: Bool
    ) {
        self.age = age
        self.mobiles = mobiles
        self.willingMobiles = willingMobiles
        self.ownNumbers = ownNumbers
        self.relatedNumbers = relatedNumbers
        self.hasAddress = hasAddress
    }
}
