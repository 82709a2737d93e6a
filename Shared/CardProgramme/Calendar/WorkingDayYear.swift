/// One year's list of days off and worked weekend days, as the State Council publishes it.
package struct WorkingDayYear: Hashable, Sendable {
    /// A run of days off; both ends count.
    package struct Span: Hashable, Sendable {
        package let first: CalendarDay
        package let last: CalendarDay

        package init(first: CalendarDay, last: CalendarDay) {
            self.first = first
            self.last = last
        }

        /// Reads "2022-01-01" or "2022-01-01..2022-01-03".
        package init?(_ text: String) {
            if let day = CalendarDay(text) {
                self.init(first: day, last: day)
                return
            }
            let bytes = text.utf8Span.span
            guard bytes.count == 22, bytes[10] == UInt8(ascii: "."), bytes[11] == UInt8(ascii: "."),
                let first = CalendarDay(bytes.extracting(0..<10)), let last = CalendarDay(bytes.extracting(12..<22)),
                first <= last
            else { return nil }
            self.init(first: first, last: last)
        }
    }

    package let year: Int
    /// The notice the list comes from, for example "国办发明电〔2021〕11号".
    package let notice: String
    /// The days off, weekend days among them included.
    package let off: [Span]
    /// The Saturdays and Sundays that are worked.
    package let worked: [CalendarDay]

    /// Takes a year's list and checks it.
    ///
    /// A list may reach into the last days of the year before (元旦 of 2023 began on 2022-12-31), never further.
    package init(year: Int, notice: String, off: [Span], worked: [CalendarDay]) throws(WorkingDayCalendarError) {
        guard (1950...2200).contains(year) else { throw WorkingDayCalendarError(year: year, problem: .yearOutOfRange) }
        var covered: Set<CalendarDay> = []
        for span in off {
            guard span.first <= span.last, span.first.days(to: span.last) < 60 else {
                throw WorkingDayCalendarError(year: year, problem: .notADay("\(span.first)..\(span.last)"))
            }
            for number in span.first.daysSince1970...span.last.daysSince1970 {
                let day = CalendarDay(daysSince1970: number)
                guard Self.belongs(day, to: year) else {
                    throw WorkingDayCalendarError(year: year, problem: .otherYear(day))
                }
                guard covered.insert(day).inserted else {
                    throw WorkingDayCalendarError(year: year, problem: .dayTwice(day))
                }
            }
        }
        for day in worked {
            guard Self.belongs(day, to: year) else {
                throw WorkingDayCalendarError(year: year, problem: .otherYear(day))
            }
            guard day.weekday.isWeekend else { throw WorkingDayCalendarError(year: year, problem: .workedWeekday(day)) }
            if off.contains(where: { $0.first <= day && day <= $0.last }) {
                throw WorkingDayCalendarError(year: year, problem: .offAndWorked(day))
            }
            guard covered.insert(day).inserted else {
                throw WorkingDayCalendarError(year: year, problem: .dayTwice(day))
            }
        }
        self.year = year
        self.notice = notice
        self.off = off
        self.worked = worked
    }

    /// The same from texts, as data files hold them.
    package init(year: Int, notice: String, off: [String], worked: [String]) throws(WorkingDayCalendarError) {
        var spans: [Span] = []
        for text in off {
            guard let span = Span(text) else { throw WorkingDayCalendarError(year: year, problem: .notADay(text)) }
            spans.append(span)
        }
        var days: [CalendarDay] = []
        for text in worked {
            guard let day = CalendarDay(text) else {
                throw WorkingDayCalendarError(year: year, problem: .notADay(text))
            }
            days.append(day)
        }
        try self.init(year: year, notice: notice, off: spans, worked: days)
    }

    private static func belongs(_ day: CalendarDay, to year: Int) -> Bool {
        let (dayYear, month, _) = day.components
        return dayYear == year || (dayYear == year - 1 && month == 12)
    }
}

/// Why a list or a set of lists is not a calendar.
package struct WorkingDayCalendarError: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        case noYears
        case versionMissing
        case yearTwice
        case yearMissing
        case yearOutOfRange
        case notADay(String)
        case otherYear(CalendarDay)
        case workedWeekday(CalendarDay)
        case offAndWorked(CalendarDay)
        case dayTwice(CalendarDay)
    }

    /// The year concerned, when it is one.
    package let year: Int?
    package let problem: Problem

    package init(year: Int?, problem: Problem) {
        self.year = year
        self.problem = problem
    }

    /// What is wrong and what to do.
    package var zh: String {
        let place = self.year.map { "\($0)年：" } ?? ""
        return switch self.problem {
        case .noYears: "没有任何年份，请至少提供一年的放假安排。"
        case .versionMissing: "缺少 version，请为日历写明版本。"
        case .yearTwice: "\(place)出现两次，请只保留一份。"
        case .yearMissing: "\(place)缺少该年放假安排，年份必须连续。"
        case .yearOutOfRange: "\(place)年份须在1950至2200之间。"
        case .notADay(let text): "\(place)“\(text)”不是日期，请写成 2022-01-01 或 2022-01-01..2022-01-03。"
        case .otherYear(let day): "\(place)\(day) 不属于该年（只允许上一年12月）。"
        case .workedWeekday(let day): "\(place)\(day) 不是周末，不能列为调休上班日。"
        case .offAndWorked(let day): "\(place)\(day) 既列为放假又列为上班，请更正。"
        case .dayTwice(let day): "\(place)\(day) 出现两次，请删除一处。"
        }
    }

    /// The same in English.
    package var en: String {
        let place = self.year.map { "\($0): " } ?? ""
        return switch self.problem {
        case .noYears: "There is no year; give the list of at least one."
        case .versionMissing: "version is missing; name the calendar's version."
        case .yearTwice: "\(place)the year stands twice; keep one."
        case .yearMissing: "\(place)the list of this year is missing; years must follow each other."
        case .yearOutOfRange: "\(place)the year must lie between 1950 and 2200."
        case .notADay(let text): "\(place)“\(text)” is not a date; write 2022-01-01 or 2022-01-01..2022-01-03."
        case .otherYear(let day): "\(place)\(day) is not of this year (December of the year before is allowed)."
        case .workedWeekday(let day): "\(place)\(day) is no weekend day and cannot be a worked one."
        case .offAndWorked(let day): "\(place)\(day) is listed both off and worked; correct one."
        case .dayTwice(let day): "\(place)\(day) stands twice; remove one."
        }
    }
}
