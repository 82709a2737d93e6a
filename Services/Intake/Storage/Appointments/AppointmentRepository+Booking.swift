import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL

/// What takes a seat and what gives it back. Each is one statement, so no seat is ever half taken.
extension AppointmentRepository {
    /// A seat somebody wants.
    struct Order: Sendable {
        let id: UUID
        let division: String
        let person: UUID?
        let purpose: AppointmentPurpose
        let channel: BookingChannel
        let slot: SlotID
        /// Where a seat may come from, the first choice first.
        let pools: [SeatPool]
        /// Nil to take it for good.
        let heldUntil: Date?
        /// Of the count that let it pass; nil where only this database was asked.
        let epoch: Int?
        /// Sealed.
        let askedBy: [UInt8]?
        let by: String
        let at: Date
        var waitingEntry: UUID? = nil
        /// Whether a seat counts that was given back and is not free for everybody yet.
        var seesReturned = false

        var state: AppointmentState { self.heldUntil == nil ? .confirmed : .held }
    }

    /// Takes a seat if there is one, the person has no other, the id is new, and the count is still the present one.
    ///
    /// - Parameter patient: whether to wait for seats that others are just taking or giving back. Without it a seat under
    ///   somebody's hand counts as taken, so nobody waits for anybody; but a slot may look full for a moment.
    private static func take(_ order: Order, patient: Bool) -> SQL {
        let skip: SQL = patient ? "" : "SKIP LOCKED"
        let pools = order.pools.map(\.rawValue)
        let epoch: SQL = order.epoch.map { "AND (SELECT epoch FROM slot_epoch) = \($0)" } ?? ""
        let delay: SQL = order.seesReturned ? "" : "AND free_at <= \(order.at)"
        return """
            WITH picked AS (
                SELECT number FROM seat
                WHERE slot = \(order.slot) AND appointment IS NULL \(delay)
                    AND pool = ANY(\(pools)::text[]) \(epoch)
                ORDER BY array_position(\(pools)::text[], pool), number LIMIT 1 FOR UPDATE \(skip)
            ), a AS (
                INSERT INTO appointment (id, division, station, person, purpose, kind, channel, slot, seat, starts_at,
                    minutes, day, state, held_until, asked_by, booked_by, created_at, changed_at, waiting_entry)
                SELECT \(order.id), \(order.division), s.station, \(order.person), \(order.purpose), s.kind,
                    \(order.channel), s.id, picked.number, s.starts_at, s.minutes, s.day, \(order.state),
                    \(order.heldUntil), \(order.askedBy), \(order.by), \(order.at), \(order.at), \(order.waitingEntry)
                FROM picked, slot s WHERE s.id = \(order.slot)
                ON CONFLICT DO NOTHING RETURNING *
            ), taken AS (
                UPDATE seat SET appointment = a.id FROM a WHERE seat.slot = a.slot AND seat.number = a.seat
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, \(order.heldUntil == nil ? "confirm" : order.waitingEntry == nil ? "hold" : "reoffer"), a.slot, \(order.at), \(order.by)
                FROM a
            )
            SELECT \(Self.columns) FROM a
            """
    }

    /// A change of one appointment.
    struct Change: Sendable {
        let before: Appointment
        let step: AppointmentStep
        let after: AppointmentState
        let at: Date
        let by: String
        /// From when the seat is free again; nil when it is kept.
        var freeAt: Date? = nil
        var effect: Effect = .none
    }

    /// What a change means beside the state.
    enum Effect: Sendable {
        case none
        /// The seat is gone and the person has to be told.
        case orphaned
        case told(AppointmentAPI.Told.How)
        case arrived(number: Int)
        case called
        case served
        case finished(mustComeAgain: Bool, person: UUID?)

        func sets(at now: Date, by: String) -> SQL {
            switch self {
            case .none: ""
            case .orphaned: ", orphaned_at = \(now), told = NULL, told_at = NULL, told_by = NULL"
            case .told(let how): ", told = \(how), told_at = \(now), told_by = \(by)"
            case .arrived(let number):
                ", queue_number = \(number), arrived_at = \(now), calls = 0, told = COALESCE(a.told, CASE WHEN a.orphaned_at IS NOT NULL THEN 'inPerson' END), told_at = COALESCE(a.told_at, CASE WHEN a.orphaned_at IS NOT NULL THEN \(now)::timestamptz END)"
            case .called: ", calls = a.calls + 1"
            case .served: ", served_at = \(now)"
            case .finished(let again, let person):
                ", must_come_again = \(again), person = COALESCE(a.person, \(person)::uuid)"
            }
        }
    }

    /// Applies a change if the appointment is still as it was read.
    private static func apply(_ change: Change) -> SQL {
        let before = change.before
        let seat: SQL = change.freeAt == nil ? "" : ", seat = NULL"
        let freed: SQL =
            change.freeAt.map { at in
                """
                , freed AS (
                    UPDATE seat SET appointment = NULL, free_at = \(at) FROM a
                    WHERE seat.slot = \(before.slot) AND seat.number = \(before.seat) AND seat.appointment = a.id
                )
                """
            } ?? ""
        return """
            WITH a AS (
                UPDATE appointment a SET state = \(change.after), version = a.version + 1, changed_at = \(change.at)
                    \(seat)\(change.effect.sets(at: change.at, by: change.by))
                WHERE a.id = \(before.id) AND a.version = \(before.version) RETURNING *
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, \(change.step), a.slot, \(change.at), \(change.by) FROM a
            )\(freed)
            SELECT \(Self.columns) FROM a
            """
    }

