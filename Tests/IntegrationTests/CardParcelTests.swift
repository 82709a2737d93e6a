import Access
import CardProgramme
import Contracts
import Crypto
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// A parcel that cannot be accepted, from the torn envelope to the card in its holder's hand (R88–R93, R129).
    @Suite struct CardParcelTests {
        private static let station = "341602-05"

        @Test func aTornParcelIsRefusedReportedUpwardsAndItsCardMadeAgain() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .inTransit)
            let tracking = journey.tracking

            // Without a picture nothing is recorded, neither accepted nor refused.
            try await stand.settle()
            let before = try await stand.digest(.issuance)
            let blind = try await stand.call(
                .issuance, "POST", "/api/parcels/\(tracking)/receipt", as: Staff.centre(), body: Journey.torn.bytes)
            #expect(blind.status == 409)
            #expect(blind.told("no picture")?.code == "parcel.photo_required")
            #expect(try await stand.digest(.issuance) == before)

            let photo = try await journey.photographParcel()
            #expect(try await journey.photographParcel() == photo, "the same picture twice is one")
            let parcel = try await journey.refuseParcel()
            #expect(parcel.stage == .parcelRefused && parcel.damage == [.envelopeDamaged] && parcel.report == .written)
            let twice = try await journey.refuseParcel()
            #expect(twice.report == .written)
            let whole = try await stand.call(
                .issuance, "POST", "/api/parcels/\(tracking)/receipt", as: Staff.centre(), body: Journey.intact.bytes)
            #expect(whole.told("accepted after all")?.code == "parcel.already_refused")

            let seen = try await journey.progress(at: .parcelRefused)
            #expect(seen.chinese.contains("拒收") && seen.chinese.contains("区退役军人服务中心"))

            // The report says what, who and when, keeps the picture sealed, and can be printed.
            var report = try await self.report(journey)
            #expect(report.expected == 1 && report.counted == 1 && report.open == 1 && report.note == "右上角撕裂约八厘米")
            #expect(report.steps.map(\.by) == ["centre-a"] && report.steps[0].at == ServiceStandClock.standard)
            let picture = TestPerson(number: journey.person.number + 5_000).photo
            #expect(
                report.photos.map(\.sha256) == [
                    SHA256.hash(data: picture).map { byte in
                        (byte < 16 ? "0" : "") + String(byte, radix: 16)
                    }.joined()
                ])
            let stored = try await stand.call(
                .issuance, "GET", "/api/parcels/\(tracking)/photos/\(photo)", as: Staff.superior)
            #expect(stored.status == 200 && stored.body == picture)
            let sealed = try await stand.database(.issuance).query("SELECT sealed FROM photo WHERE id = \(photo)")
            #expect(try sealed.rows[0].decode([UInt8].self).starts(with: [0xFF, 0xD8]) == false)
            let page = try await stand.call(
                .issuance, "GET", "/api/parcels/\(tracking)/report/page", as: Staff.centre()
            ).text
            for part in [
                "优待证邮包破损报告", tracking, "外包装破损", "当面拒收", "2022年3月9日 10:00", "centre-a", report.photos[0].sha256,
                journey.id.uuidString.lowercased(), "右上角撕裂约八厘米",
            ] { #expect(page.contains(part), "\(part)") }
            #expect(!page.contains(journey.person.name))
            // Printed with its picture for those who may see it, with its sum alone for an auditor.
            let embedded = "data:image/jpeg;base64,\(Data(picture).base64EncodedString())"
            #expect(page.contains(embedded))
            let audited = try await stand.call(
                .issuance, "GET", "/api/parcels/\(tracking)/report/page", as: Staff.auditor
            ).text
            #expect(audited.contains(report.photos[0].sha256) && !audited.contains("data:image"))

            // Nothing is given up before the province knows, and no level is left out.
            #expect(try await journey.settleTrace("remade").told("too early")?.code == "trace.not_reported")
            #expect(
                try await journey.reportStep("reportedToProvince", as: Staff.superior).told("over the city")?.code
                    == "damage.not_next")
            for (to, who) in [("reportedToCity", Staff.centre()), ("reportedToProvince", Staff.superior)] {
                #expect(try await journey.reportStep(to, as: who).status == 200)
                #expect(try await journey.reportStep(to, as: who).status == 200, "repeated")
            }
            #expect(
                try await journey.reportStep("answered", answer: "同意补制，旧证作废", as: Staff.superior).status == 200)
            report = try await self.report(journey)
            #expect(report.state == .answered && report.answer == "同意补制，旧证作废" && report.steps.count == 4)

            // Made again: new production, new parcel, and only one card that counts.
            stand.clock.tick()
            #expect(try await journey.settleTrace("remade", key: "remake-\(journey.id)").status == 200)
            #expect(try await journey.settleTrace("remade", key: "remake-\(journey.id)").status == 200, "repeated")
            _ = try await journey.progress(at: .reordered)
            let order = try await journey.order()
            #expect(order.copy == 2 && order.stage == .reordered && order.trackingNumber == nil)
            report = try await self.report(journey)
            #expect(report.open == 0 && report.cards.map(\.outcome) == [.remade])
            stand.clock.tick()
            try await journey.carry(to: .delivered)
            #expect(journey.tracking != tracking)
            let progress = try await journey.progress(at: .delivered)
            let stages = progress.history.map(\.stage)
            #expect(stages.count { $0 == .inTransit } == 2 && stages.contains(.parcelRefused))
            // The first card is dead; should it turn up, it is taken in once (N29).
            #expect(try await journey.file().past.map(\.isOutstanding) == [true])
            try await journey.did("taking-back", ["copy": .number(1)])
            #expect(try await journey.file().past.map(\.isOutstanding) == [false])
            let again = try await journey.act("taking-back", ["copy": .number(1)])
            #expect(again.told("handed in twice")?.code == "card.not_outstanding")
            try await stand.expectBalance()
        }

        private func report(_ journey: Journey) async throws -> IssuanceAPI.DamageReport {
            try await journey.stand.ask(
                .issuance, "GET", "/api/parcels/\(journey.tracking)/report", as: Staff.centre(),
                for: IssuanceAPI.DamageReport.self)
        }

        @Test func aShortParcelIsRefusedAndItsCardsAreFoundOrWrittenOff() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var first = Journey(stand, station: Self.station)
            var second = Journey(stand, station: Self.station)
            try await first.go(to: .inProduction)
            try await second.go(to: .inProduction)
            let tracking = "EMS\(UUID().uuidString.suffix(12))"
            let both = JSON.array([.string(first.id.uuidString), .string(second.id.uuidString)])
            _ = try await stand.ask(
                .issuance, "POST", "/api/parcels", ["trackingNumber": .string(tracking), "submissions": both],
                as: Staff.cardMaker, for: IssuanceAPI.Parcel.self)
            first.tracking = tracking
            second.tracking = tracking
            try await first.photographParcel()
            let parcel = try await first.refuseParcel([
                "count": .number(1), "envelopeIntact": .bool(true), "cardsIntact": .bool(true),
            ])
            #expect(parcel.damage == [.cardsMissing] && parcel.stage == .parcelRefused)
            let list = try await stand.ask(
                .issuance, "GET", "/api/parcels?refused=true&limit=500", as: Staff.bureau(), for: Parcels.self)
            #expect(list.parcels.contains { $0.trackingNumber == tracking && $0.report == .written })

            // Found at the card maker: posted again. The parcel that was refused still answers as it did.
            #expect(try await first.settleTrace("found").status == 200)
            #expect(try await first.order().stage == .produced)
            let same = try await stand.call(
                .issuance, "POST", "/api/parcels", as: Staff.cardMaker,
                body: (["trackingNumber": .string(tracking), "submissions": both] as JSON).bytes)
            #expect(same.status == 200, "\(same.text)")
            stand.clock.tick()
            first.tracking = "EMS\(UUID().uuidString.suffix(12))"
            _ = try await stand.ask(
                .issuance, "POST", "/api/parcels",
                ["trackingNumber": .string(first.tracking), "submissions": first.cards], as: Staff.cardMaker,
                for: IssuanceAPI.Parcel.self)
            try await first.receiveParcel()
            _ = try await first.progress(at: .atCentre)

            // The other one is nowhere: written off, with a reason.
            for (to, who) in [("reportedToCity", Staff.centre()), ("reportedToProvince", Staff.superior)] {
                _ = try await second.reportStep(to, as: who)
            }
            #expect(try await second.settleTrace("writtenOff", reason: "").told("no reason")?.code == "text.reason")
            #expect(try await second.settleTrace("writtenOff").status == 200)
            #expect(try await second.settleTrace("found").told("settled")?.code == "trace.not_open")
            let seen = try await second.progress(at: .cardWrittenOff)
            #expect(seen.chinese.contains("全部环节已办结"))
            let report = try await stand.ask(
                .issuance, "GET", "/api/parcels/\(tracking)/report", as: Staff.auditor,
                for: IssuanceAPI.DamageReport.self)
            #expect(Set(report.cards.compactMap(\.outcome)) == [.found, .writtenOff] && report.open == 0)
            try await stand.expectBalance()
        }

        private struct Parcels: Decodable {
            let parcels: [IssuanceAPI.Parcel]
        }

        @Test func twoClerksAtOnceRefuseAParcelOnce() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .inTransit)
            try await journey.photographParcel()
            let path = "/api/parcels/\(journey.tracking)/receipt"
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for clerk in 0..<8 {
                    // Half of them take it for whole.
                    let body = clerk % 2 == 0 ? Journey.torn : Journey.intact
                    group.addTask {
                        try await stand.call(
                            .issuance, "POST", path, as: Staff.centre("c\(clerk)"), body: body.bytes
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 4 && statuses.count { $0 == 409 } == 4, "\(statuses)")
            let stage = try await journey.order().stage
            #expect([.parcelRefused, .atCentre].contains(stage))
            try await stand.expectBalance()
        }

        @Test func aHandoverThatDoesNotCountIsTakenBackAndTheMissingCardTraced() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .onWayToStation)
            let short = try await stand.call(
                .issuance, "POST", "/api/handovers/\(journey.handover)/receipt", as: journey.station,
                body: (["count": .number(0), "signedBy": .string("测试签收人")] as JSON).bytes)
            #expect(short.told("one too few")?.code == "handover.count_differs")
            stand.clock.tick()
            let back: JSON = ["reason": .string("服务站清点少一张")]
            for _ in 0..<2 {
                let reply = try await stand.call(
                    .issuance, "POST", "/api/handovers/\(journey.handover)/taking-back", as: Staff.centre(),
                    key: "back-\(journey.id)", body: back.bytes)
                #expect(reply.status == 200, "\(reply.text)")
            }
            let signed = try await stand.call(
                .issuance, "POST", "/api/handovers/\(journey.handover)/receipt", as: journey.station,
                body: (["count": .number(1), "signedBy": .string("测试签收人")] as JSON).bytes)
            #expect(signed.told("signed after all")?.code == "handover.taken_back")
            _ = try await journey.progress(at: .atCentre)
            let other = try await journey.act("missing", ["reason": .string("清点未见")])
            #expect(other.told("not in the station's hand")?.code == "card.other_hand")
            stand.clock.tick()
            try await journey.did("missing", ["reason": .string("清点未见")], as: Staff.centre())
            let seen = try await journey.progress(at: .cardMissing)
            #expect(seen.chinese.contains("查找中"))
            try await stand.expectBalance()
            stand.clock.tick()
            #expect(try await journey.settleTrace("found", reason: "在分拣柜中找到").status == 200)
            _ = try await journey.progress(at: .atCentre)
            let sorting = try await stand.ask(
                .issuance, "GET", "/api/sorting", as: Staff.centre(), for: IssuanceAPI.Sorting.self)
            #expect(sorting.piles.first { $0.station == Self.station }?.submissions.contains(journey.id) == true)
            #expect(sorting.piles.map(\.station) == sorting.piles.map(\.station).sorted())
            try await stand.expectBalance()
        }

        @Test func aProductionListIsTheSameHoweverOftenItIsMade() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: Self.station)
            try await journey.go(to: .inProduction)
            let number = try await stand.database(.issuance).query(
                """
                SELECT number, idempotency_key, card_limit, created_by FROM production_batch
                JOIN card_order ON production_batch = production_batch.id WHERE submission_id = \(journey.id)
                """
            ).rows[0].decode(Int.self, String.self, Int.self, String.self)
            let batch = try await stand.ask(
                .issuance, "GET", "/api/batches/\(number.0)", as: Staff.cardMaker, for: IssuanceAPI.Batch.self)
            let again = try await stand.ask(
                .issuance, "POST", "/api/batches", ["limit": .number(number.2)],
                as: Principal(subject: number.3, role: .bureau, division: Staff.division), key: number.1,
                for: IssuanceAPI.Batch.self)
            #expect(again.submissions == batch.submissions && again.digest == batch.digest)
            let table = try await stand.call(
                .issuance, "GET", "/api/batches/\(number.0)/list", as: Staff.cardMaker)
            #expect(table.header("ETag") == "\"\(batch.digest)\"")
            let lines = table.text.split(separator: "\r\n").map(String.init)
            #expect(lines.count == batch.submissions.count + 1)
            #expect(lines.contains { $0.contains(journey.person.name) && $0.contains("********") })
            #expect(try !table.text.contains(journey.person.identityNumber))
            // The digest is that of the lines without the names, as anybody can compute it from the table.
            let plain = lines.dropFirst().map { $0.split(separator: ",").prefix(7).joined(separator: ",") + "\n" }
            let digest = SHA256.hash(data: Array(plain.joined().utf8)).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            #expect(digest == batch.digest)
        }
    }
}

extension ServiceStand {
    /// Every hand has what its papers say.
    func expectBalance(_ location: SourceLocation = #_sourceLocation) async throws {
        let balance = try await self.ask(
            .issuance, "GET", "/api/balance", as: Staff.auditor, for: IssuanceAPI.Balance.self)
        for hand in balance.hands {
            #expect(
                hand.balances, "\(hand.hand): in \(hand.cameIn), out \(hand.wentOut), there \(hand.there)",
                sourceLocation: location)
        }
        #expect(balance.balances && balance.hands.contains { $0.hand == "centre" }, sourceLocation: location)
    }
}
