import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import SeatCount
import ServiceRuntime
import Storage

/// Takes a seat: held for ten minutes and then confirmed, or at once (R115–R119).
///
/// A sold-out slot is refused by the count alone. Whoever the count lets pass is looked at (whose turn, which mode), and
/// the database then decides.
final class BookAppointment: Sendable {
    /// How long a seat is held.
    static let holdTime: TimeInterval = 600

    private let programme: Programme
    private let horizon: BookingHorizon
    private let clock: ProgrammeClock
    private let appointments: AppointmentRepository
    private let layOut: LayOutDays
    private let writer: SeatWriter
    private let changes: AppointmentChanges
    private let counter: any SeatCounter
    private let keyRing: KeyRing
    private let faults: FaultPlan
    private let facts: GroupedCalls<UUID, BookingFacts?>

    init(
        programme: Programme, horizon: BookingHorizon, clock: ProgrammeClock, persons: PersonRepository,
        appointments: AppointmentRepository, layOut: LayOutDays, writer: SeatWriter, changes: AppointmentChanges,
        counter: any SeatCounter, keyRing: KeyRing, faults: FaultPlan
    ) {
        self.programme = programme
        self.horizon = horizon
        self.clock = clock
        self.appointments = appointments
        self.layOut = layOut
        self.writer = writer
        self.changes = changes
        self.counter = counter
        self.keyRing = keyRing
        self.faults = faults
        self.facts = GroupedCalls(largest: 64, lanes: 2) { people in
            do {
                let found = try await persons.bookingFacts(people)
                return people.map { .success(found[$0]) }
            } catch {
                return people.map { _ in .failure(error) }
            }
        }
    }

    func run(
        _ id: UUID, _ booking: AppointmentAPI.Booking, by principal: Principal
    ) async throws -> (appointment: AppointmentAPI.Appointment, isNew: Bool) {
        for _ in 0..<3 {
            do {
                return try await self.attempt(id, booking, by: principal)
            } catch is CountOver {
                await self.counter.renew()
            }
        }
        throw IntakeRefusal.busy
    }

    /// The count began anew between asking it and writing.
    private struct CountOver: Error {}

    private func attempt(
        _ id: UUID, _ booking: AppointmentAPI.Booking, by principal: Principal
    ) async throws -> (appointment: AppointmentAPI.Appointment, isNew: Bool) {
        let now = self.clock.now()
        let channel: BookingChannel = principal.role == .applicant ? .online : .hotline
        if principal.role == .applicant {
            // Only the person themselves: nothing needs to be known for that.
            try AccessPolicy.decide(
                principal, .book,
                on: Resource(
                    division: self.programme.divisionCode, station: booking.slot.station, person: booking.person))
        }
        let askedBy = try booking.askedBy.map { text in
            let text = PlainText.trimmed(text)
            guard PlainText.isPrintable(text, length: 1...20) else { throw IntakeRefusal.askedByUnfit }
            return try self.keyRing.sealLocal(Array(text.utf8), context: Self.askedByContext(id))
        }
        try self.timely(booking.slot, now, channel)
        try await self.layOut.ensure(booking.slot.station, booking.slot.day)
        let pools = SeatPool.order(for: channel, until: booking.slot.startsAt, now: now)
        let wish = SeatWish(
            id: id, person: booking.person, purpose: booking.purpose, slot: booking.slot, pools: pools, now: now)
        let until = booking.confirm ? nil : now.addingTimeInterval(Self.holdTime)
        let taking = await self.counter.take(wish, until: until)
        self.faults.reached(.seatCounted)
        var epoch: Int?
        switch taking {
        case .soldOut: throw IntakeRefusal.slotFull
        case .noSlot: throw IntakeRefusal.slotUnknown
        case .holdsAnother(let until):
            // Only whoever may book for the person is told.
            if principal.role != .applicant { try await self.admit(booking, id: id, channel, by: principal) }
            throw IntakeRefusal.alreadyHeld(until)
        case .underWay:
            if principal.role != .applicant { try await self.admit(booking, id: id, channel, by: principal) }
            throw IntakeRefusal.bookingUnderWay
        case .taken(_, let present), .held(_, let present, _): epoch = present
        case .settled, .absent: break
        }
        do {
            try await self.admit(booking, id: id, channel, by: principal)
        } catch {
            if case .taken = taking { await self.counter.giveBack(booking.slot, id, freeAt: now, now: now) }
            throw error
        }
        if !booking.confirm {
            switch taking {
            case .taken(let pool, let epoch):
                return (self.held(booking, id, pool, channel, until ?? now, epoch, askedBy), true)
            case .held(let pool, let epoch, let until):
                return (self.held(booking, id, pool, channel, until, epoch, askedBy), false)
            case .settled, .soldOut, .noSlot, .holdsAnother, .underWay, .absent: break
            }
        }
        let order = AppointmentRepository.Order(
            id: id, division: self.programme.divisionCode, person: booking.person, purpose: booking.purpose,
            channel: channel, slot: booking.slot, pools: pools, heldUntil: until, epoch: epoch, askedBy: askedBy,
            by: principal.subject, at: now)
        do {
            return try await self.write(order)
        } catch let refusal as IntakeRefusal where refusal == .slotFull && epoch != nil {
            guard try await self.appointments.epoch() == epoch else { throw CountOver() }
            throw refusal
        }
    }