    /// Moves an appointment to a seat of another slot: the new one is taken and the old one given back together.
    private static func move(
        _ before: Appointment, to order: Order, after: AppointmentState, freeAt: Date, told: AppointmentAPI.Told.How?
    ) -> SQL {
        let pools = order.pools.map(\.rawValue)
        let epoch: SQL = order.epoch.map { "AND (SELECT epoch FROM slot_epoch) = \($0)" } ?? ""
        return """
            WITH picked AS (
                SELECT number FROM seat
                WHERE slot = \(order.slot) AND appointment IS NULL AND free_at <= \(order.at)
                    AND pool = ANY(\(pools)::text[]) \(epoch)
                ORDER BY array_position(\(pools)::text[], pool), number LIMIT 1 FOR UPDATE SKIP LOCKED
            ), a AS (
                UPDATE appointment a SET state = \(after), version = a.version + 1, changed_at = \(order.at),
                    station = s.station, slot = s.id, seat = picked.number, starts_at = s.starts_at,
                    minutes = s.minutes, day = s.day, kind = s.kind,
                    told = COALESCE(a.told, \(told)::text),
                    told_at = COALESCE(a.told_at, CASE WHEN \(told)::text IS NULL THEN NULL ELSE \(order.at)::timestamptz END),
                    queue_number = NULL, arrived_at = NULL, calls = 0
                FROM picked, slot s
                WHERE s.id = \(order.slot) AND a.id = \(before.id) AND a.version = \(before.version) RETURNING a.*
            ), taken AS (
                UPDATE seat SET appointment = a.id FROM a WHERE seat.slot = a.slot AND seat.number = a.seat
            ), freed AS (
                UPDATE seat SET appointment = NULL, free_at = \(freeAt) FROM a
                WHERE seat.slot = \(before.slot) AND seat.number = \(before.seat) AND seat.appointment = a.id
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, 'move', a.slot, \(order.at), \(order.by) FROM a
            )
            SELECT \(Self.columns) FROM a
            """
    }

    /// Gives the seats of holds back whose time is over.
    ///
    /// - Returns: what has lapsed, with the slot and seat it had.
    static func lapse(at now: Date, limit: Int, in sql: PostgresTransaction) async throws -> [Appointment] {
        let statement: SQL = """
            WITH due AS (
                SELECT id, slot, seat FROM appointment WHERE state = 'held' AND held_until < \(now)
                ORDER BY held_until LIMIT \(limit) FOR UPDATE SKIP LOCKED
            ), a AS (
                UPDATE appointment a SET state = 'lapsed', version = a.version + 1, changed_at = \(now), seat = NULL
                FROM due WHERE a.id = due.id RETURNING a.*
            ), freed AS (
                UPDATE seat SET appointment = NULL FROM due
                WHERE seat.slot = due.slot AND seat.number = due.seat AND seat.appointment = due.id
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, 'lapse', a.slot, \(now), 'intake' FROM a
            )
            SELECT \(Self.columns) FROM a
            """
        return try await sql.batch([SlotRepository.gate, statement])[1].rows.map(Self.appointment)
    }

    /// Whether there are holds whose time is over.
    func hasOver(at now: Date) async throws -> Bool {
        try await self.pool.query(
            "SELECT FROM appointment WHERE state = 'held' AND held_until < \(now) LIMIT 1"
        ).first != nil
    }

    // MARK: - In a transaction

    /// Takes seats in one round trip.
    ///
    /// - Returns: in the order of `orders`; nil where nothing was taken.
    static func take(
        _ orders: [Order], patient: Bool = false, in sql: PostgresTransaction
    ) async throws -> [Appointment?] {
        // In the order of people, so that two groups with the same ones wait for each other in one direction only.
        let sorted = orders.indices.sorted { left, right in
            let (one, other) = (orders[left], orders[right])
            return (one.person?.uuidString ?? "", one.id.uuidString)
                < (other.person?.uuidString ?? "", other.id.uuidString)
        }
        let results = try await sql.batch(
            [SlotRepository.gate] + sorted.map { Self.take(orders[$0], patient: patient) })
        var taken = [Appointment?](repeating: nil, count: orders.count)
        for (index, result) in zip(sorted, results.dropFirst()) {
            taken[index] = try result.first.map(Self.appointment)
        }
        return taken
    }

    /// - Returns: nil when the appointment has changed since it was read.
    static func write(_ change: Change, in sql: PostgresTransaction) async throws -> Appointment? {
        try await sql.batch([SlotRepository.gate, Self.apply(change)])[1].first.map(Self.appointment)
    }

    /// - Parameter told: how the person agreed to it, where they had lost their seat.
    /// - Returns: nil when there is no seat, or the appointment has changed since it was read.
    static func move(
        _ before: Appointment, to order: Order, after: AppointmentState, freeAt: Date,
        told: AppointmentAPI.Told.How?, in sql: PostgresTransaction
    ) async throws -> Appointment? {
        let statement = Self.move(before, to: order, after: after, freeAt: freeAt, told: told)
        return try await sql.batch([SlotRepository.gate, statement])[1].first.map(Self.appointment)
    }
}
