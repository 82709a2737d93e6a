import CardProgramme
import Contracts
import FoundationEssentials

/// What stations can do in a rehearsal. The documents give no such numbers; these are plausible ones for a town's office.
extension Script {
    static let minutesPerVisit = 15

    /// Two to four desks, the hours of an office with a midday break.
    func capacity(of station: String) -> StationCapacity {
        let hours = (1...5).flatMap { weekday in
            [(510, 720), (870, 1050)].compactMap { from, to -> OpeningHours? in
                guard let from = DayTime(minute: from), let to = DayTime(minute: to) else { return nil }
                return OpeningHours(weekday: weekday, from: from, to: to)
            }
        }
        return StationCapacity(
            hours: hours, desks: self.desks ?? 2 + self.chance.index(3, person: self.place(station), "desks"),
            minutesPerVisit: Self.minutesPerVisit, slotMinutes: 30,
            shares: ChannelShares(online: 50, hotline: 25, walkIn: 20, home: 5),
            homeTeams: 1 + self.chance.index(2, person: self.place(station), "teams"), visitsPerHalfDay: 3)
    }

    /// A morning for many in the second week of each batch or phase that offers it (R119).
    func sessions(at station: String) -> [CollectiveSession] {
        let offers = self.programme.offers(at: station, on: self.programme.window.from)
            .filter { $0.modes.isEmpty || $0.modes.contains(.collective) }
        guard let start = DayTime(minute: 570) else { return [] }
        let days = Set(
            offers.compactMap(\.window?.from).map { self.calendar.workingDay(onOrAfter: $0.adding(days: 7)) })
        return days.sorted().map {
            CollectiveSession(day: $0, start: start, minutes: 90, seats: 20, place: "测试会议室")
        }
    }

    func sessionID(_ session: CollectiveSession, at station: String) -> UUID {
        self.chance.uuid(person: self.place(station), "session", attempt: Int(session.day.daysSince1970))
    }

    /// A closure for a day or half of one, told a few days before (R118).
    struct Closure: Sendable {
        let id: UUID
        let station: String
        let exception: CapacityException
        /// When it becomes known.
        let announced: CalendarDay

        func concerns(_ minute: Int, on day: CalendarDay) -> Bool {
            guard let from = DayTime(minute: minute), let to = DayTime(minute: minute + 1) else { return false }
            return self.exception.concerns(day, from: from, to: to)
        }
    }

    /// One station in five closes once, and at least one does: on a day on which somebody means to come.
    func closures(among people: [RehearsalPerson]) -> [Closure] {
        let all = self.programme.stations.indices
        let chosen = all.filter { self.chance.happens(0.2, person: $0, "closure") }
        return (chosen.isEmpty ? Array(all.prefix(1)) : chosen).map { index in
            let early = self.programme.window.from.adding(days: 10)
            let wishes = people.filter { $0.station == self.programme.stations[index].code }.map(self.submissionDay)
                .filter { (early...early.adding(days: 80)).contains($0) }
            let day = self.calendar.workingDay(
                onOrAfter: wishes.isEmpty
                    ? early : wishes[self.chance.index(wishes.count, person: index, "closure.day")])
            var announced = day
            for _ in 0..<(2 + self.chance.index(2, person: index, "closure.notice")) {
                announced = self.calendar.lastWorkingDay(before: announced)
            }
            let unit = self.chance.unit(person: index, "closure.part")
            return Closure(
                id: self.chance.uuid(person: index, "closure"), station: self.programme.stations[index].code,
                exception: CapacityException(
                    day: day, from: unit < 0.5 || unit < 0.75 ? nil : .noon,
                    to: unit < 0.5 || unit >= 0.75 ? nil : .noon, desks: 0, stopsHomeVisits: false,
                    reason: "停电检修"), announced: announced)
        }
    }

    private func place(_ station: String) -> Int {
        self.programme.stations.firstIndex { $0.code == station } ?? 0
    }
}
