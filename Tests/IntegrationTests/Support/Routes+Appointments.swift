import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport

/// Booking, the waiting list, and what stations do on a day.
extension Routes {
    private static let booked = Route.About.ours { $0.registered }
    private static let day = "\(CalendarDay(ServiceStandClock.standard))"
    private static let station = "/api/stations/\(Staff.ownStation)"
    private static let tooMany: JSON = [
        "day": .string(day), "desks": .number(99), "stopsHomeVisits": .bool(false), "reason": .string("测试"),
    ]

    static let appointments: [Route] = [
        Route(
            service: .intake, method: "GET", template: "/api/slots", action: .readSlots, about: .whole,
            caller: { _ in Staff.station() }, path: { _ in "/api/slots?station=\(Staff.ownStation)" }),
        Route(
            service: .intake, method: "PUT", template: "/api/appointments/:id", action: .book, about: booked,
            caller: { _ in Staff.station() }, path: { _ in "/api/appointments/\(UUID())" },
            body: { BookingStand.booking($0.incomplete.personID, $0.slot, confirm: true) },
            probe: { BookingStand.booking($0.registered.personID, $0.slot, confirm: true, purpose: .collect) },
            isNamedByCaller: true),
        Route(
            service: .intake, method: "POST", template: "/api/appointments/:id/confirm", action: .book, about: .own,
            caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/confirm" },
            body: { _ in ["token": .string("x")] }, isNamedByCaller: true),
        Route(
            service: .intake, method: "POST", template: "/api/appointments/:id/cancel", action: .book, about: booked,
            caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/cancel" },
            body: { _ in ["version": .number(1)] }, probe: { _ in ["version": .number(99)] }),
        Route(
            service: .intake, method: "POST", template: "/api/appointments/:id/move", action: .book, about: booked,
            caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/move" },
            body: { ["slot": .string($0.slot.description), "version": .number(99)] }),
        Route(
            service: .intake, method: "POST", template: "/api/appointments/:id/told", action: .tellOrphaned,
            about: booked, caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/told" },
            body: { _ in ["how": .string("phone")] }),
        Route(
            service: .intake, method: "GET", template: "/api/appointments/:id", action: .readAppointment,
            about: booked, caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)" }),
        Route(
            service: .intake, method: "GET", template: "/api/appointments/:id/slip", action: .readAppointment,
            about: booked, caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/slip" }),
        Route(
            service: .intake, method: "GET", template: "/api/appointments", action: .readAppointment, about: booked,
            caller: { _ in Staff.station() }, path: { "/api/appointments?person=\($0.registered.personID)" }),
        Route(
            service: .intake, method: "GET", template: "/api/appointments", action: .receivePeople, about: booked,
            caller: { _ in Staff.station() },
            path: { _ in "/api/appointments?station=\(Staff.ownStation)&day=\(Self.day)" }),
        Route(
            service: .intake, method: "GET", template: "/api/orphans", action: .tellOrphaned, about: booked,
            caller: { _ in Staff.station() }, path: { _ in "/api/orphans?station=\(Staff.ownStation)" }),
        Route(
            service: .intake, method: "PUT", template: "/api/waiting-list/:id", action: .joinWaitingList,
            about: .ours { $0.incomplete }, caller: { _ in Staff.station() },
            path: { _ in "/api/waiting-list/\(UUID())" }, body: { Fixtures.waiting($0.incomplete.personID) },
            probe: { Fixtures.waiting($0.incomplete.personID, from: "2022-03-08") }, isNamedByCaller: true),
        Route(
            service: .intake, method: "GET", template: "/api/waiting-list/:id", action: .joinWaitingList,
            about: .ours { $0.incomplete }, caller: { _ in Staff.station() },
            path: { "/api/waiting-list/\($0.waitingEntry)" }),
        Route(
            service: .intake, method: "POST", template: "/api/waiting-list/:id/withdraw", action: .joinWaitingList,
            about: .ours { $0.incomplete }, caller: { _ in Staff.station() },
            path: { "/api/waiting-list/\($0.waitingEntry)/withdraw" }),
        Route(
            service: .intake, method: "GET", template: "/api/waiting-list", action: .readWaitingList, about: booked,
            caller: { _ in Staff.station() }, path: { _ in "/api/waiting-list?station=\(Staff.ownStation)" }),
        Route(
            service: .intake, method: "POST", template: "/api/seats/reconciliation", action: .reconcileSeats,
            about: .whole, caller: { _ in Staff.operator }, path: { _ in "/api/seats/reconciliation" },
            body: { _ in ["mend": .bool(false)] }),
    ]

    static let stationDays: [Route] = [
        Route(
            service: .intake, method: "GET", template: "/api/stations/:station/capacity", action: .readCapacity,
            about: booked, caller: { _ in Staff.station() }, path: { _ in "\(Self.station)/capacity" }),
        Route(
            service: .intake, method: "PUT", template: "/api/stations/:station/capacity/:day",
            action: .changeCapacity, about: booked, caller: { _ in Staff.station() },
            path: { _ in "\(Self.station)/capacity/\(Self.day)" }, body: { _ in BookingStand.capacity(desks: 9) },
            probe: { _ in BookingStand.capacity(desks: 999) }, isNamedByCaller: true),
        Route(
            service: .intake, method: "PUT", template: "/api/stations/:station/exceptions/:id",
            action: .changeCapacity, about: booked, caller: { _ in Staff.station() },
            path: { _ in "\(Self.station)/exceptions/\(UUID())" },
            body: { _ in
                [
                    "day": .string(Self.day), "desks": .number(0), "stopsHomeVisits": .bool(true),
                    "reason": .string("测试"),
                ]
            }, probe: { _ in Self.tooMany }, isNamedByCaller: true),
        Route(
            service: .intake, method: "PUT", template: "/api/stations/:station/sessions/:id",
            action: .changeCapacity, about: booked, caller: { _ in Staff.station() },
            path: { _ in "\(Self.station)/sessions/\(UUID())" },
            body: { _ in Self.session(minutes: 120) }, probe: { _ in Self.session(minutes: 1) },
            isNamedByCaller: true),
        Route(
            service: .intake, method: "POST", template: "/api/stations/:station/arrivals", action: .receivePeople,
            about: booked, caller: { _ in Staff.station() }, path: { _ in "\(Self.station)/arrivals" },
            body: { _ in ["reference": .string("00000000"), "code": .string("0000")] }, probe: { _ in [:] }),
        Route(
            service: .intake, method: "GET", template: "/api/stations/:station/queue", action: .receivePeople,
            about: booked, caller: { _ in Staff.station() }, path: { _ in "\(Self.station)/queue" }),
        Route(
            service: .intake, method: "POST", template: "/api/stations/:station/days/:day/close",
            action: .receivePeople, about: booked, caller: { _ in Staff.station() },
            path: { _ in "\(Self.station)/days/\(Self.day)/close" }, isNamedByCaller: true),
        Route(
            service: .intake, method: "PUT", template: "/api/walk-ins/:id", action: .receivePeople, about: booked,
            caller: { _ in Staff.station() }, path: { _ in "/api/walk-ins/\(UUID())" },
            body: { Self.walkIn($0.registered.personID) }, optional: ["person"],
            probe: { _ in Self.walkIn(UUID()) }, isNamedByCaller: true),
        Route(
            service: .intake, method: "POST", template: "/api/appointments/:id/desk", action: .receivePeople,
            about: booked, caller: { _ in Staff.station() }, path: { "/api/appointments/\($0.appointment)/desk" },
            body: { _ in ["step": .string("call"), "version": .number(99)] }),
    ]

    private static func session(minutes: Int) -> JSON {
        [
            "day": .string(day), "start": .string("14:00"), "minutes": .number(minutes), "seats": .number(30),
            "place": .string("测试礼堂"),
        ]
    }

    private static func walkIn(_ person: UUID) -> JSON {
        [
            "station": .string(Staff.ownStation), "purpose": .string("apply"), "person": .string(person.uuidString),
        ]
    }
}
