import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport

/// Every route of the five services.
enum Routes {
    static let all: [Route] = {
        let parts: [[Route]] = [
            intake, desk, programme, room, appointments, stationDays, cases(.verification), cases(.review), reviewOnly,
            issuance, cards,
            notification, calls + messages + campaigns, looks,
        ]
        return Array(parts.joined())
    }()

    static func at(
        _ stage: SubmissionStage, _ path: @escaping @Sendable (Journey) -> String
    ) -> @Sendable (Fixtures) -> String {
        { path($0[stage]) }
    }

    /// Every service that shows personal data says who looked at it.
    private static let looks: [Route] = ServiceName.allCases.map { service in
        Route(
            service: service, method: "GET", template: "/api/looks", action: .readLooks,
            about: .lookedAt(.awaitingStationCheck), caller: { _ in Staff.auditor },
            path: at(.awaitingStationCheck) { "/api/looks?person=\($0.personID)" })
    }

    static let intake: [Route] = [
        Route(
            service: .intake, method: "POST", template: "/api/persons", action: .registerPerson,
            about: .thing(.awaitingStationCheck),
            caller: { _ in Staff.station() }, path: { _ in "/api/persons" },
            body: { _ in try TestPerson(number: 9_001).registration() },
            optional: ["address", "registeredDivision", "residentDivision"],
            probe: { _ in
                [
                    "name": .string("测试"), "identityNumber": .string("1"), "categories": .array([]),
                    "station": .string(Staff.ownStation), "phones": .array([]), "fileComplete": .bool(true),
                ]
            }),
        Route(
            service: .intake, method: "GET", template: "/api/persons/:id", action: .readPerson,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/persons/\($0.personID)" }),
        Route(
            service: .intake, method: "GET", template: "/api/persons/:id/household", action: .readPerson,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/persons/\($0.personID)/household" }),
        Route(
            service: .intake, method: "POST", template: "/api/roster", action: .registerPerson, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/roster" },
            body: { _ in
                ["entries": .array([["line": .number(1), "person": try TestPerson(number: 9_003).registration()]])]
            },
            optional: ["address", "registeredDivision", "residentDivision"],
            probe: { _ in ["entries": .array([])] }),
        Route(
            service: .intake, method: "GET", template: "/api/roster/figures", action: .listPersons, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/roster/figures" }),
        Route(
            service: .intake, method: "GET", template: "/api/roster/doubles", action: .settleDoubles, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/roster/doubles" }),
        Route(
            service: .intake, method: "POST", template: "/api/roster/doubles", action: .settleDoubles, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/roster/doubles" },
            body: {
                [
                    "one": .string($0.registered.personID.uuidString),
                    "other": .string($0.incomplete.personID.uuidString), "keep": .null,
                ]
            }, optional: ["keep"],
            probe: {
                [
                    "one": .string($0.registered.personID.uuidString),
                    "other": .string($0.registered.personID.uuidString),
                ]
            }),
        Route(
            service: .intake, method: "POST", template: "/api/submissions", action: .submit,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() }, path: { _ in "/api/submissions" },
            body: { $0.registered.newSubmission },
            probe: { $0[.awaitingStationCheck].newSubmission }, needsKey: true),
        Route(
            service: .intake, method: "GET", template: "/api/submissions", action: .listSubmissions, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/submissions" }),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id", action: .readSubmission,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/submissions/\($0.id)" }),
        Route(
            service: .intake, method: "POST", template: "/api/submissions/:id/check", action: .checkSubmission,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/submissions/\($0.id)/check" },
            body: { $0[.awaitingStationCheck].decision(.materialsUnclear) }, probe: { _ in Self.otherRound }),
        Route(
            service: .intake, method: "POST", template: "/api/submissions/:id/correction", action: .correctSubmission,
            about: .thing(.returnedToApplicant), caller: { _ in Staff.station() },
            path: at(.returnedToApplicant) { "/api/submissions/\($0.id)/correction" },
            body: { _ in
                [
                    "cardKind": .string("veteran"), "applicationFormSigned": .bool(true),
                    "bankConfirmationSigned": .bool(true),
                ]
            }, optional: ["cardKind", "applicationFormSigned", "bankConfirmationSigned"],
            probe: { _ in ["cardKind": .string("bereavedFamily")] }),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id/progress", action: .readProgress,
            about: .thing(.awaitingAudit), caller: { _ in Staff.station() },
            path: at(.awaitingAudit) { "/api/submissions/\($0.id)/progress" }),
        Route(
            service: .intake, method: "PUT", template: "/api/submissions/:id/materials/:kind", action: .addMaterial,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/submissions/\($0.id)/materials/photo" },
            probe: { _ in .raw("no picture") }, binary: true),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id/materials/:kind", action: .readMaterial,
            about: .thing(.awaitingVerification), caller: { _ in Staff.centre() },
            path: at(.awaitingVerification) { "/api/submissions/\($0.id)/materials/photo" }),
        recheck(.intake, about: .district),
    ]

    /// What is left over with a service (R99).
    private static func recheck(_ service: ServiceName, about: Route.About) -> Route {
        Route(
            service: service, method: "GET", template: "/api/recheck", action: .listLeftOvers, about: about,
            caller: { _ in Staff.centre() }, path: { _ in "/api/recheck" })
    }

    private static let otherRound: JSON = ["outcome": .string("pass"), "round": .number(99)]

    /// Verification and review are alike: work list, claim, decide.
    static func cases(_ service: ServiceName) -> [Route] {
        let isReview = service == .review
        let stage: SubmissionStage = isReview ? .awaitingInitialReview : .awaitingVerification
        let clerk = isReview ? Staff.bureau() : Staff.centre()
        return [
            Route(
                service: service, method: "GET", template: "/api/cases",
                action: isReview ? .listReviews : .listVerifications, about: .own, caller: { _ in clerk },
                path: { _ in "/api/cases" }),
            Route(
                service: service, method: "GET", template: "/api/cases/:id",
                action: isReview ? .readReview : .readVerification, about: .thing(stage), caller: { _ in clerk },
                path: at(stage) { "/api/cases/\($0.id)" }),
            Route(
                service: service, method: "POST", template: "/api/cases/:id/decision",
                action: isReview ? .decideReview : .decideVerification, about: .thing(stage), caller: { _ in clerk },
                path: at(stage) { "/api/cases/\($0.id)/decision" }, body: { $0[stage].decision(.materialsUnclear) },
                probe: { _ in Self.otherRound }),
            Route(
                service: service, method: "POST", template: "/api/claims",
                action: isReview ? .claimReview : .claimVerification, about: .own, caller: { _ in clerk },
                path: { _ in "/api/claims" }, body: { _ in ["limit": .number(5)] },
                probe: { _ in ["limit": .number(0)] }),
            Route(
                service: service, method: "POST", template: "/api/claims/release",
                action: isReview ? .claimReview : .claimVerification, about: .own, caller: { _ in clerk },
                path: { _ in "/api/claims/release" },
                body: { ["submissionIDs": .array([.string($0[stage].id.uuidString)])] }, optional: ["submissionIDs"],
                mayBeEmpty: true,
                probe: { _ in ["submissionIDs": .array(Array(repeating: .string(UUID().uuidString), count: 201))] }),
            Self.recheck(service, about: .own),
        ]
    }

    private static let reviewOnly: [Route] = [
        Route(
            service: .review, method: "POST", template: "/api/decisions", action: .recordAudit, about: .own,
            caller: { _ in Staff.superior }, path: { _ in "/api/decisions" },
            body: { $0[.awaitingAudit].superior(.city) },
            optional: ["reason", "ground", "note", "situationEnded", "namesNoRound"],
            probe: { _ in ["decisions": .array([])] }),
        Route(
            service: .review, method: "GET", template: "/api/deadlines", action: .readFigures, about: .own,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/deadlines" }),
        Route(
            service: .review, method: "GET", template: "/api/cases/:id/history", action: .readReviewHistory,
            about: .thing(.awaitingFiling), caller: { _ in Staff.bureau() },
            path: at(.awaitingFiling) { "/api/cases/\($0.id)/history" }),
        Route(
            service: .review, method: "POST", template: "/api/cases/:id/suspension", action: .suspendReview,
            about: .thing(.awaitingFiling), caller: { _ in Staff.bureau() },
            path: at(.awaitingFiling) { "/api/cases/\($0.id)/suspension" },
            body: { _ in ["round": .number(1), "ground": .string("criminalPenalty")] }, optional: ["note"],
            probe: { _ in ["round": .number(1), "ground": .string("struckOff")] }),
        Route(
            service: .review, method: "POST", template: "/api/cases/:id/ruling", action: .recordRuling,
            about: .thing(.awaitingFiling), caller: { _ in Staff.superior },
            path: at(.awaitingFiling) { "/api/cases/\($0.id)/ruling" }, body: { _ in Self.ruling }, optional: ["note"],
            probe: { _ in Self.ruling }),
        Route(
            service: .review, method: "POST", template: "/api/cases/:id/withdrawal", action: .withdrawReview,
            about: .thing(.awaitingFiling), caller: { _ in Staff.bureau() },
            path: at(.awaitingFiling) { "/api/cases/\($0.id)/withdrawal" },
            body: { _ in ["round": .number(1), "ground": .string("deceased")] }, optional: ["note"],
            probe: { _ in ["round": .number(1), "ground": .string("struckOff")] }),
        Route(
            service: .review, method: "GET", template: "/api/contradictions", action: .listContradictions, about: .own,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/contradictions" }),
        Route(
            service: .review, method: "POST", template: "/api/contradictions/:id/settlement",
            action: .settleContradiction, about: .thing(.awaitingBankCheck), caller: { _ in Staff.bureau() },
            path: { "/api/contradictions/\($0.contradiction)/settlement" },
            body: { _ in ["outcome": .string("recordedStands")] },
            // The case has gone on since, so the row cannot take the place of what is recorded.
            probe: { _ in ["outcome": .string("rowStands")] }),
        Route(
            service: .review, method: "GET", template: "/api/docket", action: .readDocket, about: .own,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/docket" }),
        Route(
            service: .review, method: "POST", template: "/api/docket", action: .manageDocket, about: .own,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/docket" },
            body: { ["items": .array([$0.leftOver])] }, optional: ["dueOn", "lastReason"],
            probe: { _ in ["items": .array([])] }),
        Route(
            service: .review, method: "POST", template: "/api/docket/:id/findings", action: .investigate,
            about: .thing(.returnedToApplicant), caller: { _ in Staff.centre() },
            path: at(.returnedToApplicant) { "/api/docket/\($0.id)/findings" },
            body: { _ in ["text": .string("测试核查情况"), "revision": .number(1)] },
            probe: { _ in ["text": .string("测试核查情况"), "revision": .number(99)] }),
        Route(
            service: .review, method: "POST", template: "/api/docket/:id/outcome", action: .manageDocket,
            about: .thing(.returnedToApplicant), caller: { _ in Staff.bureau() },
            path: at(.returnedToApplicant) { "/api/docket/\($0.id)/outcome" },
            body: { _ in ["state": .string("hardCase"), "revision": .number(1)] },
            probe: { _ in ["state": .string("hardCase"), "revision": .number(99)] }),
    ]

    private static let ruling: JSON = [
        "round": .number(1), "outcome": .string("cleared"),
        "ruledAt": .string(InstantText.format(ServiceStandClock.standard)),
    ]

    private static let issuance: [Route] = [
        Route(
            service: .issuance, method: "GET", template: "/api/orders", action: .listCards, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/orders" }),
        Route(
            service: .issuance, method: "GET", template: "/api/orders/:id", action: .readCard,
            about: .thing(.atStation),
            caller: { _ in Staff.station() }, path: at(.atStation) { "/api/orders/\($0.id)" }),
        Route(
            service: .issuance, method: "POST", template: "/api/orders/:id/delivery", action: .deliverCard,
            about: .thing(.atStation), caller: { _ in Staff.station() },
            path: at(.atStation) { "/api/orders/\($0.id)/delivery" },
            body: { _ in Journey.delivery },
            probe: { _ in
                ["mode": .string("brought"), "receivedBy": .string("relative"), "proof": .array([])]
            }),
        Route(
            service: .issuance, method: "POST", template: "/api/batches", action: .produceCards, about: .district,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/batches" }, body: { _ in ["limit": .number(10)] },
            probe: { _ in ["limit": .number(0)] }, needsKey: true),
        Route(
            service: .issuance, method: "GET", template: "/api/batches/:number", action: .listCards, about: .whole,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/batches/1" }),
        Route(
            service: .issuance, method: "POST", template: "/api/parcels", action: .shipParcel, about: .district,
            caller: { _ in Staff.cardMaker }, path: { _ in "/api/parcels" },
            body: { ["trackingNumber": .string("EMS-123456"), "submissions": $0[.inProduction].cards] },
            probe: { _ in ["trackingNumber": .string("?"), "submissions": .array([])] }),
        Route(
            service: .issuance, method: "POST", template: "/api/parcels/:id/receipt", action: .receiveParcel,
            about: .district, caller: { _ in Staff.centre() },
            path: at(.inTransit) { "/api/parcels/\($0.tracking)/receipt" }, body: { _ in Journey.intact },
            probe: { _ in ["count": .number(7), "envelopeIntact": .bool(true), "cardsIntact": .bool(true)] }),
        Route(
            service: .issuance, method: "POST", template: "/api/handovers", action: .handOverCards, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/handovers" },
            body: { ["station": .string(Staff.ownStation), "submissions": $0[.atCentre].cards] },
            probe: { _ in ["station": .string("nowhere"), "submissions": .array([])] }, needsKey: true),
        Route(
            service: .issuance, method: "GET", template: "/api/handovers", action: .listCards, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/handovers" }),
        Route(
            service: .issuance, method: "POST", template: "/api/handovers/:id/receipt", action: .receiveCards,
            about: .thing(.onWayToStation), caller: { _ in Staff.station() },
            path: at(.onWayToStation) { "/api/handovers/\($0.handover)/receipt" },
            body: { _ in ["count": .number(1), "signedBy": .string("测试签收人")] },
            probe: { _ in ["count": .number(9), "signedBy": .string("测试签收人")] }),
        Route(
            service: .issuance, method: "GET", template: "/api/deadlines", action: .readFigures, about: .district,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/deadlines" }),
    ]

    private static let notification: [Route] = [
        Route(
            service: .notification, method: "GET", template: "/api/contacts/:id", action: .readContacts,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: at(.awaitingStationCheck) { "/api/contacts/\($0.personID)" }),
        Route(
            service: .notification, method: "GET", template: "/api/notices", action: .readNotices, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/notices" }),
        Route(
            service: .notification, method: "GET", template: "/api/notices/count", action: .readNotices,
            about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/notices/count" }),
    ]
}
