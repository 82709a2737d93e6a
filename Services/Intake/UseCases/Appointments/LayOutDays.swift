import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import NIOConcurrencyHelpers
import PostgreSQL
import ServiceRuntime

/// Makes slots and seats of what the offices publish (R116, R119), and makes them again when that changes.
///
/// A day is laid out when somebody first looks at it. It comes out the same whoever does it, so several may try at once.
final class LayOutDays: Sendable {
    let programme: Programme
    let calendar: WorkingDayCalendar
    let clock: ProgrammeClock
    let slots: SlotRepository
    let endpoint: MessageEndpoint
    private let known = NIOLockedValueBox<Set<StationDay>>([])

    private struct StationDay: Hashable {
        let station: String
        let day: CalendarDay
    }

    /// Days kept in mind; when there are more, they are looked up again.
    private static let remembered = 20_000

    init(
        programme: Programme, calendar: WorkingDayCalendar, clock: ProgrammeClock, slots: SlotRepository,
        endpoint: MessageEndpoint
    ) {
        self.programme = programme
        self.calendar = calendar
        self.clock = clock
        self.slots = slots
        self.endpoint = endpoint
    }

    /// - Returns: whether it was laid out now.
    @discardableResult
    func ensure(_ station: String, _ day: CalendarDay) async throws -> Bool {
        let key = StationDay(station: station, day: day)
        if self.known.withLockedValue({ $0.contains(key) }) { return false }
        guard self.programme.station(station) != nil else { return false }
        let isNew = try await !self.slots.isLaidOut(station, day)
        if isNew {
            _ = try await self.endpoint.transaction { work in
                try await SlotRepository.lock(station, in: work.sql)
                return try await self.layOut(station, [day], by: "intake", in: work)
            }
        }
        self.known.withLockedValue { known in
            if known.count >= Self.remembered { known.removeAll() }
            known.insert(key)
        }
        return isNew
    }

    /// What a change of capacity means for the days that were laid out already.
    func again(
        _ station: String, from day: CalendarDay, through last: CalendarDay? = nil, by: String, in work: UnitOfWork
    ) async throws -> (change: AppointmentAPI.CapacityChange, slots: [SlotID]) {
        let days = try await SlotRepository.laidOut(at: station, from: day, in: work.sql)
        return try await self.layOut(station, days.filter { last.map($0.notAfter) ?? true }, by: by, in: work)
    }

    private func layOut(
        _ station: String, _ days: [CalendarDay], by: String, in work: UnitOfWork
    ) async throws -> (change: AppointmentAPI.CapacityChange, slots: [SlotID]) {
        var change = AppointmentAPI.CapacityChange(seatsAdded: 0, seatsRemoved: 0, orphaned: [])
        var touched: [SlotID] = []
        let now = self.clock.now()
        for day in days.sorted() {
            try await SlotRepository.lock(station, day, now: now, in: work.sql)
            let basis = try await CapacityRepository.basis(at: station, on: day, in: work.sql)
            let shapes =
                basis.capacity.map { capacity in
                    SlotRule.slots(
                        on: day, station: station, capacity: capacity, exceptions: basis.exceptions,
                        sessions: basis.sessions, calendar: self.calendar)
                } ?? []
            let seats = try await SlotRepository.seats(at: station, on: day, in: work.sql)
            let gone = seats.keys.filter { id in !shapes.contains { $0.id == id } }
                .map { SlotShape(id: $0, minutes: 0, seats: [:]) }
            var plans: [(plan: SeatPlan, shape: SlotShape)] = []
            for shape in (shapes + gone).sorted(by: { $0.id < $1.id }) {
                let plan = SeatPlan.of(seats[shape.id] ?? [], wanted: shape.seats)
                if plan.isEmpty, seats[shape.id] != nil { continue }
                change.orphaned += try await self.orphan(plan.orphaned, at: now, by: by, in: work)
                plans.append((plan, shape))
                change.seatsAdded += plan.added.count
                change.seatsRemoved += plan.removed.count
                touched.append(shape.id)
            }
            try await SlotRepository.carryOut(plans, on: day, in: work.sql)
        }
        return (change, touched)
    }

    /// Whoever loses a seat: a confirmed appointment waits for a new one, and a hold is over.
    private func orphan(
        _ seats: [SeatPlan.Seat], at now: Date, by: String, in work: UnitOfWork
    ) async throws -> [UUID] {
        var orphaned: [UUID] = []
        for id in seats.compactMap(\.appointment) {
            guard let before = try await AppointmentRepository.locked(id, in: work.sql) else { continue }
            let step: AppointmentStep = before.state == .held ? .lapse : .orphan
            guard let after = before.state.after(step) else { continue }
            let change = AppointmentRepository.Change(
                before: before, step: step, after: after, at: now, by: by, freeAt: now,
                effect: step == .orphan ? .orphaned : .none)
            guard let changed = try await AppointmentRepository.write(change, in: work.sql) else { continue }
            // Of a hold nobody has been told, unless it was offered.
            if step == .orphan || changed.waitingEntry != nil { try work.emitChange(of: changed, step, at: now) }
            if step == .orphan { orphaned.append(id) }
        }
        return orphaned
    }
}

extension CalendarDay {
    fileprivate func notAfter(_ day: CalendarDay) -> Bool { day <= self }
}

extension UnitOfWork {
    /// Tells the voice what has become of an appointment.
    func emitChange(of appointment: Appointment, _ step: AppointmentStep, at: Date) throws {
        try self.emit(
            AppointmentChanged(
                appointmentID: appointment.id, personID: appointment.person, version: appointment.version,
                state: appointment.state, step: step, purpose: appointment.purpose, kind: appointment.kind,
                station: appointment.station, startsAt: appointment.seat == nil ? nil : appointment.startsAt,
                minutes: appointment.minutes, changedAt: at),
            subject: appointment.id, to: .notification, lane: .standard)
    }
}
