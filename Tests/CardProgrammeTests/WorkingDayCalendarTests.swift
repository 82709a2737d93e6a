import CardProgramme
import Testing

@Suite("The working-day calendar")
struct WorkingDayCalendarTests {
    static let china = WorkingDayCalendar.china

    /// Working days per month, counted with chinesecalendar's own is_workday.
    static let monthly: [(year: Int, months: [Int])] = [
        (2020, [17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23]),
        (2021, [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23]),
        (2022, [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22]),
        (2023, [18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21]),
        (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ]

    private func days(from first: String, through last: String) -> [CalendarDay] {
        (day(first).daysSince1970...day(last).daysSince1970).map { CalendarDay(daysSince1970: $0) }
    }

    @Test("has as many working days in each month as the package it was made from")
    func months() throws {
        for (year, months) in Self.monthly {
            for (index, expected) in months.enumerated() {
                let first = try #require(CalendarDay(year: year, month: index + 1, day: 1))
                let next = first.adding(months: 1)
                let counted = (0..<first.days(to: next)).filter { Self.china.isWorkingDay(first.adding(days: $0)) }
                    .count
                #expect(counted == expected, "\(year)-\(index + 1)")
                #expect(
                    Self.china.workingDays(after: first.adding(days: -1), through: next.adding(days: -1)) == expected)
            }
        }
    }

    @Test("agrees day for day with the notices for 2022 and 2023 as the national rules quote them")
    func notices() {
        // National rules §2.4, 国办发明电〔2021〕11号 and the notice of 2022-12-08.
        let off = [
            ("2022-01-01", "2022-01-03"), ("2022-01-31", "2022-02-06"), ("2022-04-03", "2022-04-05"),
            ("2022-04-30", "2022-05-04"),
            ("2022-06-03", "2022-06-05"), ("2022-09-10", "2022-09-12"), ("2022-10-01", "2022-10-07"),
            ("2022-12-31", "2023-01-02"),
            ("2023-01-21", "2023-01-27"), ("2023-04-05", "2023-04-05"), ("2023-04-29", "2023-05-03"),
            ("2023-06-22", "2023-06-24"),
            ("2023-09-29", "2023-10-06"),
        ].flatMap { self.days(from: $0.0, through: $0.1) }
        let worked = [
            "2022-01-29", "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08", "2022-10-09",
            "2023-01-28",
            "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08",
        ].map(day)
        for date in self.days(from: "2022-01-01", through: "2023-12-31") {
            let expected = worked.contains(date) || (!off.contains(date) && !date.weekday.isWeekend)
            #expect(Self.china.isWorkingDay(date) == expected, "\(date)")
        }
    }

    @Test("knows 2020 to 2026 and names its version and every notice")
    func extent() {
        #expect(Self.china.knownFrom == day("2020-01-01"))
        #expect(Self.china.knownThrough == day("2026-12-31"))
        #expect(Self.china.version == ChinaWorkingDays2020To2026.version)
        #expect(Self.china.years.map(\.year) == Array(2020...2026))
        #expect(Self.china.years.allSatisfy { $0.notice.contains("国办发明电〔") })
    }

    @Test(
        "counts working days from the day after the event",
        arguments: [
            ("2022-01-28", 7, "2022-02-11"), ("2022-04-01", 7, "2022-04-13"), ("2022-09-30", 7, "2022-10-14"),
            ("2022-09-30", 10, "2022-10-19"), ("2022-10-31", 10, "2022-11-14"), ("2022-10-08", 10, "2022-10-20"),
            ("2022-12-30", 30, "2023-02-16"), ("2022-04-29", 10, "2022-05-17"), ("2022-01-30", 7, "2022-02-15"),
            ("2022-11-30", 30, "2023-01-12"), ("2026-02-13", 7, "2026-03-02"), ("2025-09-30", 10, "2025-10-21"),
            // Events on a day off: the count begins with the next working day.
            ("2022-10-01", 1, "2022-10-08"), ("2022-10-07", 1, "2022-10-08"), ("2022-10-03", 7, "2022-10-14"),
            ("2022-03-01", 0, "2022-03-01"), ("2022-10-01", 0, "2022-10-01"), ("2022-10-08", -1, "2022-09-30"),
            ("2022-10-05", -1, "2022-09-30"), ("2022-10-10", -2, "2022-10-08"),
        ])
    func counting(_ event: String, _ count: Int, _ due: String) {
        #expect(Self.china.day(count, workingDaysAfter: day(event)) == day(due))
    }

