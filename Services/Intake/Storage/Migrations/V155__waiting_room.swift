import Storage

extension Migration {
    /// The waiting room before an opening of the booking horizon.
    static let waitingRoom = Migration(
        version: 155, name: "waiting room",
        sql: """
            -- One row an opening, made by the first who comes. Whatever is added to an opening is numbered by raising a
            -- counter here, whose row lock lasts until the commit: numbers become visible in their order, so whoever has
            -- read up to one has missed nothing before it.
            CREATE TABLE room_opening (
                -- Day and hour: 20220301T0900.
                id text PRIMARY KEY,
                opens_at timestamptz NOT NULL,
                -- Told only after the draw, so that the draw can be checked.
                seed bytea NOT NULL CHECK (octet_length(seed) = 32),
                drawn_at timestamptz,
                last_number bigint NOT NULL DEFAULT 0,
                last_leaving bigint NOT NULL DEFAULT 0,
                admitted_through bigint NOT NULL DEFAULT 0
            ) WITH (fillfactor = 50);

            -- Append only, but for the end of a turn. No foreign key: its lock would be a second one on the same row.
            CREATE TABLE room_ticket (
                opening text NOT NULL,
                person uuid NOT NULL,
                -- One more when somebody comes again after their turn.
                turn smallint NOT NULL,
                number bigint NOT NULL,
                -- 0: before the draw, which decides the place; 1: after it, in order of arrival.
                phase smallint NOT NULL CHECK (phase IN (0, 1)),
                joined_at timestamptz NOT NULL,
                left_at timestamptz,
                -- In which order ends became known.
                leaving bigint,
                PRIMARY KEY (opening, person, turn)
            );
            CREATE UNIQUE INDEX room_ticket_number ON room_ticket (opening, number);
            CREATE INDEX room_ticket_leaving ON room_ticket (opening, leaving) WHERE leaving IS NOT NULL;

            -- Append only: how far the order had been let in, from when (programme time).
            CREATE TABLE room_step (
                opening text NOT NULL,
                through bigint NOT NULL,
                at timestamptz NOT NULL,
                PRIMARY KEY (opening, through)
            );
            """)
}
