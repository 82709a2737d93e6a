import CardProgramme
import FoundationEssentials
import Testing

@Suite("Slots made of what a station can do")
struct SlotRuleTests {
    private static let station = "341602-01"
    private static let tuesday = day("2022-03-01")

    private func slots(
        _ date: CalendarDay = Self.tuesday, _ capacity: StationCapacity = StationCapacityTests.capacity(),
        exceptions: [CapacityException] = [], sessions: [CollectiveSession] = []
    ) -> [SlotShape] {
        SlotRule.slots(
            on: date, station: Self.station, capacity: capacity, exceptions: exceptions, sessions: sessions,
            calendar: .china)
    }

    private func starts(_ slots: [SlotShape], _ kind: AppointmentKind = .counter) -> [String] {
        slots.filter { $0.id.kind == kind }.map(\.id.start.description)
    }

    private func exception(
        _ from: String? = nil, _ to: String? = nil, desks: Int, stopsHomeVisits: Bool = false
    ) -> CapacityException {
        CapacityException(
            day: Self.tuesday, from: from.flatMap(DayTime.init(_:)), to: to.flatMap(DayTime.init(_:)), desks: desks,
            stopsHomeVisits: stopsHomeVisits, reason: "停电")
    }

    @Test("a working day has its slots within the hours, none over the midday break")
    func workingDay() throws {
        let slots = self.slots()
        #expect(
            self.starts(slots) == [
                "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "14:00", "14:30", "15:00", "15:30",
                "16:00",
                "16:30", "17:00",
            ])
        let first = try #require(slots.first { $0.id.kind == .counter })
        #expect(first.id.text == "341602-01.c.20220301.0830" && first.minutes == 30 && first.end == DayTime("09:00"))
        // 3 desks without a tenth of their time, 30 of 15 minutes each, smoothed: 4.59.
        #expect(first.seats == [.online: 2, .hotline: 1, .walkIn: 1] && first.total == 4)
        // What does not fill a slot is none.
        let odd = StationCapacityTests.capacity(hours: [StationCapacityTests.hours(2, "09:10", "10:55")])
        #expect(self.starts(self.slots(Self.tuesday, odd)) == ["09:10", "09:40", "10:10"])
    }

    @Test("desks × minutes × 0.85, and no more than may arrive and can sit down (R115, R118)")
    func smoothing() {
        func seats(
            _ desks: Int, _ visit: Int, _ slot: Int, arrivals: Int? = nil, waiting: Int? = nil, home: Int = 0
        ) -> Int {
            SlotRule.counterSeats(
                desks: desks,
                capacity: StationCapacityTests.capacity(
                    desks: desks, minutesPerVisit: visit, slotMinutes: slot, arrivals: arrivals, waiting: waiting,
                    shares: ChannelShares(online: 60 - home, hotline: 20, walkIn: 20, home: home)))
        }
        #expect(seats(10, 10, 60) == 51)
        #expect(seats(10, 10, 60, home: 50) == 25)
        #expect(seats(3, 15, 30) == 5)
        #expect(seats(10, 10, 60, arrivals: 20) == 40, "twenty in half an hour are forty in an hour")
        #expect(seats(10, 10, 15, arrivals: 9) == 4, "and four in a quarter, rounded down")
        #expect(seats(10, 10, 60, waiting: 12) == 12)
        #expect(seats(10, 10, 60, arrivals: 4, waiting: 12) == 8)
        #expect(seats(1, 30, 30) == 1, "0.85 of one is one as long as a desk is open")
        #expect(seats(0, 30, 30) == 0)
    }

    @Test("weekends and holidays have none; a worked weekend day has, by its own hours or by Monday's")
    func calendar() {
        #expect(self.slots(day("2022-03-05")).isEmpty, "Saturday")
        #expect(
            self.slots(day("2022-04-04")).isEmpty
                && self.slots(day("2022-04-05")).isEmpty)
        let worked = day("2022-04-02")
        #expect(self.starts(self.slots(worked)).count == 14)
        let saturday = [StationCapacityTests.hours(6, "09:00", "11:00")]
        let open = StationCapacityTests.capacity(hours: StationCapacityTests.week + saturday)
        #expect(self.starts(self.slots(worked, open)) == ["09:00", "09:30", "10:00", "10:30"])
        #expect(self.starts(self.slots(day("2022-03-05"), open)).count == 4, "open on Saturdays")
        // 30 April is a Saturday within the run of the May holidays.
        #expect(self.slots(day("2022-04-30"), open).isEmpty)
        #expect(WorkingDayCalendar.china.isPublicHoliday(day("2022-04-30")))
        #expect(!WorkingDayCalendar.china.isPublicHoliday(day("2022-03-05")))
        #expect(!WorkingDayCalendar.china.isPublicHoliday(worked))
        // Closed on Mondays: the first weekday with hours stands in.
        let tuesdays = StationCapacityTests.capacity(hours: [StationCapacityTests.hours(2, "10:00", "11:00")])
        #expect(self.starts(self.slots(worked, tuesdays)) == ["10:00", "10:30"])
        #expect(self.slots(day("2022-03-02"), tuesdays).isEmpty)
    }

    @Test("a closure takes desks, calls and sessions, and the teams only where it says so")
    func closures() throws {
        let session = CollectiveSession(
            day: Self.tuesday, start: try #require(DayTime("10:00")), minutes: 90, seats: 40, place: "村委会")
        let morning = self.slots(exceptions: [self.exception("09:15", "11:00", desks: 0)], sessions: [session])
        #expect(self.starts(morning).prefix(3) == ["08:30", "11:00", "11:30"])
        #expect(self.starts(morning, .call).prefix(3) == ["08:30", "11:00", "11:30"])
        #expect(self.starts(morning, .collective).isEmpty)
        #expect(self.starts(morning, .homeVisit) == ["08:30", "14:00"])
        let stopped = self.slots(exceptions: [self.exception("09:15", "11:00", desks: 0, stopsHomeVisits: true)])
        #expect(self.starts(stopped, .homeVisit) == ["14:00"])
        #expect(self.slots(exceptions: [self.exception(desks: 0, stopsHomeVisits: true)], sessions: [session]).isEmpty)
        // Of another day.
        #expect(
            self.slots(day("2022-03-02"), exceptions: [self.exception(desks: 0)])
                .count == self.slots(day("2022-03-02")).count)
        // From the very minute on, and until it.
        let touching = self.slots(exceptions: [
            self.exception(nil, "08:30", desks: 0), self.exception("17:30", nil, desks: 0),
        ])
        #expect(touching == self.slots())
    }

    @Test("an illness takes desks; of several the fewest count, and none adds any")
    func illness() {
        let slots = self.slots(exceptions: [
            self.exception("14:00", nil, desks: 2), self.exception("16:00", nil, desks: 1), self.exception(desks: 9),
        ])
        let totals = slots.filter { $0.id.kind == .counter }.map(\.total)
        #expect(totals == [4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 1, 1, 1])
        #expect(self.starts(slots, .call).count == 14)
    }

    @Test("home visits are mornings and afternoons, calls half-hours, sessions as fixed (R73, R97, R107, R119)")
    func others() throws {
        let session = CollectiveSession(
            day: Self.tuesday, start: try #require(DayTime("19:00")), minutes: 90, seats: 40, place: "村委会")
        let slots = self.slots(sessions: [session, session])
        let visits = slots.filter { $0.id.kind == .homeVisit }
        #expect(visits.map(\.id.text) == ["341602-01.h.20220301.0830", "341602-01.h.20220301.1400"])
        #expect(visits.allSatisfy { $0.minutes == 210 && $0.seats == [.online: 4, .hotline: 2] })
        let calls = slots.filter { $0.id.kind == .call }
        #expect(calls.count == 14 && calls.allSatisfy { $0.minutes == 30 && $0.seats == [.online: 2, .hotline: 1] })
        let collective = slots.filter { $0.id.kind == .collective }
        #expect(collective.map(\.id.text) == ["341602-01.s.20220301.1900"], "the second would have the same name")
        #expect(collective.first?.seats == [.online: 29, .hotline: 11])
        // Hours through midday are two half-days.
        let through = StationCapacityTests.capacity(hours: [StationCapacityTests.hours(2, "09:00", "16:00")])
        let halves = self.slots(Self.tuesday, through).filter { $0.id.kind == .homeVisit }
        #expect(halves.map(\.id.start.description) == ["09:00", "12:00"] && halves.map(\.minutes) == [180, 240])
        #expect(
            self.slots(Self.tuesday, StationCapacityTests.capacity(teams: 0)).allSatisfy { $0.id.kind != .homeVisit })
        #expect(self.slots(Self.tuesday, StationCapacityTests.capacity(desks: 0)).allSatisfy { $0.id.kind != .counter })
    }

    @Test("of a capacity with mistakes there are none")
    func mistakes() {
        #expect(self.slots(Self.tuesday, StationCapacityTests.capacity(minutesPerVisit: 0)).isEmpty)
        #expect(self.slots(Self.tuesday, StationCapacityTests.capacity(desks: .max)).isEmpty)
    }
}
