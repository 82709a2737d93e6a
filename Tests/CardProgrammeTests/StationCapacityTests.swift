import CardProgramme
import FoundationEssentials
import Testing

@Suite("What a station can do, as its office publishes it")
struct StationCapacityTests {
    static let shares = ChannelShares(online: 50, hotline: 20, walkIn: 20, home: 10)

    static func hours(_ weekday: Int, _ from: String, _ to: String) -> OpeningHours {
        OpeningHours(weekday: weekday, from: DayTime(from) ?? .endOfDay, to: DayTime(to) ?? .startOfDay)
    }

    /// Monday to Friday, 08:30–12:00 and 14:00–17:30.
    static let week = (1...5).flatMap { [Self.hours($0, "08:30", "12:00"), Self.hours($0, "14:00", "17:30")] }

    static func capacity(
        hours: [OpeningHours] = Self.week, desks: Int = 3, minutesPerVisit: Int = 15, slotMinutes: Int = 30,
        arrivals: Int? = nil, waiting: Int? = nil, shares: ChannelShares = Self.shares, teams: Int = 2, visits: Int = 3,
        callDesks: Int = 1, minutesPerCall: Int = 10
    ) -> StationCapacity {
        StationCapacity(
            hours: hours, desks: desks, minutesPerVisit: minutesPerVisit, slotMinutes: slotMinutes,
            arrivalsPerHalfHour: arrivals, waitingSeats: waiting, shares: shares, homeTeams: teams,
            visitsPerHalfDay: visits, callDesks: callDesks, minutesPerCall: minutesPerCall)
    }

    private func codes(_ capacity: StationCapacity) -> [String] {
        for mistake in capacity.mistakes {
            #expect(!mistake.zh.isEmpty && !mistake.en.isEmpty && mistake.zh != mistake.en)
        }
        return capacity.mistakes.map { String($0.code.dropFirst("capacity.".count)) }
    }

    @Test("has no mistakes when it is in order, and survives storage")
    func good() throws {
        let capacity = Self.capacity(arrivals: 8, waiting: 20)
        #expect(capacity.mistakes.isEmpty)
        #expect(try JSONDecoder().decode(StationCapacity.self, from: JSONEncoder().encode(capacity)) == capacity)
        #expect(self.codes(Self.capacity(desks: 0, teams: 0)).isEmpty, "a call desk alone is something")
    }

