import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// The front desk's routes for papers, forms, visits and comparisons.
extension Routes {
    private static func waiting(_ path: @escaping @Sendable (Journey) -> String) -> @Sendable (Fixtures) -> String {
        { path($0[.awaitingStationCheck]) }
    }

    private static let person: JSON = [
        "name": .string("测试"), "identityNumber": .string("1"), "categories": .array([]),
        "station": .string(Staff.ownStation), "phones": .array([]), "fileComplete": .bool(true),
    ]

    static let desk: [Route] = [
        Route(
            service: .intake, method: "GET", template: "/api/persons/:id/checklist", action: .readPerson,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/persons/\($0.personID)/checklist" }),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id/checklist", action: .readSubmission,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/submissions/\($0.id)/checklist" }),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id/guidance", action: .readProgress,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/submissions/\($0.id)/guidance" }),
        Route(
            service: .intake, method: "GET", template: "/api/submissions/:id/forms/:kind", action: .printForm,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/submissions/\($0.id)/forms/applicationForm" }),
        Route(
            service: .intake, method: "POST", template: "/api/submissions/:id/signatures", action: .signForm,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/submissions/\($0.id)/signatures" },
            body: { _ in ["applicationForm": .string("0000-0000-0000"), "bankConfirmation": .string("0000-0000-0000")]
            },
            optional: ["applicationForm", "bankConfirmation"], probe: { _ in [:] }),
        Route(
            service: .intake, method: "GET", template: "/api/forms/:kind", action: .readEmptyForm, about: .own,
            caller: { _ in Staff.station() }, path: { _ in "/api/forms/baseFile" }),
        Route(
            service: .intake, method: "PUT", template: "/api/base-forms/:id", action: .sendBaseForm,
            about: .thing(.awaitingStationCheck),
            caller: { Staff.applicant($0[.awaitingStationCheck].personID) },
            path: waiting { "/api/base-forms/\($0.personID)" }, body: { $0[.awaitingStationCheck].baseForm },
            optional: ["address"],
            probe: { _ in
                [
                    "name": .string(""), "identityNumber": .string("1"), "categories": .array([]),
                    "station": .string(Staff.ownStation), "phones": .array([]), "filledInBy": .string("self"),
                ]
            }, isNamedByCaller: true),
        Route(
            service: .intake, method: "GET", template: "/api/base-forms", action: .listBaseForms, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/base-forms" }),
        Route(
            service: .intake, method: "GET", template: "/api/base-forms/:id", action: .readBaseForm,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/base-forms/\($0.personID)" }),
        Route(
            service: .intake, method: "POST", template: "/api/base-forms/:id/takeover", action: .takeOverBaseForm,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: waiting { "/api/base-forms/\($0.personID)/takeover" },
            body: { _ in try TestPerson(number: 9_004).registration() },
            optional: ["address", "registeredDivision", "residentDivision"], probe: { _ in Self.person }),
        Route(
            service: .intake, method: "PUT", template: "/api/kits/:id", action: .makeKit,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.station() },
            path: { "/api/kits/\($0.kit)" },
            body: { $0.registered.kit },
            probe: { _ in
                [
                    "channel": .string("home"), "team": .string("t"), "visitOn": .string("2022-03-12"),
                    "people": .array([]),
                ]
            }, isNamedByCaller: true),
        Route(
            service: .intake, method: "GET", template: "/api/kits", action: .listKits, about: .district,
            caller: { _ in Staff.team() }, path: { _ in "/api/kits" }),
        Route(
            service: .intake, method: "GET", template: "/api/kits/:id", action: .readKit,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.team() }, path: { "/api/kits/\($0.kit)" }),
        Route(
            service: .intake, method: "POST", template: "/api/visits", action: .uploadVisits, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/visits" },
            body: { _ in ["items": .array([try Journey.visit(TestPerson(number: 9_005))])] },
            optional: ["address", "registeredDivision", "residentDivision"],
            probe: { _ in ["items": .array([])] }),
        Route(
            service: .intake, method: "GET", template: "/api/comparisons", action: .listComparisons, about: .district,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/comparisons" }),
        Route(
            service: .intake, method: "POST", template: "/api/comparisons/:id/result", action: .settleComparison,
            about: .thing(.awaitingStationCheck), caller: { _ in Staff.bureau() },
            path: waiting { "/api/comparisons/\($0.id)/result" },
            body: {
                [
                    "confirmed": .bool(true), "openedAt": .string(InstantText.format($0.statementOpenedAt)),
                    "departments": .array([.string("公安")]),
                ]
            },
            probe: {
                [
                    "confirmed": .bool(true), "openedAt": .string(InstantText.format($0.statementOpenedAt)),
                    "departments": .array([]),
                ]
            }),
    ]
}
