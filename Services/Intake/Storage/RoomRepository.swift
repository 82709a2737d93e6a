import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Openings, tickets and steps of the waiting room.
struct RoomRepository: Sendable {
    let pool: PostgresPool

    /// How far an instance has read.
    struct Cursor: Sendable {
        var number = 0
        var leaving = 0
        var through = 0
    }

    struct News: Sendable {
        struct Row: Sendable {
            let person: UUID
            let number: Int
            let turn: Int
            let isEarly: Bool
            let leftAt: Date?
        }

        let seed: [UInt8]
        let drawnAt: Date?
        let tickets: [Row]
        let lefts: [(number: Int, at: Date, leaving: Int)]
        let steps: [RoomOrder.Step]
    }

    /// Somebody who comes, for the so-manieth time.
    struct Call: Sendable {
        let person: UUID
        let turn: Int
    }

    /// Gives tickets, in the order of the calls. Who has one for that turn keeps it.
    ///
    /// Whether it was before or after the draw is decided under the opening's row lock, and the first who comes at or after
    /// the hour draws: instances whose clocks differ agree on it.
    ///
    /// - Parameter seed: taken when there is no such opening yet.
    func join(_ opening: RoomOpening, _ calls: [Call], seed: [UInt8]?, at now: Date) async throws {
        let number: SQL = """
            WITH room AS (
                UPDATE room_opening
                SET last_number = last_number + \(calls.count),
                    drawn_at = coalesce(drawn_at, CASE WHEN opens_at <= \(now)::timestamptz THEN \(now)::timestamptz END)
                WHERE id = \(opening.id)
                RETURNING last_number - \(calls.count) AS before, drawn_at IS NOT NULL AS is_drawn)
            INSERT INTO room_ticket (opening, person, turn, number, phase, joined_at)
            SELECT \(opening.id)::text, c.person, c.turn, room.before + c.place, CASE WHEN room.is_drawn THEN 1 ELSE 0 END,
                   \(now)::timestamptz
            FROM room, unnest(\(calls.map(\.person))::uuid[], \(calls.map(\.turn))::bigint[])
                 WITH ORDINALITY AS c(person, turn, place)
            ON CONFLICT (opening, person, turn) DO NOTHING
            """
        guard let seed else {
            try await self.pool.execute(number)
            return
        }
        try await self.pool.withPipelinedCommit { _ in
            let open: SQL = """
                INSERT INTO room_opening (id, opens_at, seed) VALUES (\(opening.id), \(opening.opensAt), \(seed))
                ON CONFLICT DO NOTHING
                """
            return (last: [open, number], finish: { _ in })
        }
    }

    /// Draws, if nobody has.
    func draw(_ opening: String, at now: Date) async throws {
        try await self.pool.execute(
            "UPDATE room_opening SET drawn_at = \(now) WHERE id = \(opening) AND drawn_at IS NULL AND opens_at <= \(now)"
        )
    }

    /// Lets in, if nobody has let in since.
    ///
    /// - Returns: false when another instance was first.
    func step(_ opening: String, from: Int, to step: RoomOrder.Step) async throws -> Bool {
        try await self.pool.execute(
            """
            WITH room AS (
                UPDATE room_opening SET admitted_through = \(step.through)
                WHERE id = \(opening) AND admitted_through = \(from) RETURNING id)
            INSERT INTO room_step (opening, through, at) SELECT id, \(step.through)::bigint, \(step.at)::timestamptz FROM room
            """) == 1
    }

    /// Notes the ends of turns; an end that is known stays as it is.
    func leave(_ opening: String, _ numbers: [Int], at now: Date) async throws {
        try await self.pool.execute(
            """
            WITH room AS (
                UPDATE room_opening SET last_leaving = last_leaving + \(numbers.count) WHERE id = \(opening)
                RETURNING last_leaving - \(numbers.count) AS before)
            UPDATE room_ticket t SET left_at = \(now), leaving = room.before + l.place
            FROM room, unnest(\(numbers)::bigint[]) WITH ORDINALITY AS l(number, place)
            WHERE t.opening = \(opening) AND t.number = l.number AND t.left_at IS NULL
            """)
    }

    /// What has happened since; nil while there is no such opening.
    ///
    /// The tickets are read last, so every step and end that is read is about one that is read or known, and a draw that is
    /// read comes with everybody who was drawn.
    func news(of opening: String, since cursor: Cursor) async throws -> News? {
        let results = try await self.pool.withTransaction { sql in
            try await sql.batch([
                "SELECT seed, drawn_at FROM room_opening WHERE id = \(opening)",
                """
                SELECT through, at FROM room_step WHERE opening = \(opening) AND through > \(cursor.through)
                ORDER BY through
                """,
                """
                SELECT number, left_at, leaving FROM room_ticket
                WHERE opening = \(opening) AND leaving > \(cursor.leaving) ORDER BY leaving
                """,
                """
                SELECT person, number, turn, phase = 0, left_at FROM room_ticket
                WHERE opening = \(opening) AND number > \(cursor.number) ORDER BY number
                """,
            ])
        }
        guard let (seed, drawnAt) = try results[0].first?.decode([UInt8].self, Date?.self) else { return nil }
        let steps = try results[1].rows.map { row in
            let (through, at) = try row.decode(Int.self, Date.self)
            return RoomOrder.Step(through: through, at: at)
        }
        let lefts = try results[2].rows.map { row in
            let (number, at, leaving) = try row.decode(Int.self, Date.self, Int.self)
            return (number: number, at: at, leaving: leaving)
        }
        let tickets = try results[3].rows.map { row in
            let (person, number, turn, isEarly, leftAt) = try row.decode(
                UUID.self, Int.self, Int16.self, Bool.self, Date?.self)
            return News.Row(person: person, number: number, turn: Int(turn), isEarly: isEarly, leftAt: leftAt)
        }
        return News(seed: seed, drawnAt: drawnAt, tickets: tickets, lefts: lefts, steps: steps)
    }

    /// Deletes openings of before an instant, with everything that belongs to them.
    func forget(before: Date) async throws {
        try await self.pool.execute(
            """
            WITH gone AS (DELETE FROM room_opening WHERE opens_at < \(before) RETURNING id),
                 steps AS (DELETE FROM room_step USING gone WHERE opening = gone.id)
            DELETE FROM room_ticket USING gone WHERE opening = gone.id
            """)
    }
}