    @Test("names every mistake of the hours")
    func hours() {
        #expect(self.codes(Self.capacity(hours: [])) == ["no_hours"])
        #expect(self.codes(Self.capacity(hours: [Self.hours(8, "09:00", "10:00")])) == ["weekday"])
        #expect(self.codes(Self.capacity(hours: [Self.hours(1, "10:00", "09:00")])) == ["hours_reversed"])
        #expect(self.codes(Self.capacity(hours: [Self.hours(1, "10:00", "10:00")])) == ["hours_reversed"])
        #expect(self.codes(Self.capacity(hours: [Self.hours(1, "09:00", "09:29")])) == ["hours_too_short"])
        #expect(
            self.codes(Self.capacity(hours: [Self.hours(1, "09:00", "11:00"), Self.hours(1, "10:59", "12:00")]))
                == ["hours_overlap"])
        // One after another, and at the same time on different days.
        #expect(
            self.codes(
                Self.capacity(hours: [
                    Self.hours(1, "11:00", "12:00"), Self.hours(1, "09:00", "11:00"), Self.hours(2, "09:00", "11:00"),
                ])
            ).isEmpty)
    }

    @Test("names every number out of bounds")
    func numbers() {
        #expect(self.codes(Self.capacity(desks: -1)) == ["desks"])
        #expect(self.codes(Self.capacity(desks: .max)) == ["desks"])
        #expect(self.codes(Self.capacity(minutesPerVisit: 0)) == ["minutes_per_visit"])
        #expect(self.codes(Self.capacity(slotMinutes: 25)) == ["slot_minutes"])
        #expect(self.codes(Self.capacity(minutesPerVisit: 31)) == ["visit_longer_than_slot"])
        #expect(self.codes(Self.capacity(arrivals: 0)) == ["arrivals"])
        #expect(self.codes(Self.capacity(minutesPerVisit: 10, slotMinutes: 15, arrivals: 1)) == ["arrivals_below_one"])
        #expect(self.codes(Self.capacity(minutesPerVisit: 10, slotMinutes: 15, arrivals: 2)).isEmpty)
        #expect(self.codes(Self.capacity(waiting: 0)) == ["waiting_seats"])
        #expect(self.codes(Self.capacity(teams: -1)) == ["home_teams"])
        #expect(self.codes(Self.capacity(teams: 1, visits: 0)) == ["visits_per_half_day"])
        #expect(self.codes(Self.capacity(teams: 0, visits: 0)).isEmpty)
        #expect(self.codes(Self.capacity(callDesks: 1_000)) == ["call_desks"])
        #expect(self.codes(Self.capacity(minutesPerCall: 31)) == ["minutes_per_call"])
        #expect(self.codes(Self.capacity(desks: 0, teams: 0, callDesks: 0)) == ["nothing_offered"])
    }

    @Test("divides itself into whole percent of 100, at least 15 of them for walk-ins (R150)")
    func shares() {
        func codes(_ online: Int, _ hotline: Int, _ walkIn: Int, _ home: Int) -> [String] {
            self.codes(
                Self.capacity(shares: ChannelShares(online: online, hotline: hotline, walkIn: walkIn, home: home)))
        }
        #expect(codes(60, 20, 15, 5).isEmpty)
        #expect(codes(60, 20, 14, 6) == ["walk_in_share"])
        #expect(codes(60, 20, 15, 6) == ["share_sum"])
        #expect(codes(70, 20, 0, 0) == ["share_sum", "walk_in_share"])
        #expect(codes(101, -1, 0, 0) == ["share_range"])
        #expect(codes(.max, .max, .max, .max) == ["share_range"])
    }

    @Test("is told everything that is wrong at once")
    func together() {
        let capacity = Self.capacity(
            hours: [Self.hours(1, "12:00", "09:00"), Self.hours(9, "09:00", "12:00")], desks: 999, minutesPerVisit: 0,
            shares: ChannelShares(online: 10, hotline: 10, walkIn: 10, home: 10))
        #expect(
            Set(self.codes(capacity)) == [
                "hours_reversed", "weekday", "desks", "minutes_per_visit", "share_sum", "walk_in_share",
            ])
    }

    @Test("exceptions and sessions have their mistakes too")
    func others() throws {
        let monday = day("2022-03-07")
        func exception(_ from: String?, _ to: String?, _ desks: Int, _ reason: String) -> [String] {
            CapacityException(
                day: monday, from: from.flatMap(DayTime.init(_:)), to: to.flatMap(DayTime.init(_:)), desks: desks,
                stopsHomeVisits: false, reason: reason
            ).mistakes.map(\.code)
        }
        #expect(exception(nil, nil, 0, "停电").isEmpty && exception("10:00", "11:00", 2, "病假").isEmpty)
        #expect(exception("11:00", "11:00", 0, "停电") == ["exception.reversed"])
        #expect(exception(nil, "00:00", -1, " ") == ["exception.reversed", "exception.desks", "exception.no_reason"])
        let nine = try #require(DayTime("09:00"))
        func session(_ minutes: Int, _ seats: Int, _ place: String = "村委会") -> CollectiveSession {
            CollectiveSession(day: monday, start: nine, minutes: minutes, seats: seats, place: place)
        }
        #expect(CollectiveSession.mistakes(in: [session(120, 40)]).isEmpty)
        #expect(CollectiveSession.mistakes(in: [session(120, 40), session(60, 10)]).map(\.code) == ["session.twice"])
        #expect(
            CollectiveSession.mistakes(in: [session(901, 0, "")]).map(\.code) == ["session.bounds", "session.no_place"])
        #expect(!session(.max, 1).isPossible && !session(0, 1).isPossible && session(900, 1).isPossible)
    }
}