    /// Writes what has been decided, and tells the count.
    private func write(
        _ order: AppointmentRepository.Order
    ) async throws -> (appointment: AppointmentAPI.Appointment, isNew: Bool) {
        do {
            switch try await self.writer.take(order) {
            case .known(let held) where held.state == .held && order.heldUntil == nil:
                return (try await self.confirmKept(held, by: order.by), false)
            case .taken(let appointment): return (self.answer(appointment), true)
            case .known(let appointment): return (self.answer(appointment), false)
            case .idTaken: throw IntakeRefusal.appointmentIDTaken
            case .alreadyLive: throw IntakeRefusal.appointmentLive
            case .full:
                // The count was wrong: it is put right at once.
                if order.epoch != nil { await self.counter.mend([order.slot]) }
                throw try await self.appointments.refusal(of: order.slot, now: order.at)
            }
        } catch let refusal as IntakeRefusal {
            if order.epoch != nil { await self.counter.giveBack(order.slot, order.id, freeAt: order.at, now: order.at) }
            throw refusal
        }
        // Any other error leaves open whether it was written: the count keeps the seat until somebody has looked.
    }

    /// Confirms a hold.
    func confirm(_ id: UUID, _ text: String, by principal: Principal) async throws -> AppointmentAPI.Appointment {
        let now = self.clock.now()
        // Whose hold it is only the token says; who may book for nobody learns nothing about it.
        try AccessPolicy.decide(principal, .book, on: .reach(of: principal))
        guard let token = HoldToken.read(text, keyRing: self.keyRing), token.id == id else {
            throw IntakeRefusal.holdForged
        }
        let reach = Resource(
            division: self.programme.divisionCode, station: token.slot.station, person: token.person)
        if principal.role == .applicant { try AccessPolicy.decide(principal, .book, on: reach) }
        let claiming = token.until >= now ? await self.claim(token, now) : .over
        // Of a hold that only now stops being one the database knows nothing.
        if claiming != .claimed, let known = try await self.known(token, by: principal) { return known }
        switch claiming {
        case .claimed, .known: break
        case .over: throw IntakeRefusal.holdOver
        case .stale: throw IntakeRefusal.holdStale
        // The database decides alone; that a count which has begun anew makes the token void it decides too.
        case .absent: break
        }
        let booking = AppointmentAPI.Booking(
            person: token.person, purpose: token.purpose, slot: token.slot, confirm: true)
        do {
            try await self.admit(booking, id: id, token.channel, by: principal)
        } catch {
            await self.counter.giveBack(token.slot, id, freeAt: now, now: now)
            throw error
        }
        let pools =
            [token.pool]
            + SeatPool.order(for: token.channel, until: token.slot.startsAt, now: now)
            .filter { $0 != token.pool }
        let order = AppointmentRepository.Order(
            id: id, division: self.programme.divisionCode, person: token.person, purpose: token.purpose,
            channel: token.channel, slot: token.slot, pools: pools, heldUntil: nil, epoch: token.epoch,
            askedBy: token.askedBy, by: principal.subject, at: now)
        do {
            return try await self.write(order).appointment
        } catch let refusal as IntakeRefusal where refusal == .slotFull && token.epoch != nil {
            if try await self.appointments.epoch() == token.epoch { throw refusal }
            await self.counter.renew()
            throw IntakeRefusal.holdStale
        }
    }

    private func claim(_ token: HoldToken, _ now: Date) async -> SeatClaiming {
        guard let epoch = token.epoch else { return .absent }
        let hold = SeatHold(
            id: token.id, person: token.person, purpose: token.purpose, slot: token.slot, epoch: epoch)
        let claiming = await self.counter.claim(hold, now: now)
        self.faults.reached(.seatClaimed)
        return claiming
    }

    /// What the database knows of a hold: confirmed already, or kept there.
    private func known(_ token: HoldToken, by principal: Principal) async throws -> AppointmentAPI.Appointment? {
        guard let known = try await self.appointments.find(token.id) else { return nil }
        try AccessPolicy.decide(principal, .book, on: known.resource)
        switch known.state {
        case .held: return try await self.confirmKept(known, by: principal.subject)
        case .lapsed, .cancelledByPerson, .cancelledByStation: throw IntakeRefusal.holdOver
        default: return self.answer(known)
        }
    }

