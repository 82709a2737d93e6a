import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport
import Testing

extension Fixtures {
    /// Publishes what the first station can do, lays its days out, and books somebody's turn there.
    static func book(_ journey: Journey) async throws -> (UUID, SlotID) {
        let stand = journey.stand
        let today = CalendarDay(ServiceStandClock.standard)
        _ = try await stand.ask(
            .intake, "PUT", "/api/stations/\(Staff.ownStation)/capacity/\(today)", BookingStand.capacity(desks: 4),
            as: Staff.station(), for: AppointmentAPI.CapacityChange.self)
        let list = try await stand.ask(
            .intake, "GET", "/api/slots?station=\(Staff.ownStation)", as: Staff.applicant(journey.personID),
            for: AppointmentAPI.SlotList.self)
        let slot = try #require(list.slots.last { $0.free > 1 }).id
        let id = UUID()
        let booked = try await stand.ask(
            .intake, "PUT", "/api/appointments/\(id)", BookingStand.booking(journey.personID, slot, confirm: true),
            as: Staff.station(), for: AppointmentAPI.Appointment.self)
        try #require(booked.state == .confirmed)
        return (id, slot)
    }

    /// Puts somebody on the waiting list and takes them off it again.
    static func wait(_ journey: Journey) async throws -> UUID {
        let id = UUID()
        let entry = try await journey.stand.ask(
            .intake, "PUT", "/api/waiting-list/\(id)", Self.waiting(journey.personID), as: Staff.station(),
            for: AppointmentAPI.WaitingList.Item.self)
        try #require(entry.state == .waiting)
        let withdrawn = try await journey.stand.ask(
            .intake, "POST", "/api/waiting-list/\(id)/withdraw", as: Staff.station(),
            for: AppointmentAPI.WaitingList.Item.self)
        try #require(withdrawn.state == .withdrawn)
        return id
    }

    /// For a collective session, of which there is none.
    static func waiting(_ person: UUID, from: String = "2022-03-10") -> JSON {
        [
            "person": .string(person.uuidString), "purpose": .string("apply"), "kind": .string("collective"),
            "station": .string(Staff.ownStation), "from": .string(from), "through": .string("2022-03-20"),
        ]
    }
}
