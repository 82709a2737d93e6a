import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// Whatever staff do with cards, in whatever order: one live card a person, every count balances, and no paused or void
    /// card is delivered.
    @Suite struct CardPropertyTests {
        private static let stations = ["341602-09", "341602-10"]

        @Test(arguments: [11, 2022] as [UInt64])
        func noSequenceOfActsBreaksCustody(seed: UInt64) async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            let journeys = try await withThrowingTaskGroup(of: Journey.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        var journey = Journey(stand, station: Self.stations[index % 2])
                        try await journey.go(to: .inProduction)
                        return journey
                    }
                }
                return try await group.reduce(into: [Journey]()) { $0.append($1) }
            }.sorted { $0.person.number < $1.person.number }
            var walk = CardWalk(stand: stand, cards: journeys, seed: seed)
            for step in 0..<220 {
                let reply = try await walk.act()
                #expect(reply.status < 500, "seed \(seed) step \(step): \(walk.last) \(reply.text)")
                if walk.last.contains("/delivery"), reply.status == 200 {
                    #expect(walk.wasFree, "seed \(seed) step \(step): delivered although review had said no")
                }
                if step % 20 == 19 { try await self.expectWhole(stand, "seed \(seed) step \(step): \(walk.last)") }
            }
            try await stand.settle()
            try await self.expectWhole(stand, "seed \(seed) at the end")
            #expect(walk.deliveries > 0 && walk.accepted > 60, "seed \(seed): \(walk.accepted) acts were carried out")
            for (index, journey) in journeys.enumerated() {
                let order = try await journey.order()
                #expect(try await journey.progress().stage == order.stage, "seed \(seed): intake sees it elsewhere")
                if walk.isRevoked[index] {
                    #expect([.cardRevoked, .cardWithdrawn].contains(order.stage), "seed \(seed): \(order.stage)")
                }
                #expect(try await journey.file().past.map(\.copy) == Array(1..<order.copy))
            }
            let parked = try await stand.database(.issuance).query(
                "SELECT count(*) FROM waiting WHERE subject = ANY(\(journeys.map(\.id))::uuid[])")
            #expect(try parked.rows[0].decode(Int.self) == 0)
        }

        private func expectWhole(_ stand: ServiceStand, _ when: String) async throws {
            let balance = try await stand.ask(
                .issuance, "GET", "/api/balance", as: Staff.auditor, for: IssuanceAPI.Balance.self)
            for hand in balance.hands {
                #expect(hand.balances, "\(when): \(hand.hand) in \(hand.cameIn) out \(hand.wentOut) has \(hand.there)")
            }
            // That a person has one live card a unique index holds; that each earlier one is kept in its place, nothing does.
            let lost = try await stand.database(.issuance).query(
                """
                SELECT o.submission_id FROM card_order o LEFT JOIN past_card p USING (submission_id)
                GROUP BY o.submission_id, o.copy
                HAVING count(p.copy) <> o.copy - 1 OR coalesce(max(p.copy), 0) <> o.copy - 1
                """)
            #expect(lost.rows.isEmpty, "\(when): a replaced card is on no record")
        }
    }
}

/// One random walk over the acts there are; what comes next depends on the seed and on what the service answered.
private struct CardWalk {
    let stand: ServiceStand
    var cards: [Journey]
    var state: UInt64
    /// What was called last, for the report.
    var last = ""
    var accepted = 0
    var deliveries = 0
    var isRevoked: [Bool]
    /// Whether review's last word about the card acted upon was that it may go on.
    var wasFree = true
    private var isPaused: [Bool]
    private var lists: [UUID?]
    private var minutes = 0.0

    init(stand: ServiceStand, cards: [Journey], seed: UInt64) {
        self.stand = stand
        self.cards = cards
        self.state = seed
        self.isRevoked = Array(repeating: false, count: cards.count)
        self.isPaused = self.isRevoked
        self.lists = Array(repeating: nil, count: cards.count)
    }

    private mutating func random(_ below: Int) -> Int {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((self.state >> 33) % UInt64(below))
    }

    private mutating func moveClock() {
        self.minutes += self.random(25) == 0 ? 100 * 24 * 60 : 1
        self.stand.clock.set(ServiceStandClock.standard.addingTimeInterval(self.minutes * 60))
    }

    mutating func act() async throws -> HTTPReply {
        self.moveClock()
        let index = self.random(self.cards.count)
        if self.random(12) == 0 { try await self.reviewSpeaks(index) }
        let card = self.cards[index]
        let order = try await card.order()
        // Mostly what fits the stage, so that the walk gets deep; sometimes anything.
        let stages = SubmissionStage.allCases.filter(\.isCard)
        let stage = self.random(6) == 0 ? stages[self.random(stages.count)] : order.stage
        self.wasFree = !self.isPaused[index] && !self.isRevoked[index]
        let reply = try await self.step(index, stage, held: !self.wasFree)
        if reply.status < 300 {
            self.accepted += 1
            if self.last.contains("/delivery") { self.deliveries += 1 }
        }
        return reply
    }

    private mutating func reviewSpeaks(_ index: Int) async throws {
        let card = self.cards[index]
        let at = self.minutes * 60
        switch self.random(7) {
        case 0:
            // Rare: it ends the card.
            guard self.isRevoked.count(where: { $0 }) < 2 else { return }
            try await card.review(says: card.revoked)
            self.isRevoked[index] = true
        case 1, 2, 3:
            try await card.review(says: card.paused(after: at))
            self.isPaused[index] = true
        default:
            try await card.review(says: card.resumed(after: at))
            self.isPaused[index] = false
        }
    }

