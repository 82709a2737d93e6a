import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// What may not be done with a card off the straight path: each with its code, a sentence in both languages, and
    /// nothing changed.
    @Suite struct CardExceptionRefusalTests {
        private func post(
            _ what: String, _ path: String, _ who: Principal, _ body: [(String, JSON)], _ status: Int, _ code: String,
            key: String? = UUID().uuidString
        ) -> Refusable {
            Refusable(
                what, "POST", path, who, key: key, JSON.object(body.map { (name: $0.0, value: $0.1) }), status, code)
        }

        @Test func parcelsAndTheirReports() async throws {
            let fixtures = try await Fixtures.shared()
            let (posted, received, refused) = (fixtures[.inTransit], fixtures[.atCentre], fixtures.refused)
            func photo(_ what: String, _ parcel: String, _ bytes: [UInt8], _ type: String, _ code: String) -> Refusable
            {
                Refusable(
                    what, "POST", "/api/parcels/\(parcel)/photos", Staff.centre(), bytes: bytes, type: type,
                    code == "photo.too_late" ? 409 : code == "parcel.unknown" ? 404 : 422, code)
            }
            func step(_ what: String, _ body: [(String, JSON)], _ status: Int, _ code: String) -> Refusable {
                let isCity = body.first?.1.text == "\"reportedToCity\""
                return self.post(
                    what, "/api/parcels/\(refused.tracking)/report/step", isCity ? Staff.centre() : Staff.superior,
                    body, status, code)
            }
            let jpeg = refused.person.photo
            let receipt: [(String, JSON)] = [("envelopeIntact", .bool(false)), ("cardsIntact", .bool(true))]
            try await fixtures.expectRefused(
                .issuance,
                [
                    photo("a text", posted.tracking, Array("no picture".utf8), "text/plain", "photo.type"),
                    photo(
                        "a text that says it is a picture", posted.tracking, Array("x".utf8), "image/png",
                        "photo.content"),
                    photo("a JPEG that says it is a PNG", posted.tracking, jpeg, "image/png", "photo.content"),
                    photo("of a parcel that is accepted", received.tracking, jpeg, "image/jpeg", "photo.too_late"),
                    photo("of no parcel", "EMS-404404", jpeg, "image/jpeg", "parcel.unknown"),
                    self.post(
                        "a negative count", "/api/parcels/\(posted.tracking)/receipt", Staff.centre(),
                        [("count", .number(-1))] + receipt, 422, "parcel.count"),
                    self.post(
                        "a remark with a number in it", "/api/parcels/\(posted.tracking)/receipt", Staff.centre(),
                        [("count", .number(1)), ("note", .string("收件人 341602199001010009"))] + receipt, 422,
                        "text.has_number"),
                    step("back to the beginning", [("to", .string("written"))], 422, "damage.state"),
                    step("an answer without words", [("to", .string("answered"))], 422, "damage.answer"),
                    step(
                        "an answer before the question", [("to", .string("answered")), ("answer", .string("同意"))], 409,
                        "damage.not_next"),
                    step(
                        "words to the city", [("to", .string("reportedToCity")), ("answer", .string("同意"))], 422,
                        "damage.answer"),
                    self.post(
                        "of a parcel that was not refused", "/api/parcels/\(posted.tracking)/report/step",
                        Staff.centre(), [("to", .string("reportedToCity"))], 404, "damage.unknown"),
                    Refusable(
                        "a picture of another parcel", "GET",
                        "/api/parcels/\(posted.tracking)/photos/\(fixtures.photo)", Staff.centre(), bytes: [],
                        type: "", 404, "photo.unknown"),
                    self.post(
                        "giving up what the province does not know of", "/api/traces", Staff.bureau(),
                        [
                            ("submissions", refused.cards), ("outcome", .string("writtenOff")),
                            ("reason", .string("无结果")),
                        ],
                        409, "trace.not_reported"),
                    self.post(
                        "finding what is not lost", "/api/traces", Staff.bureau(),
                        [("submissions", received.cards), ("outcome", .string("found")), ("reason", .string("在手"))],
                        409, "trace.not_open"),
                    self.post(
                        "finding what never was", "/api/traces", Staff.bureau(),
                        [
                            ("submissions", .array([.string(UUID().uuidString)])), ("outcome", .string("found")),
                            ("reason", .string("在手")),
                        ], 409, "cards.unknown"),
                    self.post(
                        "delivering what is being traced", "/api/orders/\(refused.id)/delivery", refused.station,
                        [
                            ("mode", .string("brought")), ("receivedBy", .string("holder")),
                            ("proof", .array([.string("signature")])),
                        ], 409, "card.wrong_stage"),
                ])
        }

        @Test func photographsAreKeptToAHandful() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand, station: "341602-11")
            try await journey.go(to: .inTransit)
            for number in 1...4 { try await journey.photographParcel(number) }
            let fifth = try await stand.call(
                .issuance, "POST", "/api/parcels/\(journey.tracking)/photos", as: Staff.centre(),
                body: TestPerson(number: 77_777).photo, type: "image/jpeg")
            #expect(fifth.status == 409 && fifth.told("a fifth picture")?.code == "photo.too_many")
            // Pictures alone refuse nothing: the centre looked again, and the parcel was whole.
            try await journey.receiveParcel()
            try await stand.expectBalance()
        }

        @Test func handsThatDoNotHoldTheCard() async throws {
            let fixtures = try await Fixtures.shared()
            let (way, arrived, delivered) = (fixtures[.onWayToStation], fixtures[.atStation], fixtures[.delivered])
            let upward = fixtures.upward
            let reason: [(String, JSON)] = [("reason", .string("清点未见"))]
            func order(_ journey: Journey, _ what: String) -> String { "/api/orders/\(journey.id)/\(what)" }
            try await fixtures.expectRefused(
                .issuance,
                [
                    self.post(
                        "missing on its way", order(way, "missing"), Staff.centre(), reason, 409, "card.wrong_stage"),
                    self.post(
                        "missing at the station, says the centre", order(arrived, "missing"), Staff.centre(), reason,
                        409, "card.other_hand"),
                    self.post(
                        "missing for no reason", order(arrived, "missing"), Staff.station(), [("reason", .string(""))],
                        422, "text.reason"),
                    self.post(
                        "missing while it is handed up", order(upward, "missing"), Staff.station(), reason, 409,
                        "card.on_way_up"),
                    self.post(
                        "found without being lost", order(delivered, "found"), Staff.station(), reason, 409,
                        "card.wrong_stage"),
                    self.post(
                        "lost before it was delivered", order(arrived, "loss"), Staff.station(),
                        [("kind", .string("formal"))], 409, "card.wrong_stage"),
                    self.post(
                        "replaced before it was delivered", order(arrived, "replacement"), Staff.station(),
                        [
                            ("ground", .string("other")), ("askedAt", .string("station")),
                            ("oldCardHandedIn", .bool(true)),
                            ("accountClosedProof", .bool(false)),
                        ], 409, "card.wrong_stage"),
                    self.post(
                        "taken back though it is good", order(delivered, "taking-back"), Staff.station(),
                        [("copy", .number(1))], 409, "card.not_revoked"),
                    self.post(
                        "a hand-over that was signed for", "/api/handovers/\(arrived.handover)/taking-back",
                        Staff.centre(), reason, 409, "handover.already_received"),
                    self.post(
                        "a hand-over that never was", "/api/handovers/\(UUID())/taking-back", Staff.centre(), reason,
                        404, "handover.unknown"),
                    self.post(
                        "nothing to send up", "/api/returns", Staff.station(), [("submissions", .array([]))], 422,
                        "cards.none"),
                    self.post(
                        "another station's card", "/api/returns", Staff.station(Staff.otherStation),
                        [("submissions", arrived.cards)], 409, "cards.other_station"),
                    self.post(
                        "a card that may still be delivered", "/api/returns", Staff.station(),
                        [("submissions", arrived.cards)], 409, "return.not_due"),
                    self.post(
                        "a card that is delivered", "/api/returns", Staff.station(), [("submissions", delivered.cards)],
                        409, "card.wrong_stage"),
                    self.post(
                        "signed for by the wrong level", "/api/returns/\(fixtures.upwardList)/receipt", Staff.superior,
                        [("count", .number(1)), ("signedBy", .string("测试签收人"))], 409, "return.other_level"),
                    self.post(
                        "signed for by nobody", "/api/returns/\(fixtures.upwardList)/receipt", Staff.centre(),
                        [("count", .number(1)), ("signedBy", .string(" "))], 422, "signature.missing"),
                    self.post(
                        "a list that never was", "/api/returns/\(UUID())/receipt", Staff.centre(),
                        [("count", .number(1)), ("signedBy", .string("测试签收人"))], 404, "return.unknown"),
                    self.post(
                        "set aside without cause", "/api/returns/\(fixtures.upwardList)/receipt", Staff.centre(),
                        [("count", .number(1)), ("signedBy", .string("测试签收人")), ("setAside", upward.cards)], 409,
                        "card.not_held"),
                    self.post(
                        "of a submission without a card", "/api/orders/\(fixtures[.awaitingAudit].id)/loss",
                        Staff.station(), [("kind", .string("formal"))], 404, "card.unknown"),
                ])
        }
    }
}
