import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import TestSupport

/// The phone calls staff have to make.
extension Routes {
    private static let called = Route.About.ours { $0.registered }

    static let calls: [Route] = [
        Route(
            service: .notification, method: "GET", template: "/api/calls", action: .listCalls, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/calls" }),
        Route(
            service: .notification, method: "POST", template: "/api/calls", action: .makeCalls, about: called,
            caller: { _ in Staff.station() }, path: { _ in "/api/calls" },
            body: {
                [
                    "id": .string(UUID().uuidString), "person": .string($0.registered.personID.uuidString),
                    "purpose": .string("outreach"), "at": .string("2022-03-10T02:00:00Z"), "note": .string("下午在家"),
                ]
            }, optional: ["at", "note"],
            probe: {
                [
                    "id": .string(UUID().uuidString), "person": .string($0.registered.personID.uuidString),
                    "purpose": .string("outreach"), "at": .string("2022-03-01T02:00:00Z"),
                ]
            }),
        Route(
            service: .notification, method: "POST", template: "/api/calls/next", action: .makeCalls, about: .district,
            caller: { _ in Staff.station() }, path: { _ in "/api/calls/next" },
            body: { _ in ["station": .string(Staff.ownStation)] }, optional: ["station"], mayBeEmpty: true,
            probe: { _ in ["station": .string("341602-99")] }),
        Route(
            service: .notification, method: "GET", template: "/api/calls/:id", action: .makeCalls, about: called,
            caller: { _ in Staff.station() }, path: { "/api/calls/\($0.call)" }),
        Route(
            service: .notification, method: "POST", template: "/api/calls/:id/attempts", action: .makeCalls,
            about: called, caller: { _ in Staff.station() }, path: { "/api/calls/\($0.call)/attempts" },
            body: { _ in
                ["id": .string(UUID().uuidString), "version": .number(1), "outcome": .string("noAnswer")]
            }),
        Route(
            service: .notification, method: "POST", template: "/api/calls/:id/release", action: .makeCalls,
            about: called, caller: { _ in Staff.station() }, path: { "/api/calls/\($0.call)/release" },
            body: { _ in ["version": .number(1)] }),
    ]
}

extension Fixtures {
    /// A call to somebody that nobody makes: its time comes after all tests.
    static func call(_ journey: Journey) async throws -> UUID {
        let id = UUID()
        try await journey.stand.settle()
        try await journey.stand.database(.notification).execute(
            """
            INSERT INTO call_task (id, person_id, station, reason, purpose, subject, subject_version, urgency, state, opened_at,
                due_at, not_after)
            VALUES (\(id), \(journey.personID), \(Staff.ownStation), 'outreach', 'outreach', \(UUID()), 1, 4, 'open',
                \(ServiceStandClock.standard), \(CallStand.fixtureDue), \(CallStand.fixtureDue.addingTimeInterval(86_400)))
            """)
        return id
    }
}