    @Test("agrees with walking day by day, inside, across and outside the known years")
    func walking() {
        func walk(_ count: Int, from start: CalendarDay) -> CalendarDay {
            var date = start
            var left = count
            while left != 0 {
                date = date.adding(days: count > 0 ? 1 : -1)
                if Self.china.isWorkingDay(date) { left -= left > 0 ? 1 : -1 }
            }
            return date
        }
        var generator = SeededGenerator(seed: 6)
        let first = day("2019-10-01").daysSince1970
        let last = day("2027-04-01").daysSince1970
        for _ in 0..<10_000 {
            let start = CalendarDay(daysSince1970: Int32.random(in: first...last, using: &generator))
            let count = Int.random(in: -120...120, using: &generator)
            let due = Self.china.day(count, workingDaysAfter: start)
            #expect(due == walk(count, from: start), "\(count) from \(start)")
            guard count != 0 else { continue }
            #expect(Self.china.isWorkingDay(due))
            if count > 0 { #expect(Self.china.workingDays(after: start, through: due) == count) }
        }
    }

    @Test("a later event is never due before an earlier one, and one more day is always later")
    func monotone() {
        for start in self.days(from: "2021-12-01", through: "2023-02-01") {
            for count in [1, 7, 10, 30] {
                let due = Self.china.day(count, workingDaysAfter: start)
                #expect(due <= Self.china.day(count, workingDaysAfter: start.adding(days: 1)))
                #expect(due < Self.china.day(count + 1, workingDaysAfter: start))
            }
        }
    }

    @Test("finds the working day before and the one on or after a day")
    func neighbours() {
        #expect(Self.china.lastWorkingDay(before: day("2022-03-20")) == day("2022-03-18"))
        #expect(Self.china.lastWorkingDay(before: day("2022-10-08")) == day("2022-09-30"))
        #expect(Self.china.workingDay(onOrAfter: day("2022-10-01")) == day("2022-10-08"))
        #expect(Self.china.workingDay(onOrAfter: day("2022-10-08")) == day("2022-10-08"))
    }

    @Test("holds for counts and days without measure")
    func extremes() {
        #expect(Self.china.day(.max, workingDaysAfter: day("2022-01-01")) == .latest)
        #expect(Self.china.day(.min, workingDaysAfter: day("2022-01-01")) == .earliest)
        #expect(!Self.china.isWorkingDay(day("1900-01-07")))
        #expect(Self.china.isWorkingDay(day("2100-01-01")))
    }

    @Test("marks a due date that runs past what is published as provisional, and counts it by weekends")
    func provisional() {
        let known = Self.china.dueDate(7, workingDaysAfter: day("2026-12-22"))
        #expect(known.day == day("2026-12-31") && !known.isProvisional)
        let unknown = Self.china.dueDate(8, workingDaysAfter: day("2026-12-22"))
        #expect(unknown.day == day("2027-01-01") && unknown.isProvisional)
        #expect(Self.china.dueDate(1, workingDaysAfter: day("2019-12-31")).isProvisional)
        #expect(unknown.event == day("2026-12-22") && unknown.workingDays == 8)
        #expect(unknown.calendarVersion == Self.china.version)
    }

    @Test("computes due dates again when a list appears and records what changed")
    func recompute() throws {
        let old = try WorkingDayCalendar(
            version: "until-2022", years: ChinaWorkingDays2020To2026.years().filter { $0.year <= 2022 })
        let dues = [
            ("moved", old.dueDate(10, workingDaysAfter: day("2022-12-30"))),
            ("far", old.dueDate(30, workingDaysAfter: day("2022-12-30"))),
            ("confirmed", old.dueDate(2, workingDaysAfter: day("2023-01-03"))),
            ("settled", old.dueDate(7, workingDaysAfter: day("2022-03-01"))),
        ]
        let record = Self.china.recompute(dues)
        #expect(record.calendarVersion == Self.china.version)
        #expect(record.moved.map(\.id) == ["moved", "far"])
        #expect(record.moved.map(\.before.day) == [day("2023-01-13"), day("2023-02-10")])
        #expect(record.moved.map(\.after.day) == [day("2023-01-16"), day("2023-02-16")])
        #expect(record.moved.allSatisfy { $0.before.isProvisional && !$0.after.isProvisional })
        #expect(record.confirmed.map(\.id) == ["confirmed"])
        #expect(record.unchanged == 1)

        let again = Self.china.recompute(record.moved.map { ($0.id, $0.after) })
        #expect(again.moved.isEmpty && again.confirmed.isEmpty && again.unchanged == 2)
    }
}

@Suite("A calendar file")
struct CalendarFileTests {
    private func mistakes(_ yaml: String) -> [ProgrammeMistake] {
        do throws(ProgrammeMistakes) {
            _ = try WorkingDayCalendar.parse(yaml: yaml, file: "calendar.yaml")
            return []
        } catch {
            return error.mistakes
        }
    }