    private func confirmKept(_ held: Appointment, by subject: String) async throws -> AppointmentAPI.Appointment {
        let now = self.clock.now()
        guard let until = held.heldUntil, until >= now, let after = held.state.after(.confirm) else {
            throw IntakeRefusal.holdOver
        }
        let change = AppointmentRepository.Change(
            before: held, step: .confirm, after: after, at: now, by: subject)
        if let changed = try await self.changes.apply(change) { return self.answer(changed) }
        // The other of two clicks was faster: both are answered alike.
        guard let now = try await self.appointments.find(held.id), now.state == .confirmed else {
            throw IntakeRefusal.appointmentChanged
        }
        return self.answer(now)
    }

    // MARK: - Who may

    private func timely(_ slot: SlotID, _ now: Date, _ channel: BookingChannel) throws(IntakeRefusal) {
        guard self.programme.station(slot.station) != nil else { throw .slotUnknown }
        // How long the slot is only its row knows; nothing is longer than a half-day.
        switch self.horizon.bar(to: slot, minutes: slot.kind == .counter ? 60 : 240, now: now, channel: channel) {
        case nil: return
        case .past, .tooSoon: throw .slotPast
        case .beyond(let opens): throw .notOpenYet(opens)
        }
    }

    private func admit(
        _ booking: AppointmentAPI.Booking, id: UUID, _ channel: BookingChannel, by principal: Principal
    ) async throws {
        guard let facts = try await self.facts.run(booking.person) else { throw IntakeRefusal.personUnknown }
        // Staff book for their own people, at whatever station has room.
        try AccessPolicy.decide(principal, .book, on: facts.file.resource)
        if facts.file.duplicateOf != nil { throw IntakeRefusal.isDouble }
        if facts.live.contains(where: { $0.key != id && $0.value == booking.purpose }) {
            throw IntakeRefusal.appointmentLive
        }
        let answer = self.programme.bookingAnswer(
            candidate: try SubmissionGate.candidate(facts.file.facts), kind: booking.slot.kind,
            purpose: booking.purpose,
            channel: channel, station: facts.file.station, on: booking.slot.day, stage: facts.stage)
        if let refusal = IntakeRefusal.booking(answer) { throw refusal }
    }

    // MARK: - Answers

    private func held(
        _ booking: AppointmentAPI.Booking, _ id: UUID, _ pool: SeatPool, _ channel: BookingChannel, _ until: Date,
        _ epoch: Int, _ askedBy: [UInt8]?
    ) -> AppointmentAPI.Appointment {
        let token = HoldToken(
            id: id, person: booking.person, purpose: booking.purpose, slot: booking.slot, pool: pool,
            channel: channel, until: until, epoch: epoch, askedBy: askedBy)
        return AppointmentAPI.Appointment(
            id: id, state: .held, version: 0, purpose: booking.purpose, kind: booking.slot.kind, channel: channel,
            station: booking.slot.station, slot: booking.slot, startsAt: booking.slot.startsAt, minutes: nil,
            heldUntil: until, token: token.text(signedWith: self.keyRing))
    }

    private func answer(_ appointment: Appointment) -> AppointmentAPI.Appointment {
        AppointmentAPI.Appointment(appointment, keyRing: self.keyRing)
    }

    static func askedByContext(_ id: UUID) -> String { "appointment|\(id.uuidString)|asked_by" }
}

extension AppointmentAPI.Appointment {
    /// As whoever may see it sees it: a hold has a token and no reference yet.
    init(_ appointment: Appointment, keyRing: KeyRing) {
        let isHeld = appointment.state == .held
        var token: String?
        if isHeld, let person = appointment.person, let slot = appointment.slot, let until = appointment.heldUntil {
            token = HoldToken(
                id: appointment.id, person: person, purpose: appointment.purpose, slot: slot, pool: .online,
                channel: appointment.channel, until: until, epoch: nil
            ).text(signedWith: keyRing)
        }
        self.init(
            id: appointment.id, state: appointment.state, version: appointment.version,
            purpose: appointment.purpose, kind: appointment.kind, channel: appointment.channel,
            station: appointment.station, slot: appointment.slot, startsAt: appointment.startsAt,
            minutes: appointment.minutes, reference: isHeld ? nil : appointment.reference,
            code: isHeld ? nil : AppointmentCode.text(appointment.id, keyRing: keyRing),
            heldUntil: isHeld ? appointment.heldUntil : nil, token: token, queueNumber: appointment.queueNumber)
    }
}
