/// What decides about somebody's turn: facts of the personal file, without name or number.
package struct Candidate: Hashable, Sendable {
    package let categories: Set<Category>
    package let birthDate: CalendarDay
    /// Division of the household registration (户籍), six digits or more (R37). Nil where the file does not say.
    package let registeredDivision: String?
    /// Division of the usual residence (常住地), six digits or more (R37). Nil where the file does not say.
    package let residentDivision: String?
    /// What makes it hard to come to a counter (R35).
    package let circumstances: Set<Circumstance>

    package init(
        categories: Set<Category>, birthDate: CalendarDay, registeredDivision: String? = nil,
        residentDivision: String? = nil, circumstances: Set<Circumstance> = []
    ) {
        self.categories = categories
        self.birthDate = birthDate
        self.registeredDivision = registeredDivision
        self.residentDivision = residentDivision
        self.circumstances = circumstances
    }
}

/// One group of people a phase is for. Every condition stated must hold; of the entries of one list, one is enough.
package struct Audience: Codable, Hashable, Sendable {
    package let groups: Set<CategoryGroup>
    package let categories: Set<Category>
    /// 具有本区户籍 (R33, R34).
    package let isRegisteredHere: Bool
    /// 常住地在本区 (R34).
    package let isResidentHere: Bool
    /// 满…周岁 and …岁以上 (R29, R36): the birthday counts.
    package let completedAge: Int?
    /// 超过…周岁 (R35): the birthday does not count.
    package let pastAge: Int?
    package let circumstances: Set<Circumstance>

    package init(
        groups: Set<CategoryGroup> = [], categories: Set<Category> = [], isRegisteredHere: Bool = false,
        isResidentHere: Bool = false, completedAge: Int? = nil, pastAge: Int? = nil,
        circumstances: Set<Circumstance> = []
    ) {
        self.groups = groups
        self.categories = categories
        self.isRegisteredHere = isRegisteredHere
        self.isResidentHere = isResidentHere
        self.completedAge = completedAge
        self.pastAge = pastAge
        self.circumstances = circumstances
    }

    /// Whether somebody of this category is among them when the other conditions hold.
    package func names(_ category: Category) -> Bool {
        self.categories.contains(category) || self.groups.contains { $0.contains(category) }
    }

    /// Whether nothing but the category is asked for.
    package var isUnconditional: Bool {
        !self.isRegisteredHere && !self.isResidentHere && self.completedAge == nil && self.pastAge == nil
            && self.circumstances.isEmpty
    }

    /// Whether somebody belongs to them on a day.
    ///
    /// A file that does not say where somebody is registered or lives counts as local: one applies at the station of the
    /// household registration in principle (N9), so its roster holds the district's own people.
    ///
    /// - Parameter division: of the programme.
    package func includes(_ candidate: Candidate, division: String, on day: CalendarDay) -> Bool {
        let counted = Category.effective(candidate.categories, birthDate: candidate.birthDate, on: day)
        guard counted.contains(where: self.names) else { return false }
        if self.isRegisteredHere, !Self.lies(candidate.registeredDivision, in: division) { return false }
        if self.isResidentHere, !Self.lies(candidate.residentDivision, in: division) { return false }
        if let age = self.completedAge, !AgeRule.hasCompleted(age, born: candidate.birthDate, on: day) { return false }
        if let age = self.pastAge, !AgeRule.isPast(age, born: candidate.birthDate, on: day) { return false }
        return self.circumstances.isEmpty || !self.circumstances.isDisjoint(with: candidate.circumstances)
    }

    private static func lies(_ place: String?, in division: String) -> Bool {
        place.map { $0.utf8.starts(with: division.utf8) } ?? true
    }

    /// The days on which somebody can begin to belong to them by growing older.
    func birthdays(of candidate: Candidate) -> [CalendarDay] {
        [
            self.completedAge.map(candidate.birthDate.birthday),
            self.pastAge.map { candidate.birthDate.birthday($0).adding(days: 1) },
        ]
        .compactMap { $0 }
    }
}

extension Audience {
    /// 具有本区户籍、超过80周岁、身患重病或长期卧床的退役军人.
    package var chinese: String {
        var conditions: [String] = []
        if self.isRegisteredHere { conditions.append("具有本区户籍") }
        if self.isResidentHere { conditions.append("常住地在本区") }
        if let age = self.completedAge { conditions.append("满\(age)周岁") }
        if let age = self.pastAge { conditions.append("超过\(age)周岁") }
        if !self.circumstances.isEmpty {
            conditions.append(Self.sorted(self.circumstances).map(\.chinese).joined(separator: "或"))
        }
        let names = Self.sorted(self.groups).map(\.chinese) + Self.sorted(self.categories).map(\.chinese)
        let who = names.joined(separator: "、")
        return conditions.isEmpty ? who : "\(conditions.joined(separator: "、"))的\(who)"
    }

    /// The same in English.
    package var english: String {
        var conditions: [String] = []
        if self.isRegisteredHere { conditions.append("registered in the district") }
        if self.isResidentHere { conditions.append("living in the district") }
        if let age = self.completedAge { conditions.append("aged \(age) or more") }
        if let age = self.pastAge { conditions.append("past \(age)") }
        if !self.circumstances.isEmpty {
            conditions.append(Self.sorted(self.circumstances).map(\.english).joined(separator: " or "))
        }
        let names = Self.sorted(self.groups).map(\.english) + Self.sorted(self.categories).map(\.english)
        let who = names.joined(separator: ", ")
        return conditions.isEmpty ? who : "\(who); \(conditions.joined(separator: ", "))"
    }

    private static func sorted<Code: CaseIterable & Hashable>(_ set: Set<Code>) -> [Code] {
        Code.allCases.filter(set.contains)
    }
}
