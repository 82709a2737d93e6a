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

    /// Takes a seat for each wish if there is one, the person has no other, the id is new, and the count is still the
    /// present one; all of them in one statement, which costs a third of a statement each.
    ///
    /// Wishes of one slot look past as many free seats as there are wishes before them, because the statement does not see
    /// what it has taken itself. Should two meet all the same, the index of seats lets one have it, and the other is asked
    /// again by itself.
    ///
    /// - Parameter patient: whether to wait for seats that others are just taking or giving back. Without it a seat under
    ///   somebody's hand counts as taken, so nobody waits for anybody; but a slot may look full for a moment.
    private static func take(_ orders: [Order], patient: Bool) -> SQL {
        let skip: SQL = patient ? "" : "SKIP LOCKED"
        var places: [SlotID: Int] = [:]
        let place = orders.map { order in
            defer { places[order.slot, default: 0] += 1 }
            return places[order.slot, default: 0]
        }
        let steps = orders.map { $0.heldUntil == nil ? "confirm" : $0.waitingEntry == nil ? "hold" : "reoffer" }
        return """
            WITH w AS (
                SELECT w.*, string_to_array(w.pool_list, ',') AS pools
                FROM unnest(\(orders.map(\.id))::uuid[], \(orders.map(\.division))::text[],
                    \(orders.map(\.person))::uuid[], \(orders.map(\.purpose.rawValue))::text[],
                    \(orders.map(\.channel.rawValue))::text[], \(orders.map(\.slot.description))::text[],
                    \(orders.map { $0.pools.map(\.rawValue).joined(separator: ",") })::text[],
                    \(orders.map(\.state.rawValue))::text[], \(orders.map(\.heldUntil))::timestamptz[],
                    \(orders.map(\.askedBy))::bytea[], \(orders.map(\.by))::text[], \(orders.map(\.at))::timestamptz[],
                    \(orders.map(\.waitingEntry))::uuid[], \(orders.map(\.seesReturned))::boolean[],
                    \(orders.map(\.epoch))::bigint[], \(place)::bigint[], \(steps)::text[])
                    AS w (id, division, person, purpose, channel, slot, pool_list, state, held_until, asked_by,
                        booked_by, at, waiting_entry, sees_returned, epoch, place, step)
                WHERE w.epoch IS NULL OR w.epoch = (SELECT e.epoch FROM slot_epoch e)
            ), picked AS (
                SELECT w.*, free.number FROM w CROSS JOIN LATERAL (
                    SELECT e.number FROM seat e
                    WHERE e.slot = w.slot AND e.appointment IS NULL AND (w.sees_returned OR e.free_at <= w.at)
                        AND e.pool = ANY(w.pools)
                    ORDER BY array_position(w.pools, e.pool), e.number OFFSET w.place LIMIT 1 FOR UPDATE OF e \(skip)
                ) free
            ), a AS (
                INSERT INTO appointment (id, division, station, person, purpose, kind, channel, slot, seat, starts_at,
                    minutes, day, state, held_until, asked_by, booked_by, created_at, changed_at, waiting_entry)
                SELECT p.id, p.division, s.station, p.person, p.purpose, s.kind, p.channel, s.id, p.number, s.starts_at,
                    s.minutes, s.day, p.state, p.held_until, p.asked_by, p.booked_by, p.at, p.at, p.waiting_entry
                FROM picked p JOIN slot s ON s.id = p.slot AND s.starts_at + make_interval(mins => s.minutes) > p.at
                ORDER BY p.person, p.id
                ON CONFLICT DO NOTHING RETURNING *
            ), taken AS (
                UPDATE seat SET appointment = a.id FROM a WHERE seat.slot = a.slot AND seat.number = a.seat
            ), noted AS (
                INSERT INTO appointment_step (appointment, version, step, slot, at, by)
                SELECT a.id, a.version, w.step, a.slot, w.at, w.booked_by FROM a JOIN w ON w.id = a.id
            )
            SELECT \(Self.columns) FROM a
            """
    }

    /// What stands against a wish that got nothing.
    struct Obstacle: Sendable, Equatable {
        /// There is an appointment of this id.
        let isIDTaken: Bool
        /// The person has a live appointment for the purpose.
        let isLive: Bool
        /// Nobody has the seat, though somebody may have it in hand.
        let hasSeat: Bool
    }

    /// - Returns: in the order of `orders`.
    func obstacles(_ orders: [Order]) async throws -> [Obstacle] {
        try await self.pool.query(
            """
            SELECT EXISTS (SELECT FROM appointment a WHERE a.id = w.id),
                EXISTS (SELECT FROM appointment a WHERE a.person = w.person AND a.purpose = w.purpose
                    AND a.state = ANY(\(Self.live)::text[])),
                EXISTS (SELECT FROM seat e WHERE e.slot = w.slot AND e.appointment IS NULL AND e.free_at <= w.at
                    AND e.pool = ANY(string_to_array(w.pools, ',')))
            FROM unnest(\(orders.map(\.id))::uuid[], \(orders.map(\.person))::uuid[],
                \(orders.map(\.purpose.rawValue))::text[], \(orders.map(\.slot.description))::text[],
                \(orders.map { $0.pools.map(\.rawValue).joined(separator: ",") })::text[],
                \(orders.map(\.at))::timestamptz[]) WITH ORDINALITY AS w (id, person, purpose, slot, pools, at, place)
            ORDER BY w.place
            """
        ).rows.map { row in
            let (isIDTaken, isLive, hasSeat) = try row.decode(Bool.self, Bool.self, Bool.self)
            return Obstacle(isIDTaken: isIDTaken, isLive: isLive, hasSeat: hasSeat)
        }
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
                WHERE s.id = \(order.slot) AND s.starts_at + make_interval(mins => s.minutes) > \(order.at)
                    AND a.id = \(before.id) AND a.version = \(before.version) RETURNING a.*
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
        if orders.isEmpty { return [] }
        // One wish for an id in a statement; who sends the same twice at once is answered like the first.
        var first: [UUID: Order] = [:]
        let distinct = orders.filter { order in
            defer { first[order.id] = first[order.id] ?? order }
            return first[order.id] == nil
        }
        let rows = try await sql.batch([SlotRepository.gate, Self.take(distinct, patient: patient)])[1].rows
        var taken: [UUID: Appointment] = [:]
        for row in rows {
            let appointment = try Self.appointment(row)
            taken[appointment.id] = appointment
        }
        // Each appointment is given out once.
        return orders.map { taken.removeValue(forKey: $0.id) }
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
