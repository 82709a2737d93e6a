import CardProgramme
import FoundationEssentials
import Testing

@Suite("Quietest first, freed seats, waiting list and no-shows")
struct WaitingOfferTests {
    private func slot(_ date: String, _ time: String = "09:00", station: String = "341602-01") -> SlotID {
        SlotID(station: station, kind: .counter, day: day(date), start: DayTime(time) ?? .endOfDay)
    }
    private func instant(_ date: String, _ time: String) -> Date {
        (DayTime(time) ?? .endOfDay).instant(on: day(date))
    }

    // MARK: - Quietest first

    @Test("the larger share free comes first, then the earlier day, then as they came")
    func quietest() {
        let (one, two, three, four) = (
            self.slot("2022-03-03"), self.slot("2022-03-02"), self.slot("2022-03-02", "08:30"),
            self.slot("2022-03-01")
        )
        #expect(
            SlotRanking.quietest([(one, 9, 10), (two, 5, 10), (three, 1, 2), (four, 0, 10)]) == [one, two, three, four])
        #expect(SlotRanking.quietest([(one, 1, 3), (two, 3, 9)]) == [two, one], "a third is a third")
        #expect(SlotRanking.quietest([(one, 5, 0), (two, 20, 10), (three, -1, 10)]) == [two, one, three])
        #expect(SlotRanking.quietest([]).isEmpty)
    }

    @Test("the order is that of the shares, whatever comes in", arguments: 1...50)
    func ranking(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var slots: [(slot: SlotID, free: Int, seats: Int)] = []
        for number in 0..<60 {
            let seats = Int.random(in: 1...12, using: &random)
            slots.append(
                (
                    SlotID(
                        station: "341602-01", kind: .counter,
                        day: day("2022-03-01").adding(days: Int.random(in: 0..<5, using: &random)),
                        start: DayTime(minute: number) ?? .endOfDay),
                    Int.random(in: 0...seats, using: &random), seats
                ))
        }
        let ranked = SlotRanking.quietest(slots)
        #expect(Set(ranked) == Set(slots.map(\.slot)) && ranked.count == slots.count)
        let share = Dictionary(uniqueKeysWithValues: slots.map { ($0.slot, Double($0.free) / Double($0.seats)) })
        let place = Dictionary(uniqueKeysWithValues: slots.enumerated().map { ($1.slot, $0) })
        for (first, second) in zip(ranked, ranked.dropFirst()) {
            let (mine, theirs) = (share[first] ?? 0, share[second] ?? 0)
            #expect(mine >= theirs, "seed \(seed)")
            if mine == theirs {
                #expect((first.day, place[first] ?? 0) < (second.day, place[second] ?? 0), "seed \(seed)")
            }
        }
    }

    // MARK: - Freed seats

    @Test("a freed seat comes back after 5 to 35 minutes that follow from the hash alone")
    func delay() {
        #expect(ReleaseDelay.minutes(seed: []) == 5)
        #expect(ReleaseDelay.minutes(seed: [30]) == 35 && ReleaseDelay.minutes(seed: [31]) == 5)
        #expect(ReleaseDelay.minutes(seed: [1, 0]) == 5 + 256 % 31)
        var random = SeededGenerator(seed: 7)
        var counts: [Int: Int] = [:]
        for _ in 0..<31_000 {
            let seed = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let minutes = ReleaseDelay.minutes(seed: seed)
            #expect(minutes == ReleaseDelay.minutes(seed: seed) && (5...35).contains(minutes))
            counts[minutes, default: 0] += 1
        }
        // A thousand each is expected; six standard deviations are 187.
        #expect(counts.count == 31 && counts.values.allSatisfy { (813...1_187).contains($0) })
    }

    // MARK: - Waiting list

    @Test("three offers, one a day, of slots two days ahead or more, kept for two hours")
    func offers() throws {
        let now = self.instant("2022-03-01", "10:00")
        let offer = try WaitingOffer.make(
            slot: self.slot("2022-03-03"), earlier: [], born: day("1980-01-01"), now: now
        ).get()
        #expect(offer.slot == self.slot("2022-03-03") && offer.at == now && !offer.byPhone)
        #expect(offer.until == self.instant("2022-03-01", "12:00"))
        #expect(offer.isOpen(at: now) && offer.isOpen(at: offer.until.addingTimeInterval(-0.001)))
        #expect(!offer.isOpen(at: offer.until) && !offer.isOpen(at: now.addingTimeInterval(-1)))
        func bar(_ date: String, _ earlier: [Date] = []) -> WaitingOffer.Bar? {
            WaitingOffer.bar(slot: self.slot(date), earlier: earlier, now: now)
        }
        #expect(bar("2022-03-02") == .slotTooSoon && bar("2022-03-01") == .slotTooSoon && bar("2022-03-03") == nil)
        let yesterday = self.instant("2022-02-28", "23:59")
        #expect(bar("2022-03-03", [yesterday]) == nil)
        #expect(bar("2022-03-03", [self.instant("2022-03-01", "00:00")]) == .offeredToday)
        #expect(bar("2022-03-03", [yesterday, yesterday, yesterday]) == .offeredOften)
        #expect(
            WaitingOffer.make(slot: self.slot("2022-03-02"), earlier: [], born: nil, now: now)
                == .failure(WaitingOffer.NoOffer(bar: .slotTooSoon)))
        #expect(try JSONDecoder().decode(WaitingOffer.self, from: JSONEncoder().encode(offer)) == offer)
    }

    @Test("from seventy on it is offered by phone, the birthday included, and so where the age is not known (R107)")
    func byPhone() throws {
        func isByPhone(_ born: CalendarDay?) throws -> Bool {
            try WaitingOffer.make(
                slot: self.slot("2022-03-10"), earlier: [], born: born, now: self.instant("2022-03-01", "10:00")
            ).get().byPhone
        }
        #expect(try isByPhone(day("1952-03-01")))
        #expect(try !isByPhone(day("1952-03-02")))
        #expect(try isByPhone(nil))
    }

    @Test("who waits gets at most three offers however long it lasts, never two on a day", arguments: 1...30)
    func limits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var earlier: [Date] = []
        var now = self.instant("2022-03-01", "08:00")
        for _ in 0..<200 {
            now = now.addingTimeInterval(Double(Int.random(in: 60...40_000, using: &random)))
            let slot = SlotID(
                station: "341602-01", kind: .counter,
                day: CalendarDay(now).adding(days: Int.random(in: 0...14, using: &random)), start: .noon)
            guard case .success(let offer) = WaitingOffer.make(slot: slot, earlier: earlier, born: nil, now: now) else {
                continue
            }
            #expect(offer.slot.startsAt.timeIntervalSince(now) > 86_400)
            earlier.append(now)
        }
        #expect(earlier.count == 3 && Set(earlier.map { CalendarDay($0) }).count == 3)
    }

    // MARK: - No-shows

    @Test("after one missed appointment a call, after two a confirmation by phone and the offer of a visit (R73)")
    func noShows() {
        let rules = (0...3).map(NoShowRule.init(missed:))
        #expect(rules.map(\.callsBack) == [false, true, true, true])
        #expect(rules.map(\.needsPhoneConfirmation) == [false, false, true, true])
        #expect(rules.map(\.offersHomeVisit) == [false, false, true, true])
    }
}
