/// The age rules of the source documents, each at a reference date that the caller names.
package enum AgeRule: Sendable {
    /// 年满60周岁 (R29): sixty years completed, the sixtieth birthday included. 满 includes the number itself
    /// (民法典 Art. 1259).
    package static func hasCompleted(_ years: Int, born: CalendarDay, on date: CalendarDay) -> Bool {
        date >= born && born.years(to: date) >= years
    }

    /// 年龄超过80周岁 (R35, N14): past eighty, from the day *after* the eightieth birthday.
    ///
    /// 超过 excludes the number itself (民法典 Art. 1259), so the birthday, on which the age is exactly 80, does not
    /// count; one day later it is exceeded. Reading it as "81 completed years" would need a text that says so, and the
    /// rule opens a service (home handling), which R150 wants offered rather than withheld.
    package static func isPast(_ years: Int, born: CalendarDay, on date: CalendarDay) -> Bool {
        date > born.birthday(years)
    }

    /// The four circumstances of R35 together: over eighty, or one of the stated ones.
    package static func isHardToTravel(
        born: CalendarDay, circumstances: Set<Circumstance>, on date: CalendarDay
    ) -> Bool {
        !circumstances.isEmpty || Self.isPast(80, born: born, on: date)
    }
}

/// What makes it hard to come to a counter, as the applicant or the family states it (R35, N14).
package enum Circumstance: String, Codable, Sendable, CaseIterable {
    case seriouslyIll
    case unableToCareForSelf
    case bedridden

    package var chinese: String {
        switch self {
        case .seriouslyIll: "身患重病"
        case .unableToCareForSelf: "无自理能力"
        case .bedridden: "长期卧床"
        }
    }

    package var english: String {
        switch self {
        case .seriouslyIll: "seriously ill"
        case .unableToCareForSelf: "unable to care for themselves"
        case .bedridden: "long bedridden"
        }
    }
}
