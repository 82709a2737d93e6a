extension CalendarDay {
    /// The day that ends a period of so many months which began on this day.
    ///
    /// It is the day of the same number in the month the period ends in, or that month's last day when there is none
    /// (民法典 Art. 202): three months from 30 November end on 28 or 29 February.
    package func adding(months: Int) -> CalendarDay {
        let (year, month, day) = self.components
        // Beyond this everything lies outside the representable years anyway, and the sum below cannot overflow.
        guard months.magnitude < 240_000 else { return months > 0 ? Self.latest : Self.earliest }
        let index = year * 12 + (month - 1) + months
        guard index >= 12 else { return Self.earliest }
        let newYear = index / 12
        let newMonth = index % 12 + 1
        return CalendarDay(year: newYear, month: newMonth, day: min(day, Self.length(ofMonth: newMonth, in: newYear)))
            ?? Self.latest
    }

    /// How many years of life somebody born on this day has completed on the day given (周岁); 0 before the first birthday.
    ///
    /// A year is complete on the birthday itself. Somebody born on 29 February completes it on 28 February in a common
    /// year: a period that has no day of the same number ends with the month (民法典 Art. 202).
    package func years(to date: CalendarDay) -> Int {
        guard date > self else { return 0 }
        let born = self.components
        let now = date.components
        let birthday = min(born.day, Self.length(ofMonth: born.month, in: now.year))
        let reached = now.month > born.month || (now.month == born.month && now.day >= birthday)
        return now.year - born.year - (reached ? 0 : 1)
    }

    /// The day on which somebody born on this day completes so many years of life.
    package func birthday(_ years: Int) -> CalendarDay {
        guard years.magnitude < 20_000 else { return years > 0 ? Self.latest : Self.earliest }
        return self.adding(months: years * 12)
    }
}

extension CalendarDay: LosslessStringConvertible {
    /// The day as "yyyy-MM-dd".
    package var description: String {
        let (year, month, day) = self.components
        var bytes = InlineArray<10, UInt8>(repeating: UInt8(ascii: "-"))
        bytes.put(year, digits: 4, at: 0)
        bytes.put(month, digits: 2, at: 5)
        bytes.put(day, digits: 2, at: 8)
        return String(ascii: bytes)
    }

    /// The day as an official text writes it: "2022年3月1日".
    package var chinese: String {
        let (year, month, day) = self.components
        return "\(year)年\(month)月\(day)日"
    }
}

extension CalendarDay: Codable {
    /// Reads the string "yyyy-MM-dd".
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = CalendarDay(text) else {
            // The text itself is not repeated: it may be a birth date.
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "日期须写成 yyyy-MM-dd 且真实存在 · a date is written yyyy-MM-dd and must exist")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
