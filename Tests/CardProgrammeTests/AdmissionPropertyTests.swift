import CardProgramme
import Testing

/// Random programmes × random people, each repeatable by its seed.
@Suite("Admission, whatever the programme and the person")
struct AdmissionPropertyTests {
    static let opening = day("2022-02-28")
    static let end = day("2022-12-31")
    static let stations = ["120116-01", "120116-02", "120116-03"]

    // MARK: - Random programmes

    struct Generator {
        var random: SeededGenerator

        mutating func pick<Value>(_ values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &self.random)]
        }
        mutating func some<Value>(_ values: [Value]) -> [Value] {
            let chosen = values.filter { _ in Bool.random(using: &self.random) }
            return chosen.isEmpty ? [self.pick(values)] : chosen
        }
        mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self.random) < percent }
        mutating func day(_ range: ClosedRange<Int>) -> CalendarDay {
            AdmissionPropertyTests.opening.adding(days: Int.random(in: range, using: &self.random))
        }

        mutating func audience() -> String {
            var parts: [String] = []
            if self.happens(50) {
                parts.append("groups: [\(self.some(CategoryGroup.allCases).map(\.rawValue).joined(separator: ", "))]")
            } else {
                parts.append("categories: [\(self.some(Category.allCases).map(\.rawValue).joined(separator: ", "))]")
            }
            if self.happens(30) { parts.append("registered: here") }
            if self.happens(20) { parts.append("resident: here") }
            if self.happens(20) { parts.append("completed_age: \(self.pick([60, 70, 80]))") }
            if self.happens(20) { parts.append("past_age: \(self.pick([60, 80]))") }
            if self.happens(20) {
                parts.append(
                    "circumstances: [\(self.some(Circumstance.allCases).map(\.rawValue).joined(separator: ", "))]")
            }
            return "{\(parts.joined(separator: ", "))}"
        }

        /// - Parameter closed: percentage of phases with an end; the last one has none, so that everybody has a turn.
        mutating func plan(_ station: String, closed: Int) -> String {
            let count = self.pick([1, 2, 3, 4, 6])
            let days = (0..<count).map { _ in self.day(0...250) }.sorted()
            var text = "  - station: \"\(station)\"\n    phases:\n"
            for number in 1...count {
                let from = days[number - 1]
                text += "      - number: \(number)\n        from: \(from)\n"
                if number < count, self.happens(closed) {
                    text +=
                        "        through: \(min(from.adding(days: self.pick([0, 10, 40])), AdmissionPropertyTests.end))\n"
                }
                let who =
                    number == count
                    ? "{groups: [veterans, bereavedFamilies]}"
                    : (0..<self.pick([1, 1, 2, 3])).map { _ in self.audience() }.joined(separator: ", ")
                text += "        who: [\(who)]\n"
                if self.happens(70) {
                    text +=
                        "        modes: [\(self.some(ServiceMode.allCases).map(\.rawValue).joined(separator: ", "))]\n"
                }
            }
            return text
        }

        /// Some stations have plans; the others follow batches.
        mutating func programme(closed: Int) -> String {
            let text = OfficePlanTests.binhai
            let head = text.prefix { _ in true }.split(separator: "plans:\n", maxSplits: 1)
            let tail = text.split(separator: "levels:\n", maxSplits: 1)
            let levels = String(tail[1]).split(separator: "assumptions:", maxSplits: 1)[0]
            var yaml = String(head[0]) + "batches:\n"
            var rest = Category.allCases.shuffled(using: &self.random)
            let count = self.pick([1, 2, 3])
            let days = (0..<count).map { _ in self.day(0...250) }.sorted()
            for number in 1...count {
                let size =
                    number == count
                    ? rest.count : Int.random(in: 1...(rest.count - (count - number)), using: &self.random)
                let own = rest.prefix(size).map(\.rawValue).joined(separator: ", ")
                rest = Array(rest.dropFirst(size))
                yaml += "  - number: \(number)\n    from: \(days[number - 1])\n"
                if number < count, self.happens(closed) {
                    yaml += "    through: \(min(days[number - 1].adding(days: 20), AdmissionPropertyTests.end))\n"
                }
                yaml += "    categories: [\(own)]\n"
            }
            let planned = AdmissionPropertyTests.stations.filter { _ in self.happens(70) }
            if !planned.isEmpty {
                yaml += "plans:\n" + planned.map { self.plan($0, closed: closed) }.joined()
            }
            yaml += "levels:\n\(levels)\nstations:\n"
            for code in AdmissionPropertyTests.stations { yaml += "  - {code: \"\(code)\", name: \"测试\(code)\"}\n" }
            return yaml
        }

        mutating func candidate() -> Candidate {
            Candidate(
                categories: Set((0..<self.pick([1, 1, 2, 3])).map { _ in self.pick(Category.allCases) }),
                birthDate: AdmissionPropertyTests.opening.adding(
                    days: -Int.random(in: 18 * 365...95 * 365, using: &self.random)),
                registeredDivision: self.pick([nil, "120116", "120116002", "341602"]),
                residentDivision: self.pick([nil, "120116", "110101"]),
                circumstances: self.happens(20) ? [self.pick(Circumstance.allCases)] : [])
        }
    }

    private func isOpen(_ admission: Programme.Admission) -> Bool {
        if case .open = admission { true } else { false }
    }

    static let days = stride(from: 0, through: 306, by: 1).map { Self.opening.adding(days: $0) }

    @Test("with open-ended phases: whoever is let in once is let in until the programme's end", arguments: 1...40)
    func monotone(seed: UInt64) throws {
        var generator = Generator(random: SeededGenerator(seed: seed))
        let programme = try Programme.parse(yaml: generator.programme(closed: 0), file: "random.yaml")
        for _ in 0..<25 {
            let candidate = generator.candidate()
            let station = generator.pick(Self.stations)
            var wasOpen = false
            for day in Self.days {
                let isOpen = self.isOpen(programme.admission(of: candidate, at: station, on: day))
                #expect(isOpen || !wasOpen, "seed \(seed): \(candidate) was let in before \(day) and no longer is")
                wasOpen = isOpen
            }
            #expect(wasOpen, "seed \(seed): \(candidate) is never let in at \(station)")
        }
    }

    @Test(
        "with closed windows too: nobody of any category is without a day, and the day named is kept", arguments: 1...40
    )
    func somebodysDay(seed: UInt64) throws {
        var generator = Generator(random: SeededGenerator(seed: 1_000 + seed))
        let programme = try Programme.parse(yaml: generator.programme(closed: 60), file: "random.yaml")
        for category in Category.allCases {
            let drawn = generator.candidate()
            let candidate = Candidate(
                categories: [category], birthDate: drawn.birthDate, registeredDivision: drawn.registeredDivision,
                residentDivision: drawn.residentDivision, circumstances: drawn.circumstances)
            for station in Self.stations {
                let first = Self.days.first { self.isOpen(programme.admission(of: candidate, at: station, on: $0)) }
                #expect(first != nil, "seed \(seed): \(category) is never let in at \(station)")
                #expect(programme.nextOpening(of: candidate, at: station, notBefore: Self.opening) == first)
                for day in Self.days {
                    let admission = programme.admission(of: candidate, at: station, on: day)
                    let modes = programme.modes(of: candidate, at: station, on: day)
                    #expect(modes.isEmpty == !self.isOpen(admission), "seed \(seed): \(day) at \(station)")
                    guard case .notYet(_, let opens) = admission else { continue }
                    #expect(opens > day)
                    #expect(self.isOpen(programme.admission(of: candidate, at: station, on: opens)), "seed \(seed)")
                }
            }
        }
    }

    @Test("after the programme's end nobody is let in any more", arguments: 1...20)
    func end(seed: UInt64) throws {
        var generator = Generator(random: SeededGenerator(seed: 2_000 + seed))
        let programme = try Programme.parse(yaml: generator.programme(closed: 30), file: "random.yaml")
        for station in Self.stations {
            let candidate = generator.candidate()
            let admission = programme.admission(of: candidate, at: station, on: Self.end.adding(days: 1))
            guard case .ended(_, let day) = admission else {
                Issue.record("seed \(seed): \(admission)")
                continue
            }
            #expect(day <= Self.end)
        }
    }

    @Test("a programme compared with itself changes nothing; with another, each change speaks", arguments: 1...30)
    func changes(seed: UInt64) throws {
        var generator = Generator(random: SeededGenerator(seed: 3_000 + seed))
        let first = try Programme.parse(yaml: generator.programme(closed: 30), file: "random.yaml")
        let second = try Programme.parse(yaml: generator.programme(closed: 30), file: "random.yaml")
        #expect(first.changes(to: first).isEmpty)
        let there = first.changes(to: second)
        let back = second.changes(to: first)
        #expect(there.isEmpty == (first.plans == second.plans && first.batches == second.batches))
        #expect(there.count == back.count && there.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
    }
}
