/// Which of the two queues of a service somebody's submission travels in: key persons go first (R20).
package enum Lane: String, Codable, Sendable, CaseIterable {
    /// 重点优抚对象.
    case first
    /// Everybody else.
    case standard

    /// The lane of somebody holding these categories, on a date (one of them has an age rule, R29).
    package static func lane(for categories: Set<Category>, birthDate: CalendarDay, on date: CalendarDay) -> Lane {
        let counted = Category.effective(categories, birthDate: birthDate, on: date)
        return counted.contains { $0.isKeyPerson } ? .first : .standard
    }

    package var chinese: String { self == .first ? "重点优抚对象" : "其他退役军人" }
}
