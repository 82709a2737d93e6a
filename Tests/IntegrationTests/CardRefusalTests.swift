import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Cards move one step after the other, counted at each; what does not fit is refused and nothing has changed.
    @Suite struct CardRefusalTests {
        @Test func cardsOutOfTheirPlaceAreRefused() async throws {
            let fixtures = try await Fixtures.shared()
            let (made, posted, centre) = (fixtures[.inProduction], fixtures[.inTransit], fixtures[.atCentre])
            let (way, arrived, delivered) = (fixtures[.onWayToStation], fixtures[.atStation], fixtures[.delivered])
            let unknown = JSON.array([.string(UUID().uuidString)])
            func post(
                _ what: String, _ path: String, _ who: Principal, _ body: JSON, _ status: Int, _ code: String,
                key: String? = nil
            ) -> Refusable {
                Refusable(what, "POST", path, who, key: key, body, status, code)
            }
            func parcel(_ what: String, _ number: String, _ cards: JSON, _ status: Int, _ code: String) -> Refusable {
                post(
                    what, "/api/parcels", Staff.cardMaker, ["trackingNumber": .string(number), "submissions": cards],
                    status, code)
            }
            func receipt(_ what: String, _ journey: Journey, _ body: JSON, _ status: Int, _ code: String) -> Refusable {
                post(what, "/api/parcels/\(journey.tracking)/receipt", Staff.centre(), body, status, code)
            }
            func seen(_ count: Int, envelope: Bool = true, cards: Bool = true) -> JSON {
                ["count": .number(count), "envelopeIntact": .bool(envelope), "cardsIntact": .bool(cards)]
            }
            func handover(
                _ what: String, _ station: String, _ cards: JSON, _ status: Int, _ code: String,
                key: String = UUID().uuidString
            ) -> Refusable {
                post(
                    what, "/api/handovers", Staff.centre(), ["station": .string(station), "submissions": cards], status,
                    code, key: key)
            }
            func signed(
                _ what: String, _ journey: Journey, _ count: Int, _ by: String, _ status: Int, _ code: String
            ) -> Refusable {
                post(
                    what, "/api/handovers/\(journey.handover)/receipt", Staff.station(),
                    ["count": .number(count), "signedBy": .string(by)], status, code)
            }
            func delivery(
                _ what: String, _ journey: Journey, _ mode: String, _ by: String, _ status: Int, _ code: String,
                proof: [String] = ["signature"]
            ) -> Refusable {
                post(
                    what, "/api/orders/\(journey.id)/delivery", Staff.station(journey.person.station),
                    [
                        "mode": .string(mode), "receivedBy": .string(by), "proof": .array(proof.map { .string($0) }),
                    ], status, code)
            }
            var calls = [
                parcel("a number that is none", "##", made.cards, 422, "parcel.tracking_number"),
                parcel("an empty parcel", "EMS-000001", .array([]), 422, "cards.none"),
                parcel(
                    "a card twice", "EMS-000001", .array([.string(made.id.uuidString), .string(made.id.uuidString)]),
                    422,
                    "cards.listed_twice"),
                parcel("an unknown card", "EMS-000001", unknown, 409, "cards.unknown"),
                parcel(
                    "2,001 cards", "EMS-000001", .array((0..<2001).map { _ in .string(UUID().uuidString) }), 422,
                    "cards.too_many"),
                parcel("a card posted already", "EMS-000001", posted.cards, 409, "card.wrong_stage"),
                parcel("a number of other cards", posted.tracking, made.cards, 409, "parcel.tracking_number_used"),
                receipt("a torn envelope", posted, seen(1, envelope: false), 409, "parcel.photo_required"),
                receipt("broken cards", posted, seen(1, cards: false), 409, "parcel.photo_required"),
                receipt("one card too few", posted, seen(0), 409, "parcel.photo_required"),
                receipt("one card too many", posted, seen(2), 409, "parcel.photo_required"),
                receipt("signed for otherwise before", centre, seen(2), 409, "parcel.already_received"),
                handover("an unknown station", "341602-26", centre.cards, 422, "station.unknown"),
                handover("another station's card", Staff.otherStation, centre.cards, 409, "cards.other_station"),
                handover("a card still in the post", Staff.ownStation, posted.cards, 409, "card.wrong_stage"),
                handover("no cards", Staff.ownStation, .array([]), 422, "cards.none"),
                handover("an unknown card", Staff.ownStation, unknown, 409, "cards.unknown"),
                handover(
                    "a key used otherwise", Staff.ownStation, centre.cards, 409, "idempotency.key_reused",
                    key: "handover-\(way.id)"),
                signed("counts that do not balance", way, 2, "测试签收人", 409, "handover.count_differs"),
                signed("nobody signed", way, 1, " ", 422, "signature.missing"),
                signed("signed by 41 characters", way, 1, String(repeating: "签", count: 41), 422, "signature.missing"),
                signed("signed otherwise before", arrived, 1, "另一签收人", 409, "handover.already_received"),
                post(
                    "another station signs", "/api/handovers/\(way.handover)/receipt",
                    Staff.station(Staff.otherStation),
                    ["count": .number(1), "signedBy": .string("测试签收人")], 403, "access.denied"),
                delivery("before the hand-over", centre, "brought", "holder", 409, "card.wrong_stage"),
                delivery("before the station signed", way, "brought", "holder", 409, "card.wrong_stage"),
                delivery("before production ended", made, "brought", "holder", 409, "card.wrong_stage"),
                delivery("to nobody", arrived, "brought", "", 400, "field.invalid"),
                delivery("without a proof", arrived, "brought", "holder", 422, "delivery.proof", proof: []),
                delivery("to a relative who is none", arrived, "brought", "relative", 422, "delivery.relation"),
                delivery(
                    "with a photograph nobody took", arrived, "ceremony", "holder", 409, "delivery.photo_required",
                    proof: ["photo"]),
                delivery("by pigeon", arrived, "pigeon", "holder", 400, "field.invalid"),
                delivery("otherwise than recorded", delivered, "agreed", "holder", 409, "delivery.already_recorded"),
                delivery(
                    "of a submission without a card", fixtures[.awaitingAudit], "brought", "holder", 404, "card.unknown"
                ),
                post(
                    "by another station", "/api/orders/\(arrived.id)/delivery", Staff.station(Staff.otherStation),
                    Journey.delivery, 403, "access.denied"),
            ]
            for limit in [0, -1, 2_001] {
                calls.append(
                    post(
                        "a batch of \(limit)", "/api/batches", Staff.bureau(), ["limit": .number(limit)], 422,
                        "batch.limit",
                        key: UUID().uuidString))
            }
            calls.append(
                Refusable("batch 0", "GET", "/api/batches/0", Staff.bureau(), bytes: [], type: "", 400, "path.number"))
            try await fixtures.expectRefused(.issuance, calls)
        }

        @Test func whatNotificationDoesNotKnowIsSaid() async throws {
            let fixtures = try await Fixtures.shared()
            try await fixtures.expectRefused(
                .notification,
                [
                    Refusable(
                        "an unknown person", "GET", "/api/contacts/\(UUID())", Staff.station(), bytes: [], type: "",
                        404,
                        "contact.unknown"),
                    Refusable(
                        "another station's person", "GET", "/api/contacts/\(fixtures.foreign.personID)",
                        Staff.station(),
                        bytes: [], type: "", 403, "access.denied"),
                ])
            let contact = try await fixtures.stand.ask(
                .notification, "GET", "/api/contacts/\(fixtures.registered.personID)", as: Staff.station(),
                for: NotificationAPI.MaskedContact.self)
            #expect(contact.maskedPhones == ["199****" + fixtures.registered.person.phone.suffix(4)])
        }
    }
}