    private mutating func post(
        _ path: String, _ body: [(String, JSON)], as who: Principal
    ) async throws -> HTTPReply {
        self.last = path
        return try await self.stand.call(
            .issuance, "POST", path, as: who, key: UUID().uuidString,
            body: JSON.object(body.map { (name: $0.0, value: $0.1) }).bytes)
    }

    private mutating func step(_ index: Int, _ stage: SubmissionStage, held: Bool) async throws -> HTTPReply {
        let card = self.cards[index]
        let aside: [(String, JSON)] = held && self.random(3) > 0 ? [("setAside", card.cards)] : []
        let signed: [(String, JSON)] = [
            ("count", .number(self.random(8) == 0 ? 2 : 1)), ("signedBy", .string("测试签收人")),
        ]
        let why: [(String, JSON)] = [("reason", .string("清点情况"))]
        let order = "/api/orders/\(card.id)"
        let anyone = self.random(4) == 0 ? Staff.centre() : card.station
        if let list = self.lists[index], self.random(2) == 0 {
            let who = [Staff.centre(), Staff.superior][self.random(2)]
            let reply =
                self.random(4) == 0
                ? try await self.post("/api/returns/\(list)/taking-back", why, as: anyone)
                : try await self.post("/api/returns/\(list)/receipt", signed + aside, as: who)
            if reply.status < 300 { self.lists[index] = nil }
            return reply
        }
        switch stage {
        case .ordered, .reordered:
            return try await self.post("/api/batches", [("limit", .number(2_000))], as: Staff.bureau())
        case .inProduction, .produced:
            let tracking = "EMS\(UUID().uuidString.suffix(12))"
            let reply = try await self.post(
                "/api/parcels", [("trackingNumber", .string(tracking)), ("submissions", card.cards)],
                as: Staff.cardMaker)
            if reply.status < 300 { self.cards[index].tracking = tracking }
            return reply
        case .inTransit:
            guard !card.tracking.isEmpty else { return try await self.post("/api/batches", [], as: Staff.bureau()) }
            let isTorn = self.random(4) == 0
            if isTorn {
                _ = try await self.stand.call(
                    .issuance, "POST", "/api/parcels/\(card.tracking)/photos", as: Staff.centre(),
                    body: card.person.photo, type: "image/jpeg")
            }
            return try await self.post(
                "/api/parcels/\(card.tracking)/receipt",
                [("count", .number(1)), ("envelopeIntact", .bool(!isTorn)), ("cardsIntact", .bool(true))] + aside,
                as: Staff.centre())
        case .parcelRefused, .cardMissing:
            if stage == .parcelRefused, self.random(3) > 0 {
                let (to, who) = [("reportedToCity", Staff.centre()), ("reportedToProvince", Staff.superior)][
                    self.random(2)]
                return try await self.post(
                    "/api/parcels/\(card.tracking)/report/step", [("to", .string(to))], as: who)
            }
            let outcome = self.random(9) == 0 ? "writtenOff" : ["remade", "found"][self.random(2)]
            return try await self.post(
                "/api/traces", [("submissions", card.cards), ("outcome", .string(outcome))] + why, as: Staff.bureau())
        case .atCentre, .backAtCentre, .backAtCity, .backAtProvince:
            if stage != .atCentre, self.random(2) == 0 {
                return try await self.sendUp(index, as: stage == .backAtCentre ? Staff.centre() : Staff.superior)
            }
            if stage == .backAtProvince { return try await self.replace(index, "notCollected", old: false) }
            if self.random(6) == 0 { return try await self.post("\(order)/missing", why, as: Staff.centre()) }
            let reply = try await self.post(
                "/api/handovers", [("station", .string(card.person.station)), ("submissions", card.cards)],
                as: Staff.centre())
            if reply.status < 300 {
                self.cards[index].handover = try reply.decoded(IssuanceAPI.Handover.self).id
            }
            return reply
        case .onWayToStation:
            return self.random(5) == 0
                ? try await self.post("/api/handovers/\(card.handover)/taking-back", why + aside, as: Staff.centre())
                : try await self.post(
                    "/api/handovers/\(card.handover)/receipt", signed + aside, as: card.station)
        case .atStation:
            switch self.random(8) {
            case 0: return try await self.post("\(order)/missing", why, as: card.station)
            case 1, 2, 3: return try await self.sendUp(index, as: card.station)
            default:
                return try await self.post(
                    "\(order)/delivery",
                    [
                        ("mode", .string("ceremony")), ("receivedBy", .string("holder")),
                        ("proof", .array([.string("signature")])),
                    ], as: card.station)
            }
        case .delivered:
            return self.random(2) == 0
                ? try await self.post("\(order)/loss", [("kind", .string("formal"))], as: card.station)
                : try await self.replace(index, "other", old: true)
        case .cardLost:
            return self.random(2) == 0
                ? try await self.post("\(order)/found", why, as: card.station)
                : try await self.replace(index, "loss", old: false)
        default:
            return try await self.post("\(order)/taking-back", [("copy", .number(1 + self.random(2)))], as: anyone)
        }
    }

    private mutating func sendUp(_ index: Int, as who: Principal) async throws -> HTTPReply {
        let reply = try await self.post("/api/returns", [("submissions", self.cards[index].cards)], as: who)
        if reply.status < 300 { self.lists[index] = try reply.decoded(IssuanceAPI.Return.self).id }
        return reply
    }

    private mutating func replace(_ index: Int, _ ground: String, old: Bool) async throws -> HTTPReply {
        let card = self.cards[index]
        return try await self.post(
            "/api/orders/\(card.id)/replacement",
            [
                ("ground", .string(ground)), ("askedAt", .string("station")), ("oldCardHandedIn", .bool(old)),
                ("accountClosedProof", .bool(false)),
            ], as: card.station)
    }
}
