import CardProgramme
import FoundationEssentials
import Testing

@Suite("Times of the day and names of slots")
struct SlotIDTests {
    @Test("a time is read exactly, written back, and compared by the clock")
    func dayTime() throws {
        for minute in 0...1440 {
            let time = try #require(DayTime(minute: minute))
            #expect(DayTime(time.description) == time)
            #expect(try JSONDecoder().decode([DayTime].self, from: JSONEncoder().encode([time])) == [time])
        }
        #expect(DayTime("09:00")?.minute == 540)
        #expect(DayTime("24:00") == .endOfDay && DayTime(hour: 12) == .noon)
        for text in [
            "", "9:00", "09:0", "0900", "24:01", "23:60", "-1:00", "+9:00", "09:00 ", "０９:００", "09:00:00", "a9:00",
        ] {
            #expect(DayTime(text) == nil, "\(text)")
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode([DayTime].self, from: JSONEncoder().encode([text]))
            }
        }
        #expect(DayTime(minute: -1) == nil && DayTime(minute: 1441) == nil && DayTime(hour: 10, minute: 60) == nil)
        #expect(try #require(DayTime("08:30")) < #require(DayTime("08:31")))
    }

    @Test("a time and its instant belong to Asia/Shanghai")
    func instants() throws {
        let nine = try #require(DayTime("09:00"))
        let instant = nine.instant(on: day("2022-03-01"))
        #expect(InstantText.format(instant) == "2022-03-01T01:00:00.000Z")
        #expect(DayTime(instant) == nine && DayTime(instant.addingTimeInterval(59.9)) == nine)
        #expect(DayTime.endOfDay.instant(on: day("2022-03-01")) == day("2022-03-02").startOfDay)
        #expect(DayTime(day("2022-03-01").startOfDay) == .startOfDay)
        #expect(nine.adding(minutes: 30).description == "09:30")
        #expect(nine.adding(minutes: 2000) == .endOfDay && nine.adding(minutes: .min) == .startOfDay)
    }

    @Test("a slot's name says station, kind, day and time")
    func text() throws {
        let slot = SlotID(
            station: "341602-01", kind: .counter, day: day("2022-03-01"), start: try #require(DayTime("09:00")))
        #expect(slot.text == "341602-01.c.20220301.0900")
        #expect(InstantText.format(slot.startsAt) == "2022-03-01T01:00:00.000Z")
        #expect(AppointmentKind.allCases.map(\.code) == ["c", "h", "s", "t"])
        #expect(AppointmentKind.allCases.allSatisfy { AppointmentKind(code: $0.code) == $0 })
        #expect(AppointmentKind(code: "x") == nil)
    }

    @Test("what is no slot's name is refused")
    func refused() {
        let wrong = [
            "", "341602-01.c.20220301", "341602-01.c.20220301.0900.1", "341602-01.x.20220301.0900",
            "341602-01.c.20220231.0900", "341602-01.c.20220301.2400", "341602-01.c.20220301.0960",
            "341602-01.c.2022031.0900", "341602-01.c.20220301.900", ".c.20220301.0900", "341602-01.cc.20220301.0900",
            "341602-01..20220301.0900", "341602-01.c.2022-3-1.0900", "341602-01.c.20220301.09:0",
            "341602-01.C.20220301.0900", "三街.c.20220301.0900", "341602 01.c.20220301.0900",
            "341602-01.c.20220301.0900 ", "a'b.c.20220301.0900", "341602-01.c.+2022301.0900",
            "\(String(repeating: "1", count: 33)).c.20220301.0900", String(repeating: "1", count: 10_000),
        ]
        for text in wrong {
            #expect(SlotID(text) == nil, "\(text.prefix(60))")
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode([SlotID].self, from: JSONEncoder().encode([text]))
            }
        }
    }

    @Test("every slot comes back from its text, and their order is that of time", arguments: 1...20)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var slots: [SlotID] = []
        for _ in 0..<200 {
            let slot = SlotID(
                station:
                    "\(Int.random(in: 110_101...659_999, using: &random))-0\(Int.random(in: 1...9, using: &random))",
                kind: try #require(AppointmentKind.allCases.randomElement(using: &random)),
                day: day("2022-01-01").adding(days: Int.random(in: 0..<60, using: &random)),
                start: try #require(DayTime(minute: Int.random(in: 0..<1440, using: &random))))
            #expect(SlotID(slot.text) == slot)
            #expect(try JSONDecoder().decode([SlotID].self, from: JSONEncoder().encode([slot])) == [slot])
            slots.append(slot)
        }
        for (earlier, later) in zip(slots.sorted(), slots.sorted().dropFirst()) {
            #expect(earlier.startsAt <= later.startsAt)
        }
        // Changing a character never gives another name of the same slot.
        for slot in slots.prefix(50) {
            var text = Array(slot.text)
            let index = Int.random(in: 0..<text.count, using: &random)
            text[index] = try #require("0123456789.-cshtx: ".randomElement(using: &random))
            if let other = SlotID(String(text)) { #expect((other == slot) == (String(text) == slot.text)) }
        }
    }
}
