import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Lost, found again, replaced: one card that counts, and the old one dead (N26–N29).
    @Suite struct CardReplacementTests {
        private static let station = "341602-07"

        private func delivered(
            _ stand: ServiceStand, _ categories: [CardProgramme.Category] = [.warVeteran]
        ) async throws -> Journey {
            var journey = Journey(stand, station: Self.station) { $0.categories = categories }
            try await journey.go(to: .delivered)
            return journey
        }

        private func replacement(
            _ ground: String, at place: String = "station", old: Bool = true, closed: Bool = false,
            _ more: [(String, JSON)] = []
        ) -> JSON {
            .object(
                [
                    ("ground", .string(ground)), ("askedAt", .string(place)), ("oldCardHandedIn", .bool(old)),
                    ("accountClosedProof", .bool(closed)),
                ] + more.map { (name: $0.0, value: $0.1) })
        }

        private func expectRefused(
            _ journey: Journey, _ what: String, _ body: JSON, _ code: String,
            _ location: SourceLocation = #_sourceLocation
        ) async throws {
            // What was sent leaves the outbox when the broker has it, whoever looks.
            try await journey.stand.settle()
            let before = try await journey.stand.digest(.issuance)
            let reply = try await journey.act(what, body)
            #expect(
                [409, 422].contains(reply.status), "\(code): \(reply.status) \(reply.text)", sourceLocation: location)
            let told = reply.told(code, location)
            #expect(told?.code == code, sourceLocation: location)
            #expect(try await journey.stand.digest(.issuance) == before, "\(code)", sourceLocation: location)
        }

        @Test func aLostCardIsReplacedOnlyAfterTheFormalReportAndTheFoundOneIsHandedIn() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = try await self.delivered(stand)
            stand.clock.tick()
            for days in [4, 16] {
                try await self.expectRefused(
                    journey, "loss", ["kind": .string("temporary"), "days": .number(days)], "loss.days")
            }
            try await self.expectRefused(
                journey, "loss", ["kind": .string("formal"), "days": .number(7)], "loss.days")
            // A temporary report lapses by itself and opens no way to a new card.
            try await journey.did("loss", ["kind": .string("temporary"), "days": .number(7)])
            #expect(try await journey.file().temporaryLossUntil == CalendarDay("2022-03-16"))
            #expect(try await journey.order().stage == .delivered)
            try await self.expectRefused(
                journey, "replacement", self.replacement("loss", old: false), "replacement.not_reported_lost")
            try await stand.clock.on(CalendarDay("2022-03-17") ?? CalendarDay(.now)) {
                let lapsed = try await journey.file().temporaryLossUntil
                #expect(lapsed == nil)
            }
            stand.clock.tick()

            try await journey.did("loss", ["kind": .string("formal")], key: "lost-\(journey.id)")
            try await journey.did("loss", ["kind": .string("formal")], key: "lost-\(journey.id)")
            let other = try await journey.act("found", ["reason": .string("在家中找到")], key: "lost-\(journey.id)")
            #expect(other.told("key of another call")?.code == "idempotency.key_reused")
            let lost = try await journey.progress(at: .cardLost)
            #expect(lost.chinese.contains("补领"))
            // Found before anything else: the same card goes on.
            stand.clock.tick()
            try await journey.did("found", ["reason": .string("在家中找到")])
            #expect(try await journey.order().copy == 1)
            stand.clock.tick()
            try await journey.did("loss", ["kind": .string("formal")])
            try await self.expectRefused(
                journey, "replacement", self.replacement("other"), "replacement.reported_lost")
            stand.clock.tick()
            try await journey.did(
                "replacement", self.replacement("loss", at: "bank", old: false), key: "again-\(journey.id)")
            try await journey.did(
                "replacement", self.replacement("loss", at: "bank", old: false), key: "again-\(journey.id)")
            let order = try await journey.order()
            #expect(order.copy == 2 && order.stage == .reordered && order.deliveredOn == nil)
            _ = try await journey.progress(at: .reordered)
            try await self.expectRefused(journey, "found", ["reason": .string("在家中找到")], "card.replaced")
            stand.clock.tick()
            try await journey.carry(to: .delivered)
            let seen = try await journey.progress(at: .delivered)
            #expect(seen.history.map(\.stage).count { $0 == .delivered } >= 2)
            // N29: the old one turns up after all.
            let past = try await journey.file().past
            #expect(past.map(\.ground) == [.loss] && past.map(\.fee) == [.charged] && past[0].isOutstanding)
            try await journey.did("taking-back", ["copy": .number(1)])
            #expect(try await journey.file().past[0].isOutstanding == false)
            try await self.expectRefused(journey, "taking-back", ["copy": .number(2)], "card.not_revoked")
            try await stand.expectBalance()
        }

        @Test func eachGroundAsksForWhatItsRuleSays() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = try await self.delivered(stand, [.warVeteran, .martyrFamily])
            let refused: [(JSON, String)] = [
                (self.replacement("unreadable"), "replacement.at_bank"),
                (self.replacement("stainedOrBroken"), "replacement.at_bank"),
                (self.replacement("dataChange", at: "bank"), "replacement.at_station"),
                (self.replacement("other", old: false), "replacement.old_card"),
                (self.replacement("provinceChange"), "replacement.account_open"),
                (self.replacement("unreadable", at: "bank"), "replacement.fault"),
                (self.replacement("kindChange"), "replacement.kind"),
                (self.replacement("other", [("cardKind", .string("bereavedFamily"))]), "replacement.kind"),
                (self.replacement("other", [("name", .string("测试新名"))]), "replacement.name"),
                (self.replacement("dataChange", [("name", .string(" "))]), "replacement.name"),
                (self.replacement("loss", old: false), "replacement.not_reported_lost"),
                (self.replacement("notCollected", old: false), "card.wrong_stage"),
            ]
            for (body, code) in refused { try await self.expectRefused(journey, "replacement", body, code) }
            let accepted: [(JSON, ReplacementGround, ReplacementGround.Fee)] = [
                (
                    self.replacement("unreadable", at: "bank", [("holdersFault", .bool(false))]), .unreadable, .free
                ),
                (
                    self.replacement("stainedOrBroken", at: "bank", [("holdersFault", .bool(true))]), .stainedOrBroken,
                    .charged
                ),
                (self.replacement("dataChange", [("name", .string("测试改名"))]), .dataChange, .free),
                (self.replacement("provinceChange", closed: true), .provinceChange, .free),
                (
                    self.replacement("kindChange", [("cardKind", .string("bereavedFamily"))]), .kindChange, .free
                ),
                (self.replacement("cardDefect"), .cardDefect, .free),
                (self.replacement("bankFunctionExpired", at: "bank"), .bankFunctionExpired, .free),
                (self.replacement("other"), .other, .bankDecides),
            ]
            for (index, (body, ground, fee)) in accepted.enumerated() {
                stand.clock.tick()
                try await journey.did("replacement", body)
                let past = try await journey.file().past
                #expect(past.count == index + 1 && past.last?.ground == ground && past.last?.fee == fee)
                #expect(past.last?.isOutstanding == false)
                stand.clock.tick()
                try await journey.carry(to: .delivered)
            }
            let order = try await journey.order()
            #expect(order.copy == accepted.count + 1 && order.name == "测试改名" && order.cardKind == .bereavedFamily)
            _ = try await journey.progress(at: .delivered)
            try await stand.expectBalance()
        }

        @Test func aKindTheCategoriesDoNotAllowIsRefused() async throws {
            let stand = try await ServiceStand.shared()
            let journey = try await self.delivered(stand)
            try await self.expectRefused(
                journey, "replacement", self.replacement("kindChange", [("cardKind", .string("bereavedFamily"))]),
                "replacement.kind_not_allowed")
            try await self.expectRefused(
                journey, "replacement", self.replacement("kindChange", [("cardKind", .string("veteran"))]),
                "replacement.kind")
        }

        @Test func twoReplacementsAtOnceMakeOneCard() async throws {
            let stand = try await ServiceStand.shared()
            var journey = try await self.delivered(stand)
            let body = self.replacement("other")
            let calls = journey
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await calls.act("replacement", body).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 409 } == 7, "\(statuses)")
            #expect(try await journey.order().copy == 2)
            try await self.expectRefused(journey, "loss", ["kind": .string("formal")], "card.wrong_stage")
            // The second card goes the first one's way at the very same moment of the programme, and intake follows.
            try await journey.carry(to: .delivered)
            try await stand.settle()
            let history = try await journey.progress().history.map(\.stage)
            #expect(history.count { $0 == .delivered } == 2 && history.last == .delivered, "\(history)")
        }

        @Test func aPausedCardIsNotReplaced() async throws {
            let stand = try await ServiceStand.shared()
            let journey = try await self.delivered(stand)
            try await journey.review(says: journey.paused())
            try await self.expectRefused(journey, "replacement", self.replacement("other"), "card.paused")
        }

        @Test func aProxyNeedsARelationAndAPhotographIsOneThatWasTaken() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .atStation)
            func delivery(_ receiver: String, _ proof: [String], _ relation: String?) -> JSON {
                var members: [(name: String, value: JSON)] = [
                    ("mode", .string("agreed")), ("receivedBy", .string(receiver)),
                    ("proof", .array(proof.map { .string($0) })),
                ]
                if let relation { members.append(("relation", .string(relation))) }
                return .object(members)
            }
            try await self.expectRefused(
                journey, "delivery", delivery("guardian", ["guardianshipPaper"], " "), "delivery.relation")
            try await self.expectRefused(
                journey, "delivery", delivery("holder", ["signature"], "本人"), "delivery.relation")
            try await self.expectRefused(
                journey, "delivery", delivery("relative", ["identityCard"], "女儿341602199001010009"), "text.has_number")
            try await self.expectRefused(
                journey, "delivery", delivery("relative", ["photo"], "女儿"), "delivery.photo_required")
            let photo = try await stand.call(
                .issuance, "POST", "/api/orders/\(journey.id)/photos", as: journey.station,
                body: journey.person.photo, type: "image/jpeg")
            #expect(photo.status == 201)
            let body = delivery("relative", ["photo", "identityCard"], "女儿")
            for _ in 0..<2 {
                let reply = try await journey.act("delivery", body)
                #expect(reply.status == 200, "\(reply.text)")
            }
            let rows = try await stand.rows(of: .issuance).filter { $0.table == "card_order" }
            #expect(!rows.contains { $0.text.contains("女儿") })
            try await self.expectRefused(
                journey, "delivery", delivery("relative", ["photo", "identityCard"], "儿子"), "delivery.already_recorded")
        }
    }
}
