import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Nobody reached for three months: the card goes back up hand by hand, counted and signed for at each (N25).
    @Suite struct CardReturnTests {
        private static let station = "341602-08"

        private func due(_ journey: Journey) async throws -> [UUID] {
            try await journey.stand.ask(
                .issuance, "GET", "/api/returns/due?limit=2000", as: journey.station, for: IssuanceAPI.WorkList.self
            ).orders.map(\.submissionID)
        }

        @Test func aCardGoesUpAfterThreeMonthsAndNotADayBefore() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .atStation)
            #expect(try await journey.order().returnOn == CalendarDay("2022-06-09"))
            try await stand.settle()
            let before = try await stand.digest(.issuance)
            func send(_ who: Principal, key: String = UUID().uuidString) async throws -> HTTPReply {
                try await stand.call(
                    .issuance, "POST", "/api/returns", as: who, key: key,
                    body: (["submissions": journey.cards] as JSON).bytes)
            }
            try await stand.clock.on(CalendarDay("2022-06-08") ?? CalendarDay(.now)) {
                let early = try await send(journey.station)
                let told = early.told("a day before")
                #expect(told?.code == "return.not_due" && told?.zh.contains("2022年6月9日") == true)
                #expect(try await !self.due(journey).contains(journey.id))
            }
            #expect(try await stand.digest(.issuance) == before)
            try await stand.clock.on(CalendarDay("2022-06-09") ?? CalendarDay(.now)) {
                #expect(try await self.due(journey).contains(journey.id))
                #expect(try await send(Staff.centre()).told("not its stage")?.code == "card.wrong_stage")
                let first = try await send(journey.station, key: "up-\(journey.id)")
                #expect(first.status == 201, "\(first.text)")
                let repeated = try await send(journey.station, key: "up-\(journey.id)")
                #expect(repeated.status == 200)
                let list = try first.decoded(IssuanceAPI.Return.self)
                #expect(try repeated.decoded(IssuanceAPI.Return.self).id == list.id)
                #expect(try await send(journey.station).told("sent twice")?.code == "card.on_way_up")
                let late = try await journey.act("delivery", Journey.delivery)
                #expect(late.told("handed up")?.code == "card.on_way_up")
                // Who holds it answers for it until the next hand has signed.
                #expect(try await journey.order().stage == .atStation)
                try await stand.expectBalance()

                func sign(_ count: Int, _ who: Principal, _ by: String = "测试签收人") async throws -> HTTPReply {
                    try await stand.call(
                        .issuance, "POST", "/api/returns/\(list.id)/receipt", as: who,
                        body: (["count": .number(count), "signedBy": .string(by)] as JSON).bytes)
                }
                #expect(try await sign(2, Staff.centre()).told("too many")?.code == "return.count_differs")
                #expect(try await sign(1, Staff.superior).told("over the centre")?.code == "return.other_level")
                #expect(try await sign(1, Staff.centre()).status == 200)
                #expect(try await sign(1, Staff.centre()).status == 200, "repeated")
                #expect(
                    try await sign(1, Staff.centre(), "另一签收人").told("otherwise")?.code == "return.already_received")
                let seen = try await journey.progress(at: .backAtCentre)
                #expect(seen.chinese.contains("三个月"))
                try await stand.expectBalance()
                let city = try await journey.sendUp(as: Staff.centre())
                try await journey.receiveUp(city, as: Staff.superior)
                _ = try await journey.progress(at: .backAtCity)
                let province = try await journey.sendUp(as: Staff.superior)
                try await journey.receiveUp(province, as: Staff.superior)
                let up = try await journey.progress(at: .backAtProvince)
                #expect(up.chinese.contains("省退役军人服务中心"))
                try await stand.expectBalance()
                // The holder turns up: a new card, charged by the bank's rules (N28).
                try await journey.did(
                    "replacement",
                    [
                        "ground": .string("notCollected"), "askedAt": .string("station"),
                        "oldCardHandedIn": .bool(false), "accountClosedProof": .bool(false),
                    ])
                #expect(try await journey.file().past.map(\.fee) == [.charged])
                stand.clock.set(Journey.afterThreeMonths)
                try await journey.carry(to: .delivered)
                _ = try await journey.progress(at: .delivered)
                try await stand.expectBalance()
            }
        }

        @Test func aListThatDoesNotCountIsTakenBackAndAHolderWhoTurnsUpGetsTheCard() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .atStation)
            stand.clock.set(Journey.afterThreeMonths)
            let list = try await journey.sendUp(as: journey.station)
            func takeBack(_ id: UUID, _ who: Principal) async throws -> HTTPReply {
                try await stand.call(
                    .issuance, "POST", "/api/returns/\(id)/taking-back", as: who,
                    body: (["reason": .string("服务中心清点不符")] as JSON).bytes)
            }
            #expect(try await takeBack(list, Staff.centre()).told("not the sender")?.code == "return.other_level")
            #expect(try await takeBack(list, journey.station).status == 200)
            #expect(try await takeBack(list, journey.station).status == 200, "repeated")
            let signed = try await stand.call(
                .issuance, "POST", "/api/returns/\(list)/receipt", as: Staff.centre(),
                body: (["count": .number(1), "signedBy": .string("测试签收人")] as JSON).bytes)
            #expect(signed.told("taken back")?.code == "return.taken_back")
            let second = try await journey.sendUp(as: journey.station)
            try await journey.receiveUp(second, as: Staff.centre())
            _ = try await journey.progress(at: .backAtCentre)
            // Still in the district: handed over anew, with ten new working days.
            stand.clock.tick()
            stand.clock.set(Journey.afterThreeMonths.addingTimeInterval(60))
            let handover = try await stand.ask(
                .issuance, "POST", "/api/handovers",
                ["station": .string(Self.station), "submissions": journey.cards], as: Staff.centre(),
                key: UUID().uuidString, for: IssuanceAPI.Handover.self)
            journey.handover = handover.id
            try await journey.receiveHandover()
            #expect(try await journey.order().dueOn == CalendarDay("2022-07-15"))
            try await journey.deliver()
            _ = try await journey.progress(at: .delivered)
            try await stand.expectBalance()
        }
    }
}
