import Storage

extension Migration {
    /// Cards that wait at a station, until their holder was told or nobody could tell them for so many months (N25).
    static let v160Arrivals = Migration(
        version: 160, name: "arrivals",
        sql: """
            CREATE TABLE arrival (
                submission_id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                arrived_at timestamptz NOT NULL,
                -- When it is decided whether anybody could tell them.
                look_at timestamptz NOT NULL,
                -- 'told' or 'unreachable'; null until then.
                verdict text CHECK (verdict IN ('told', 'unreachable')),
                decided_at timestamptz
            );
            CREATE INDEX arrival_open ON arrival (look_at) WHERE verdict IS NULL;
            """)
}
