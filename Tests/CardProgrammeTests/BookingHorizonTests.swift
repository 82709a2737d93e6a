import CardProgramme
import FoundationEssentials
import Testing

@Suite("How far ahead one may book")
struct BookingHorizonTests {
    private let horizon = BookingHorizon()

    private func instant(_ date: String, _ time: String) -> Date {
        (DayTime(time) ?? .endOfDay).instant(on: day(date))
    }
    private func slot(_ date: String, _ time: String) -> SlotID {
        SlotID(station: "341602-01", kind: .counter, day: day(date), start: DayTime(time) ?? .endOfDay)
    }

    @Test("fourteen days, the last of them from nine o'clock (R115)")
    func lastDay() {
        #expect(self.horizon.days == 14 && self.horizon.opensAt == DayTime("09:00"))
        let nine = self.instant("2022-03-01", "09:00")
        #expect(self.horizon.lastDay(at: nine.addingTimeInterval(-0.001)) == day("2022-03-14"))
        #expect(self.horizon.lastDay(at: nine) == day("2022-03-15"))
        #expect(self.horizon.lastDay(at: self.instant("2022-03-01", "23:59")) == day("2022-03-15"))
        #expect(self.horizon.opening(of: day("2022-03-15")) == nine)
        #expect(self.horizon.nextOpening(after: self.instant("2022-03-01", "08:59")) == nine)
        #expect(self.horizon.nextOpening(after: nine) == self.instant("2022-03-02", "09:00"))
    }

    @Test("online until half an hour before, by phone and on foot until the slot's end")
    func lead() {
        let slot = self.slot("2022-03-01", "10:00")
        func bar(_ time: String, _ channel: BookingChannel) -> BookingHorizon.Bar? {
            self.horizon.bar(to: slot, minutes: 30, now: self.instant("2022-03-01", time), channel: channel)
        }
        #expect(bar("09:30", .online) == nil)
        #expect(bar("09:31", .online) == .tooSoon && bar("09:59", .online) == .tooSoon)
        #expect(bar("10:00", .online) == .past)
        for channel in [BookingChannel.hotline, .walkIn] {
            #expect(bar("09:59", channel) == nil && bar("10:29", channel) == nil)
            #expect(bar("10:30", channel) == .past)
        }
        let far = self.slot("2022-03-16", "10:00")
        for channel in BookingChannel.allCases {
            #expect(
                self.horizon.bar(to: far, minutes: 30, now: self.instant("2022-03-01", "12:00"), channel: channel)
                    == .beyond(opens: self.instant("2022-03-02", "09:00")))
        }
        let shape = SlotShape(id: slot, minutes: 30, seats: [.online: 1])
        #expect(self.horizon.isBookable(shape, now: self.instant("2022-03-01", "09:00"), channel: .online))
        #expect(!self.horizon.isBookable(shape, now: self.instant("2022-03-01", "11:00"), channel: .hotline))
    }

    @Test("moves on with time and never back; a day opens at the moment it is said to", arguments: 1...40)
    func monotone(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let horizon = BookingHorizon(
            days: Int.random(in: 0...30, using: &random),
            opensAt: try #require(DayTime(minute: Int.random(in: 0...1440, using: &random))))
        let begin = day("2022-02-01").startOfDay
        let instants = (0..<200).map { _ in
            begin.addingTimeInterval(Double(Int.random(in: 0..<(60 * 86_400_000), using: &random)) / 1000)
        }
        var last = horizon.lastDay(at: begin)
        for now in instants.sorted() {
            let reached = horizon.lastDay(at: now)
            hold(reached >= last)
            last = reached
            let next = horizon.nextOpening(after: now)
            hold(next > now && next.timeIntervalSince(now) <= 86_400)
            hold(horizon.lastDay(at: next) == reached.adding(days: 1))
            hold(horizon.lastDay(at: next.addingTimeInterval(-0.001)) == reached)
            hold(horizon.opening(of: reached) <= now && horizon.opening(of: reached.adding(days: 1)) == next)
            // What is open by phone and lies ahead stays so until it is over.
            let slot = SlotID(
                station: "341602-01", kind: .counter,
                day: CalendarDay(now).adding(days: Int.random(in: -1...40, using: &random)),
                start: .noon)
            let isOpen = horizon.isBookable(slot, minutes: 30, now: now, channel: .hotline)
            let isOver = slot.startsAt.addingTimeInterval(1800) <= now
            hold(isOpen == (!isOver && horizon.opening(of: slot.day) <= now))
            if horizon.isBookable(slot, minutes: 30, now: now, channel: .online) {
                hold(isOpen && slot.startsAt.timeIntervalSince(now) >= 1800)
            }
        }
    }
}
