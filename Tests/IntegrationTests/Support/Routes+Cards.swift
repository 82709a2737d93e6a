import Access
import CardProgramme
import Contracts
import FoundationEssentials

extension Routes {
    private static let reason: JSON = ["reason": .string("清点两次均未见")]
    private static let noReason: JSON = ["reason": .string(" ")]

    /// What issuance does with cards off the straight path.
    static let cards: [Route] = Self.ofOneCard + Self.ofParcels + Self.ofLists

    private static let ofOneCard: [Route] = [
        Route(
            service: .issuance, method: "GET", template: "/api/orders/:id/cards", action: .readCard,
            about: .thing(.atStation), caller: { _ in Staff.station() },
            path: at(.atStation) { "/api/orders/\($0.id)/cards" }),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/photos", action: .deliverCard,
            about: .thing(.atStation), caller: { _ in Staff.station() },
            path: at(.atStation) { "/api/orders/\($0.id)/photos" }, probe: { _ in .raw("no picture") }, binary: true),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/missing", action: .reportMissing,
            about: .thing(.atStation), caller: { _ in Staff.station() },
            path: at(.atStation) { "/api/orders/\($0.id)/missing" }, body: { _ in Self.reason },
            probe: { _ in Self.noReason }, needsKey: true),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/loss", action: .reportLoss,
            about: .thing(.delivered), caller: { _ in Staff.station() },
            path: at(.delivered) { "/api/orders/\($0.id)/loss" }, body: { _ in ["kind": .string("formal")] },
            probe: { _ in ["kind": .string("temporary")] }, needsKey: true),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/found", action: .reportLoss,
            about: .thing(.delivered), caller: { _ in Staff.station() },
            path: at(.delivered) { "/api/orders/\($0.id)/found" }, body: { _ in Self.reason },
            probe: { _ in Self.noReason }, needsKey: true),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/replacement", action: .replaceCard,
            about: .thing(.delivered), caller: { _ in Staff.station() },
            path: at(.delivered) { "/api/orders/\($0.id)/replacement" },
            body: { _ in
                [
                    "ground": .string("other"), "askedAt": .string("station"), "oldCardHandedIn": .bool(true),
                    "accountClosedProof": .bool(false),
                ]
            },
            probe: { _ in
                [
                    "ground": .string("other"), "askedAt": .string("station"), "oldCardHandedIn": .bool(false),
                    "accountClosedProof": .bool(false),
                ]
            }, needsKey: true),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/taking-back", action: .takeBackCard,
            about: .thing(.delivered), caller: { _ in Staff.station() },
            path: at(.delivered) { "/api/orders/\($0.id)/taking-back" }, body: { _ in ["copy": .number(1)] },
            probe: { _ in ["copy": .number(7)] }, needsKey: true),
    ]

    private static let ofParcels: [Route] = [
        Route(
            service: .issuance, method: "GET", template: "/api/batches/:number/list", action: .exportBatch,
            about: .whole, caller: { _ in Staff.cardMaker }, path: { _ in "/api/batches/1/list" }),
        Route(
            service: .issuance, method: "GET", template: "/api/parcels", action: .listParcels, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/parcels" }),
        Route(
            service: .issuance, method: "POST", template: "/api/parcels/:id/photos", action: .receiveParcel,
            about: .whole, caller: { _ in Staff.centre() },
            path: at(.inTransit) { "/api/parcels/\($0.tracking)/photos" }, probe: { _ in .raw("no picture") },
            binary: true),
        Route(
            service: .issuance, method: "GET", template: "/api/parcels/:id/photos/:photo", action: .readDamagePhoto,
            about: .whole, caller: { _ in Staff.centre() },
            path: { "/api/parcels/\($0.refused.tracking)/photos/\($0.photo)" }),
        Route(
            service: .issuance, method: "GET", template: "/api/parcels/:id/report", action: .readDamage, about: .whole,
            caller: { _ in Staff.centre() }, path: { "/api/parcels/\($0.refused.tracking)/report" }),
        Route(
            service: .issuance, method: "GET", template: "/api/parcels/:id/report/page", action: .readDamage,
            about: .whole, caller: { _ in Staff.centre() },
            path: { "/api/parcels/\($0.refused.tracking)/report/page" }),
        Route(
            service: .issuance, method: "POST", template: "/api/parcels/:id/report/step", action: .passDamageUp,
            about: .whole, caller: { _ in Staff.superior },
            path: { "/api/parcels/\($0.refused.tracking)/report/step" },
            body: { _ in ["to": .string("reportedToProvince")] },
            probe: { _ in ["to": .string("reportedToProvince")] }),
        Route(
            service: .issuance, method: "POST", template: "/api/traces", action: .settleTrace, about: .whole,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/traces" },
            body: {
                [
                    "submissions": $0.refused.cards, "outcome": .string("found"), "reason": .string("邮政退回制证厂家，清点无缺"),
                ]
            },
            probe: { _ in ["submissions": .array([]), "outcome": .string("found"), "reason": .string("无")] },
            needsKey: true),
    ]

    private static let ofLists: [Route] = [
        Route(
            service: .issuance, method: "GET", template: "/api/handovers/:id", action: .listCards,
            about: .thing(.onWayToStation), caller: { _ in Staff.station() },
            path: at(.onWayToStation) { "/api/handovers/\($0.handover)" }),
        Route(
            service: .issuance, method: "POST", template: "/api/handovers/:id/taking-back", action: .handOverCards,
            about: .whole, caller: { _ in Staff.centre() },
            path: at(.onWayToStation) { "/api/handovers/\($0.handover)/taking-back" }, body: { _ in Self.reason },
            probe: { _ in Self.noReason }, needsKey: true),
        Route(
            service: .issuance, method: "GET", template: "/api/returns/due", action: .listCards, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/returns/due" }),
        Route(
            service: .issuance, method: "GET", template: "/api/returns", action: .listReturns, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/returns" }),
        Route(
            service: .issuance, method: "POST", template: "/api/returns", action: .returnCards, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/returns" },
            body: { ["submissions": $0[.atStation].cards] }, probe: { _ in ["submissions": .array([])] },
            needsKey: true),
        Route(
            service: .issuance, method: "POST", template: "/api/returns/:id/receipt", action: .receiveReturns,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/returns/\($0.upwardList)/receipt" },
            body: { _ in ["count": .number(1), "signedBy": .string("测试签收人")] },
            probe: { _ in ["count": .number(9), "signedBy": .string("测试签收人")] }),
        Route(
            service: .issuance, method: "POST", template: "/api/returns/:id/taking-back", action: .returnCards,
            about: .thing(.atStation), caller: { _ in Staff.station() },
            path: { "/api/returns/\($0.upwardList)/taking-back" }, body: { _ in Self.reason },
            probe: { _ in Self.noReason }),
        Route(
            service: .issuance, method: "GET", template: "/api/sorting", action: .listCards, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/sorting" }),
        Route(
            service: .issuance, method: "GET", template: "/api/balance", action: .readBalance, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/balance" }),
    ]
}
