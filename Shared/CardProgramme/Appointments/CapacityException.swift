/// For a day or a part of it a station can do less: a closure, an illness, a move (R118, R120).
package struct CapacityException: Codable, Hashable, Sendable {
    package let day: CalendarDay
    /// Nil for the day's beginning.
    package let from: DayTime?
    /// Nil for the day's end. The time itself is no longer part of it.
    package let to: DayTime?
    /// The desks that are left; 0 means closed, and then there are no calls and no collective session either. More than
    /// there are otherwise changes nothing.
    package let desks: Int
    /// Whether the teams stay at home too.
    package let stopsHomeVisits: Bool
    /// What people are told.
    package let reason: String

    package init(
        day: CalendarDay, from: DayTime? = nil, to: DayTime? = nil, desks: Int, stopsHomeVisits: Bool, reason: String
    ) {
        self.day = day
        self.from = from
        self.to = to
        self.desks = desks
        self.stopsHomeVisits = stopsHomeVisits
        self.reason = reason
    }

    package var isClosure: Bool { self.desks <= 0 }

    /// Whether any moment between two times of a day lies in it.
    package func concerns(_ day: CalendarDay, from start: DayTime, to end: DayTime) -> Bool {
        self.day == day && (self.from ?? .startOfDay) < end && start < (self.to ?? .endOfDay)
    }
}

/// A session for many at one place, which an office fixes by hand (R119: 集中办理).
package struct CollectiveSession: Codable, Hashable, Sendable {
    package let day: CalendarDay
    package let start: DayTime
    package let minutes: Int
    package let seats: Int
    /// Where it is held, as people know the place.
    package let place: String

    package init(day: CalendarDay, start: DayTime, minutes: Int, seats: Int, place: String) {
        self.day = day
        self.start = start
        self.minutes = minutes
        self.seats = seats
        self.place = place
    }

    package var end: DayTime { self.start.adding(minutes: self.minutes) }
}

// MARK: - Mistakes

extension CollectiveSession {
    /// Whether a slot can be made of it: it ends within its day and has a seat.
    package var isPossible: Bool {
        (1...1440).contains(self.minutes) && self.start.minute + self.minutes <= 1440
            && (1...10_000).contains(self.seats)
    }

    /// Everything that is wrong with a station's sessions, at once. Two at the same minute would have one ``SlotID``.
    package static func mistakes(in sessions: [CollectiveSession]) -> [CapacityMistake] {
        var mistakes: [CapacityMistake] = []
        var taken: Set<String> = []
        for session in sessions {
            let name = "\(session.day) \(session.start)"
            if !session.isPossible {
                mistakes.append(
                    CapacityMistake(
                        code: "session.bounds", zh: "集中办理 \(name)：须在当日结束，人数为1至10000，请更正。",
                        en: "Session \(name): it must end on its day and have 1 to 10,000 seats."))
            }
            if session.place.isEmpty {
                mistakes.append(
                    CapacityMistake(
                        code: "session.no_place", zh: "集中办理 \(name)：请填写地点。",
                        en: "Session \(name): say where it is held."))
            }
            if !taken.insert(name).inserted {
                mistakes.append(
                    CapacityMistake(
                        code: "session.twice", zh: "集中办理 \(name)：同一时间已有一场，请错开至少一分钟或合并。",
                        en:
                            "Session \(name): there is another at this time; shift one by a minute, or make one of them."
                    ))
            }
        }
        return mistakes
    }
}

extension CapacityException {
    /// Everything that is wrong with it, at once.
    package var mistakes: [CapacityMistake] {
        var mistakes: [CapacityMistake] = []
        if (self.from ?? .startOfDay) >= (self.to ?? .endOfDay) {
            mistakes.append(
                CapacityMistake(
                    code: "exception.reversed", zh: "结束时间须晚于开始时间，请更正。",
                    en: "The end must come after the beginning."))
        }
        if !(0...200).contains(self.desks) {
            mistakes.append(
                CapacityMistake(
                    code: "exception.desks", zh: "窗口数为\(self.desks)，须在0（关闭）至200之间。",
                    en: "The number of desks is \(self.desks): it must be from 0 (closed) to 200."))
        }
        if self.reason.allSatisfy(\.isWhitespace) {
            mistakes.append(
                CapacityMistake(
                    code: "exception.no_reason", zh: "请填写原因，群众会看到。", en: "Give the reason; people will read it."))
        }
        return mistakes
    }
}
