import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Paused and void cards: they leave nobody's hand, whenever review says so (N21, N32).
    @Suite struct CardHoldTests {
        private static let station = "341602-06"

        private func journeys(_ stages: [SubmissionStage], _ stand: ServiceStand) async throws -> [Journey] {
            try await withThrowingTaskGroup(of: (Int, Journey).self) { group in
                for (index, stage) in stages.enumerated() {
                    group.addTask {
                        var journey = Journey(stand, station: Self.station)
                        try await journey.go(to: stage)
                        return (index, journey)
                    }
                }
                return try await group.reduce(into: [(Int, Journey)]()) { $0.append($1) }
            }.sorted { $0.0 < $1.0 }.map(\.1)
        }

        /// The call that would move the card out of its stage.
        private func move(_ journey: Journey, _ stage: SubmissionStage) -> (String, JSON, Principal, String?) {
            switch stage {
            case .inProduction:
                (
                    "/api/parcels",
                    [
                        "trackingNumber": .string("EMS\(journey.id.uuidString.suffix(12))"),
                        "submissions": journey.cards,
                    ], Staff.cardMaker, nil
                )
            case .inTransit: ("/api/parcels/\(journey.tracking)/receipt", Journey.intact, Staff.centre(), nil)
            case .atCentre:
                (
                    "/api/handovers", ["station": .string(Self.station), "submissions": journey.cards], Staff.centre(),
                    "move-\(journey.id)"
                )
            case .onWayToStation:
                (
                    "/api/handovers/\(journey.handover)/receipt",
                    ["count": .number(1), "signedBy": .string("测试签收人")], journey.station, nil
                )
            default: ("/api/orders/\(journey.id)/delivery", Journey.delivery, journey.station, nil)
            }
        }

        @Test func aPausedCardLeavesNobodysHandUntilItResumes() async throws {
            let stand = try await ServiceStand.shared()
            let stages: [SubmissionStage] = [.inProduction, .inTransit, .atCentre, .onWayToStation, .atStation]
            let journeys = try await self.journeys(stages, stand)
            for journey in journeys { try await journey.review(says: journey.paused()) }
            let before = try await stand.digests()
            for (journey, stage) in zip(journeys, stages) {
                #expect(try await journey.order().isPaused)
                let (path, body, who, key) = self.move(journey, stage)
                let reply = try await stand.call(.issuance, "POST", path, as: who, key: key, body: body.bytes)
                #expect(reply.status == 409, "\(stage): \(reply.text)")
                let told = reply.told("paused at \(stage)")
                #expect(told?.code == "card.paused" && told?.zh.contains(journey.id.uuidString.lowercased()) == true)
            }
            #expect(try await stand.digests() == before)
            for (journey, stage) in zip(journeys, stages) {
                try await journey.review(says: journey.resumed(after: 1))
                let (path, body, who, key) = self.move(journey, stage)
                let reply = try await stand.call(.issuance, "POST", path, as: who, key: key, body: body.bytes)
                #expect([200, 201].contains(reply.status), "\(stage): \(reply.text)")
            }
            try await stand.expectBalance()
        }

        @Test func theLaterWordCountsWhicheverArrivesFirstAndTwiceIsOnce() async throws {
            let stand = try await ServiceStand.shared()
            let journey = try await self.journeys([.atStation], stand)[0]
            try await journey.review(says: journey.resumed(after: 20))
            try await journey.review(says: journey.paused(after: 10))
            #expect(try await !journey.order().isPaused, "an older pause arrived late")
            try await journey.review(says: journey.paused(after: 30))
            try await journey.review(says: journey.paused(after: 30))
            #expect(try await journey.order().isPaused)
            try await journey.review(says: journey.resumed(after: 40))
            #expect(try await !journey.order().isPaused)
            try await journey.deliver()
        }

        @Test func aPauseBeforeTheOrderHoldsTheCardBackFromProduction() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .awaitingFiling)
            try await journey.review(says: journey.paused())
            try await journey.record(.province)
            try await journey.record(.bank)
            _ = try await journey.progress(at: .ordered)
            try await stand.settle()
            #expect(try await journey.order().isPaused)
            // Another card is made meanwhile, so that the batch is one.
            var other = Journey(stand, station: Self.station)
            try await other.go(to: .ordered)
            try await other.produce()
            #expect(try await other.order().stage == .inProduction)
            #expect(try await journey.order().stage == .ordered)
            try await journey.review(says: journey.resumed(after: 5))
            try await journey.produce()
            #expect(try await journey.order().stage == .inProduction)
        }

        @Test func aVoidCardIsTakenBackFromEveryHandAndNeverDelivered() async throws {
            let stand = try await ServiceStand.shared()
            let stages: [SubmissionStage] = [
                .inProduction, .inTransit, .atCentre, .onWayToStation, .atStation, .delivered,
            ]
            let journeys = try await self.journeys(stages, stand)
            for (journey, stage) in zip(journeys, stages) {
                try await journey.review(says: journey.revoked)
                try await journey.review(says: journey.revoked)
                try await journey.review(says: journey.resumed(after: 9))
                let seen = try await journey.progress(at: .cardRevoked)
                #expect(seen.chinese.contains("作废"), "\(stage)")
                guard stage != .delivered else { continue }
                let (path, body, who, key) = self.move(journey, stage)
                let reply = try await stand.call(.issuance, "POST", path, as: who, key: key, body: body.bytes)
                let code = reply.told("void at \(stage)")?.code
                #expect(reply.status == 409 && (code == "card.revoked" || code == "card.paused"), "\(stage)")
            }
            try await stand.expectBalance()
            for (journey, stage) in zip(journeys, stages) {
                switch stage {
                case .inTransit, .onWayToStation:
                    let early = try await journey.act("taking-back", ["copy": .number(1)])
                    #expect(early.told("under way")?.code == "card.under_way")
                    let (path, body, who, key) = self.move(journey, stage)
                    guard case .object(let members) = body else { continue }
                    let aside = JSON.object(members + [(name: "setAside", value: journey.cards)])
                    let reply = try await stand.call(.issuance, "POST", path, as: who, key: key, body: aside.bytes)
                    #expect(reply.status == 200, "\(reply.text)")
                case .inProduction, .atCentre:
                    try await journey.did("taking-back", ["copy": .number(1)], as: Staff.centre())
                default:
                    try await journey.did("taking-back", ["copy": .number(1)])
                }
                let seen = try await journey.progress(at: .cardWithdrawn)
                #expect(seen.chinese.contains("全部环节已办结"), "\(stage)")
            }
            try await stand.expectBalance()
        }

        @Test func whatIsVoidBeforeTheOrderIsNeverMade() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .awaitingFiling)
            try await journey.review(says: journey.revoked)
            try await journey.record(.province)
            try await journey.record(.bank)
            _ = try await journey.progress(at: .cardWithdrawn)
            #expect(try await journey.order().stage == .cardWithdrawn)
            try await stand.settle()
            let notices = try await stand.ask(
                .notification, "GET", "/api/notices?submission=\(journey.id)", as: journey.station,
                for: NotificationAPI.WorkList.self)
            #expect(!notices.notices.contains { $0.purpose == .cardOrdered })
        }

        @Test func aListWithAPausedCardNamesItAndArrivesWhenItIsSetAside() async throws {
            let stand = try await ServiceStand.shared()
            let journeys = try await self.journeys([.atCentre, .atCentre], stand)
            let (held, free) = (journeys[0], journeys[1])
            let both = JSON.array([.string(held.id.uuidString), .string(free.id.uuidString)])
            let handover = try await stand.ask(
                .issuance, "POST", "/api/handovers", ["station": .string(Self.station), "submissions": both],
                as: Staff.centre(), key: UUID().uuidString, for: IssuanceAPI.Handover.self
            ).id
            try await held.review(says: held.paused())
            func sign(_ aside: [Journey]) async throws -> HTTPReply {
                try await stand.call(
                    .issuance, "POST", "/api/handovers/\(handover)/receipt", as: held.station,
                    body: JSON.object([
                        ("count", .number(2)), ("signedBy", .string("测试签收人")),
                        ("setAside", .array(aside.map { .string($0.id.uuidString) })),
                    ]).bytes)
            }
            let blind = try await sign([])
            #expect(blind.told("not set aside")?.zh.contains(held.id.uuidString.lowercased()) == true)
            #expect(try await sign([held, free]).told("too many")?.code == "card.not_held")
            #expect(try await sign([held]).status == 200)
            #expect(try await sign([held]).status == 200, "repeated")
            #expect(try await held.order().stage == .atStation)
            let delivery = try await held.act("delivery", Journey.delivery)
            #expect(delivery.told("paused")?.code == "card.paused")
            try await free.deliver()
            // Nobody was called for it; now its holder is, with ten working days from today.
            func called() async throws -> Int {
                try await stand.ask(
                    .notification, "GET", "/api/notices?submission=\(held.id)", as: held.station,
                    for: NotificationAPI.WorkList.self
                ).notices.count { $0.purpose == .cardArrived }
            }
            try await stand.settle()
            #expect(try await called() == 0)
            try await held.review(says: held.resumed(after: 5))
            #expect(try await called() == 1)
            #expect(try await held.order().dueOn != nil)
            try await held.deliver()
            try await stand.expectBalance()
        }
    }
}
