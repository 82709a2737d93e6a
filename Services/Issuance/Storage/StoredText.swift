import CardProgramme

/// Reads the text forms in which stages, lanes and days are stored.
enum StoredText {
    /// The database holds what this service can never have written.
    struct Damaged: Error, CustomStringConvertible {
        let what: String
        var description: String { "the stored state is damaged: \(self.what)" }
    }

    static func value<Value: RawRepresentable>(_ text: String) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text) else { throw Damaged(what: "unknown \(Value.self)") }
        return value
    }

    static func day(_ text: String) throws -> CalendarDay {
        guard let day = CalendarDay(text) else { throw Damaged(what: "a day that does not exist") }
        return day
    }
}
