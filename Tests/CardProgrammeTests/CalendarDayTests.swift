import CardProgramme
import FoundationEssentials
import Testing

@Suite("A calendar day")
struct CalendarDayTests {
    @Test(
        "is read from yyyy-MM-dd and written back",
        arguments: [
            "0001-01-01", "1582-10-15", "1899-12-31", "1900-02-28", "1969-12-31", "1970-01-01", "2000-02-29",
            "2022-03-01",
            "2024-02-29", "9999-12-31",
        ])
    func roundTrip(_ text: String) {
        #expect(CalendarDay(text)?.description == text)
        #expect(CalendarDay(utf8: Array(text.utf8)[...]) == CalendarDay(text))
    }

    @Test(
        "is refused when it does not exist or is written otherwise",
        arguments: [
            "", "2022-02-29", "1900-02-29", "2022-02-31", "2022-04-31", "2022-13-01", "2022-00-10", "2022-01-00",
            "0000-01-01",
            "2022-1-01", "2022-01-1", "22-01-01", "2022/01/01", "2022-01-01 ", " 2022-01-01", "2022-01-01T00:00:00Z",
            "20220101",
            "-022-01-01", "+022-01-01", "２０２２-01-01", "2022年01月01日", "2022-01-0a",
        ])
    func refused(_ text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test("counts days as a walk through the calendar does, leap years included")
    func walk() {
        var number = CalendarDay(year: 1890, month: 1, day: 1)?.daysSince1970 ?? 0
        for year in 1890...2110 {
            for month in 1...12 {
                for dayOfMonth in 1...CalendarDay.length(ofMonth: month, in: year) {
                    let day = CalendarDay(year: year, month: month, day: dayOfMonth)
                    #expect(day?.daysSince1970 == number)
                    #expect(day?.components ?? (0, 0, 0) == (year, month, dayOfMonth))
                    number += 1
                }
            }
        }
        #expect(day("1970-01-01").daysSince1970 == 0)
        #expect(day("0001-01-01") == .earliest)
        #expect(day("9999-12-31") == .latest)
    }

    @Test("adding days and counting them are each other's inverse")
    func addition() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let start = CalendarDay(daysSince1970: Int32.random(in: -30_000...60_000, using: &generator))
            let count = Int.random(in: -20_000...20_000, using: &generator)
            let end = start.adding(days: count)
            #expect(start.days(to: end) == count)
            #expect(end.adding(days: -count) == start)
            #expect(CalendarDay(end.description) == end)
            #expect((start < end) == (start.description < end.description))
        }
    }

    @Test("holds at the ends of what can be written instead of overflowing")
    func ends() {
        #expect(CalendarDay.latest.adding(days: 1) == .latest)
        #expect(CalendarDay.earliest.adding(days: -1) == .earliest)
        #expect(day("2022-01-01").adding(days: .max) == .latest)
        #expect(day("2022-01-01").adding(days: .min) == .earliest)
        #expect(day("2022-01-01").adding(months: .max) == .latest)
        #expect(day("2022-01-01").adding(months: .min) == .earliest)
        #expect(CalendarDay(Date(timeIntervalSince1970: 1e300)) == .latest)
        #expect(CalendarDay(Date(timeIntervalSince1970: -1e300)) == .earliest)
        #expect(CalendarDay(Date(timeIntervalSince1970: .nan)) == .earliest)
    }

    @Test("begins at midnight in Shanghai, eight hours ahead of UTC")
    func instants() {
        let first = day("2022-03-01")
        #expect(first.startOfDay.timeIntervalSince1970 == 1_646_064_000)
        #expect(first.endOfDay == day("2022-03-02").startOfDay)
        #expect(CalendarDay(first.startOfDay) == first)
        #expect(CalendarDay(first.startOfDay.addingTimeInterval(-0.001)) == day("2022-02-28"))
        #expect(CalendarDay(first.endOfDay.addingTimeInterval(-0.001)) == first)
        #expect(CalendarDay(Date(timeIntervalSince1970: -1)) == day("1970-01-01"))
        #expect(CalendarDay(Date(timeIntervalSince1970: -8 * 3600 - 1)) == day("1969-12-31"))
    }

    @Test("knows its day of the week, also before 1970")
    func weekdays() {
        #expect(day("1970-01-01").weekday == .thursday)
        #expect(day("2022-02-27").weekday == .sunday)
        #expect(day("2022-03-01").weekday == .tuesday)
        #expect(day("1949-10-01").weekday == .saturday)
        #expect(day("0001-01-01").weekday == .monday)
        #expect(Weekday.allCases.filter(\.isWeekend) == [.saturday, .sunday])
    }

    @Test(
        "adds months to the same day, or the month's last one",
        arguments: [
            ("2022-10-31", 1, "2022-11-30"), ("2022-11-30", 3, "2023-02-28"), ("2023-11-30", 3, "2024-02-29"),
            ("2022-09-21", 3, "2022-12-21"), ("2022-03-31", -1, "2022-02-28"), ("2022-01-15", -13, "2020-12-15"),
            ("2022-05-05", 0, "2022-05-05"), ("2022-12-31", 12, "2023-12-31"),
        ])
    func months(_ start: String, _ count: Int, _ end: String) {
        #expect(day(start).adding(months: count) == day(end))
    }

    @Test(
        "counts completed years, the birthday included",
        arguments: [
            ("1962-04-15", "2022-04-14", 59), ("1962-04-15", "2022-04-15", 60), ("1962-04-15", "2022-04-16", 60),
            ("1942-03-01", "2022-02-28", 79), ("1942-03-01", "2022-03-01", 80), ("1964-02-29", "2022-02-27", 57),
            ("1964-02-29", "2022-02-28", 58), ("1964-02-29", "2024-02-28", 59), ("1964-02-29", "2024-02-29", 60),
            ("2022-03-01", "2022-03-01", 0), ("2022-03-02", "2022-03-01", 0), ("1900-01-01", "2022-12-31", 122),
        ])
    func ages(_ born: String, _ date: String, _ years: Int) {
        #expect(day(born).years(to: day(date)) == years)
    }

    @Test("reaches an age on its birthday and not a day earlier")
    func birthdays() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<5_000 {
            let born = CalendarDay(daysSince1970: Int32.random(in: -25_000...19_000, using: &generator))
            let years = Int.random(in: 1...110, using: &generator)
            #expect(born.years(to: born.birthday(years)) == years)
            #expect(born.years(to: born.birthday(years).adding(days: -1)) == years - 1)
        }
    }

    @Test("travels in JSON as its text, and a wrong one is refused without being repeated")
    func json() throws {
        let encoded = try JSONEncoder().encode([day("2022-03-01")])
        #expect(String(decoding: encoded, as: UTF8.self) == #"["2022-03-01"]"#)
        #expect(try JSONDecoder().decode([CalendarDay].self, from: encoded) == [day("2022-03-01")])
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CalendarDay].self, from: Data(#"["2022-02-31"]"#.utf8))
        }
        #expect(error.map { "\($0)".contains("2022-02-31") } == false)
    }

    @Test("is written in Chinese without leading zeros")
    func chinese() {
        #expect(day("2022-03-01").chinese == "2022年3月1日")
    }
}