    @Test("adds a year to the built-in ones")
    func extends() throws {
        let calendar = try WorkingDayCalendar.parse(
            yaml: """
                version: china-2020-2027.1
                built_in: true
                years:
                  - year: 2027
                    notice: 测试
                    off: [2027-01-01..2027-01-03, 2027-02-05]
                    worked: [2027-02-07]
                """, file: "calendar.yaml")
        #expect(calendar.knownFrom == day("2020-01-01") && calendar.knownThrough == day("2027-12-31"))
        #expect(!calendar.isWorkingDay(day("2027-01-01")) && calendar.isWorkingDay(day("2027-02-07")))
        #expect(calendar.isWorkingDay(day("2022-10-08")))
        #expect(!calendar.dueDate(8, workingDaysAfter: day("2026-12-22")).isProvisional)
        #expect(calendar.day(8, workingDaysAfter: day("2026-12-22")) == day("2027-01-04"))
    }

    @Test("replaces a built-in year, and JSON is taken as well")
    func replaces() throws {
        let calendar = try WorkingDayCalendar.parse(
            yaml:
                #"{"version": "c2", "built_in": true, "years": [{"year": 2022, "notice": "n", "off": [], "worked": []}]}"#,
            file: "calendar.json")
        #expect(calendar.isWorkingDay(day("2022-10-03")) && !calendar.isWorkingDay(day("2022-10-08")))
        #expect(!calendar.isWorkingDay(day("2023-04-05")))
    }

    @Test(
        "with a mistake is refused with line and reason",
        arguments: [
            ("version: a\nyears:\n  - {year: 2027, notice: n, off: [2027-02-30], worked: []}", 3, "not a date"),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [2027-01-03..2027-01-01], worked: []}", 3,
                "not a date"
            ),
            ("version: a\nyears:\n  - {year: 2027, notice: n, off: [2028-01-01], worked: []}", 3, "not of this year"),
            ("version: a\nyears:\n  - {year: 2027, notice: n, off: [], worked: [2027-01-04]}", 3, "no weekend day"),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [2027-01-02], worked: [2027-01-02]}", 3,
                "both off and worked"
            ),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [2027-01-02, 2027-01-01..2027-01-03], worked: []}",
                3, "stands twice"
            ),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [2027-01-02..2027-11-03], worked: []}", 3,
                "not a date"
            ),
            ("version: a\nyears:\n  - {year: 2027, notice: n, off: [], worked: [sunday]}", 3, "not a date"),
            ("version: a\nyears:\n  - {year: 27, notice: n, off: [], worked: []}", 3, "whole number"),
            ("version: a\nyears:\n  - {year: 2027, off: [], worked: []}", 3, "lacks “notice”"),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [], worked: [], wroked: []}", 3,
                "did you mean worked"
            ),
            (
                "version: a\nbuilt_in: true\nyears:\n  - {year: 2028, notice: n, off: [], worked: []}", 3,
                "2027: the list of this year is missing"
            ),
            (
                "version: china-2020-2026.1\nyears:\n  - {year: 2022, notice: n, off: [], worked: []}", 1,
                "built-in calendar"
            ),
            (
                "version: a\nbuilt_in: maybe\nyears:\n  - {year: 2027, notice: n, off: [], worked: []}", 2,
                "true or false"
            ),
            ("version: a\nyears: []", 2, "empty list"),
            ("years:\n  - {year: 2027, notice: n, off: [], worked: []}", 1, "lacks “version”"),
            (
                "version: a\nyears:\n  - {year: 2027, notice: n, off: [], worked: []}\n  - {year: 2027, notice: n, off: [], worked: []}",
                4, "stands twice"
            ),
        ])
    func refused(_ yaml: String, _ line: Int, _ reason: String) {
        let mistakes = self.mistakes(yaml)
        #expect(
            mistakes.contains { $0.line >= line - 1 && $0.line <= line + 1 && $0.en.contains(reason) }, "\(mistakes)")
        #expect(mistakes.allSatisfy { !$0.zh.isEmpty && $0.file == "calendar.yaml" })
    }

    @Test("two lists of one year, or a version without a name, make no calendar")
    func lists() throws {
        let year = try WorkingDayYear(year: 2027, notice: "n", off: [String](), worked: [])
        #expect(throws: WorkingDayCalendarError(year: 2027, problem: .yearTwice)) {
            try WorkingDayCalendar(version: "a", years: [year, year])
        }
        #expect(throws: WorkingDayCalendarError(year: nil, problem: .noYears)) {
            try WorkingDayCalendar(version: "a", years: [])
        }
        #expect(throws: WorkingDayCalendarError(year: nil, problem: .versionMissing)) {
            try WorkingDayCalendar(version: "", years: [year])
        }
    }
}
