import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount
import ServiceRuntime

/// Publishes what a station can do, and what it cannot on a day (R116, R118, R120).
///
/// Days that were laid out are laid out again in the same transaction, so there is no moment in which seats are sold that
/// are gone. Whoever loses theirs is named in the answer and stays on a list until told.
struct ChangeCapacity: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let capacities: CapacityRepository
    let layOut: LayOutDays
    let find: FindSlots
    let counter: any SeatCounter
    let endpoint: MessageEndpoint

    func publish(
        _ capacity: StationCapacity, at station: String, from day: CalendarDay, by principal: Principal
    ) async throws -> AppointmentAPI.CapacityChange {
        try self.require(station, principal)
        let now = self.clock.now()
        guard (0...730).contains(CalendarDay(now).days(to: day)) else { throw IntakeRefusal.capacityUnknownDay }
        let mistakes = capacity.mistakes
        guard mistakes.isEmpty else { throw IntakeRefusal.capacity(mistakes) }
        return try await self.change(station, from: day, through: nil, by: principal) { work in
            try await self.capacities.publish(
                capacity, at: station, from: day, now: now, by: principal.subject, in: work.sql
            ).isNew
        }
    }

    func except(
        _ exception: CapacityException, id: UUID, at station: String, by principal: Principal
    ) async throws -> AppointmentAPI.CapacityChange {
        try self.require(station, principal)
        let now = self.clock.now()
        guard exception.day >= CalendarDay(now), (0...50).contains(exception.desks),
            (exception.from ?? .startOfDay) < (exception.to ?? .endOfDay),
            PlainText.isPrintable(exception.reason, length: 1...100)
        else { throw IntakeRefusal.capacityExceptionUnfit }
        return try await self.change(station, from: exception.day, through: exception.day, by: principal) { work in
            guard
                try await self.capacities.add(
                    exception, id: id, at: station, now: now, by: principal.subject, in: work.sql)
            else { throw IntakeRefusal.capacityIDTaken }
            return true
        }
    }

    func hold(
        _ session: CollectiveSession, id: UUID, at station: String, by principal: Principal
    ) async throws -> AppointmentAPI.CapacityChange {
        try self.require(station, principal)
        let now = self.clock.now()
        guard session.day >= CalendarDay(now), (15...480).contains(session.minutes),
            session.start.minute + session.minutes <= DayTime.endOfDay.minute, (1...500).contains(session.seats),
            PlainText.isPrintable(session.place, length: 1...60)
        else { throw IntakeRefusal.capacitySessionUnfit }
        return try await self.change(station, from: session.day, through: session.day, by: principal) { work in
            guard
                try await self.capacities.add(
                    session, id: id, at: station, now: now, by: principal.subject, in: work.sql)
            else { throw IntakeRefusal.capacityIDTaken }
            return true
        }
    }

    func read(_ station: String, by principal: Principal) async throws -> AppointmentAPI.CapacityList {
        try AccessPolicy.decide(
            principal, .readCapacity, on: Resource(division: self.programme.divisionCode, station: station))
        guard self.programme.station(station) != nil else { throw IntakeRefusal.stationUnknown }
        let today = CalendarDay(self.clock.now())
        return AppointmentAPI.CapacityList(
            versions: try await self.capacities.versions(at: station),
            exceptions: try await self.capacities.exceptions(at: station, from: today),
            sessions: try await self.capacities.sessions(at: station, from: today))
    }

    private func require(_ station: String, _ principal: Principal) throws {
        try AccessPolicy.decide(
            principal, .changeCapacity, on: Resource(division: self.programme.divisionCode, station: station))
        guard self.programme.station(station) != nil else { throw IntakeRefusal.stationUnknown }
    }

    private func change(
        _ station: String, from day: CalendarDay, through last: CalendarDay?, by principal: Principal,
        _ write: @escaping @Sendable (UnitOfWork) async throws -> Bool
    ) async throws -> AppointmentAPI.CapacityChange {
        let (change, slots) = try await self.endpoint.transaction { work in
            try await SlotRepository.lock(station, in: work.sql)
            guard try await write(work) else {
                return (AppointmentAPI.CapacityChange(seatsAdded: 0, seatsRemoved: 0, orphaned: []), [SlotID]())
            }
            return try await self.layOut.again(station, from: day, through: last, by: principal.subject, in: work)
        }
        await self.counter.mend(slots)
        self.find.forget(station)
        return change
    }
}
