extension WorkingDayCalendar {
    /// Reads a calendar file (YAML, or JSON, which is part of it): the way to take over a new yearly list without a build.
    ///
    /// ```yaml
    /// version: china-2020-2027.1
    /// built_in: true               # begin with the built-in years; a year listed below replaces its built-in one
    /// years:
    ///   - year: 2027
    ///     notice: 国办发明电〔2026〕…号
    ///     off: [2027-01-01..2027-01-03]
    ///     worked: []
    /// ```
    ///
    /// - Parameters:
    ///   - yaml: The file's text.
    ///   - file: Its name, for the mistakes.
    package static func parse(yaml: String, file: String) throws(ProgrammeMistakes) -> WorkingDayCalendar {
        var reader = YAMLReader(file: file)
        guard let root = reader.root(of: yaml),
            let fields = reader.fields(root, path: "calendar", required: ["version", "years"], optional: ["built_in"])
        else { throw ProgrammeMistakes(reader.mistakes) }
        let version = reader.text(fields, "version")
        let builtIn = Self.flag(fields, "built_in", &reader) ?? false
        var years: [WorkingDayYear] = []
        for (index, node) in (reader.list(fields, "years") ?? []).enumerated() {
            guard let year = Self.year(node, path: "years[\(index + 1)]", &reader) else { continue }
            if years.contains(where: { $0.year == year.year }) {
                let error = WorkingDayCalendarError(year: year.year, problem: .yearTwice)
                reader.note(node, error.zh, error.en)
            }
            years.append(year)
        }
        if builtIn {
            years += WorkingDayCalendar.china.years.filter { known in !years.contains { $0.year == known.year } }
        }
        if version == WorkingDayCalendar.china.version, let node = fields["version"] {
            reader.note(
                node, "version 与内置日历相同，请写新的版本，否则到期日不会重新计算。",
                "version is that of the built-in calendar; name a new one, or due dates are not computed again.")
        }
        guard reader.mistakes.isEmpty, let version else { throw ProgrammeMistakes(reader.mistakes) }
        do throws(WorkingDayCalendarError) {
            return try WorkingDayCalendar(version: version, years: years)
        } catch {
            reader.note(fields["years"] ?? root, error.zh, error.en)
            throw ProgrammeMistakes(reader.mistakes)
        }
    }

    private static func year(_ node: YAMLReader.Value, path: String, _ reader: inout YAMLReader) -> WorkingDayYear? {
        guard let fields = reader.fields(node, path: path, required: ["year", "notice", "off", "worked"]) else {
            return nil
        }
        let before = reader.mistakes.count
        let year = reader.integer(fields, "year", in: 1950...2200)
        let notice = reader.text(fields, "notice")
        var off: [WorkingDayYear.Span] = []
        var worked: [CalendarDay] = []
        for item in reader.list(fields, "off", allowsEmpty: true) ?? [] {
            guard let text = reader.text(item, path: "\(path).off") else { continue }
            if let span = WorkingDayYear.Span(text) {
                off.append(span)
            } else {
                let error = WorkingDayCalendarError(year: year, problem: .notADay(text))
                reader.note(item, error.zh, error.en)
            }
        }
        for item in reader.list(fields, "worked", allowsEmpty: true) ?? [] {
            guard let text = reader.text(item, path: "\(path).worked") else { continue }
            if let day = CalendarDay(text) {
                worked.append(day)
            } else {
                let error = WorkingDayCalendarError(year: year, problem: .notADay(text))
                reader.note(item, error.zh, error.en)
            }
        }
        guard reader.mistakes.count == before, let year, let notice else { return nil }
        do throws(WorkingDayCalendarError) {
            return try WorkingDayYear(year: year, notice: notice, off: off, worked: worked)
        } catch {
            reader.note(node, error.zh, error.en)
            return nil
        }
    }

    private static func flag(_ fields: YAMLReader.Fields, _ key: String, _ reader: inout YAMLReader) -> Bool? {
        guard let node = fields[key], let text = reader.text(fields, key) else { return nil }
        if text == "true" || text == "false" { return text == "true" }
        reader.note(node, "\(key) 应为 true 或 false。", "\(key) must be true or false.")
        return nil
    }
}
