/// The State Council's lists of days off and worked weekend days (调休) for 2020 to 2026.
///
/// Source: the yearly 《国务院办公厅关于…年部分节假日安排的通知》, whose numbers stand at each year (2020 with the notice
/// that prolonged the Spring Festival to 2 February). Generated from the PyPI package chinesecalendar 1.11.0 (MIT),
/// which transcribes these notices; 2022 and 2023 agree day for day with the notices as quoted in the domain's national
/// rules §2.4. A run of days is written with the weekend days inside it or next to it, as the package lists them.
///
/// A list for a further year, or a corrected one, needs no new build: see ``WorkingDayCalendar/parse(yaml:file:)``.
package enum ChinaWorkingDays2020To2026 {
    /// The version of the calendar made of these lists.
    package static let version = "china-2020-2026.1"

    /// The lists, year by year.
    package static func years() throws(WorkingDayCalendarError) -> [WorkingDayYear] {
        [
            try WorkingDayYear(
                year: 2020, notice: "国办发明电〔2019〕16号，国办发明电〔2020〕1号",
                off: [
                    "2020-01-01", "2020-01-24..2020-02-02", "2020-04-04..2020-04-06", "2020-05-01..2020-05-05",
                    "2020-06-25..2020-06-27", "2020-10-01..2020-10-08",
                ],
                worked: ["2020-01-19", "2020-04-26", "2020-05-09", "2020-06-28", "2020-09-27", "2020-10-10"]),
            try WorkingDayYear(
                year: 2021, notice: "国办发明电〔2020〕27号",
                off: [
                    "2021-01-01..2021-01-03", "2021-02-11..2021-02-17", "2021-04-03..2021-04-05",
                    "2021-05-01..2021-05-05", "2021-06-12..2021-06-14", "2021-09-19..2021-09-21",
                    "2021-10-01..2021-10-07",
                ],
                worked: [
                    "2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26",
                    "2021-10-09",
                ]),
            try WorkingDayYear(
                year: 2022, notice: "国办发明电〔2021〕11号",
                off: [
                    "2022-01-01..2022-01-03", "2022-01-31..2022-02-06", "2022-04-03..2022-04-05",
                    "2022-04-30..2022-05-04", "2022-06-03..2022-06-05", "2022-09-10..2022-09-12",
                    "2022-10-01..2022-10-07",
                ],
                worked: [
                    "2022-01-29", "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08",
                    "2022-10-09",
                ]),
            try WorkingDayYear(
                year: 2023, notice: "国办发明电〔2022〕16号",
                off: [
                    "2022-12-31..2023-01-02", "2023-01-21..2023-01-27", "2023-04-05", "2023-04-29..2023-05-03",
                    "2023-06-22..2023-06-24", "2023-09-29..2023-10-06",
                ],
                worked: [
                    "2023-01-28", "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07",
                    "2023-10-08",
                ]),
            try WorkingDayYear(
                year: 2024, notice: "国办发明电〔2023〕7号",
                off: [
                    "2023-12-30..2024-01-01", "2024-02-10..2024-02-17", "2024-04-04..2024-04-06",
                    "2024-05-01..2024-05-05", "2024-06-10", "2024-09-15..2024-09-17", "2024-10-01..2024-10-07",
                ],
                worked: [
                    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
                    "2024-09-29", "2024-10-12",
                ]),
            try WorkingDayYear(
                year: 2025, notice: "国办发明电〔2024〕12号",
                off: [
                    "2025-01-01", "2025-01-28..2025-02-04", "2025-04-04..2025-04-06", "2025-05-01..2025-05-05",
                    "2025-05-31..2025-06-02", "2025-10-01..2025-10-08",
                ],
                worked: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]),
            try WorkingDayYear(
                year: 2026, notice: "国办发明电〔2025〕7号",
                off: [
                    "2026-01-01..2026-01-03", "2026-02-15..2026-02-23", "2026-04-04..2026-04-06",
                    "2026-05-01..2026-05-05", "2026-06-19..2026-06-21", "2026-09-25..2026-09-27",
                    "2026-10-01..2026-10-07",
                ],
                worked: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]),
        ]
    }
}

extension WorkingDayCalendar {
    /// The calendar that is built in: 2020 to 2026.
    package static let china: WorkingDayCalendar = {
        do throws(WorkingDayCalendarError) {
            return try WorkingDayCalendar(
                version: ChinaWorkingDays2020To2026.version, years: ChinaWorkingDays2020To2026.years())
        } catch {
            // The lists are source code and a test makes this calendar, so no built program gets here.
            preconditionFailure("the built-in working-day lists are wrong: \(error.en)")
        }
    }()
}
