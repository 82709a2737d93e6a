import Storage

extension Migration {
    /// Who is on record as deceased, also while it is not known yet how they are reached: services tell of a person in any
    /// order.
    static let v170Deaths = Migration(
        version: 170, name: "deaths",
        sql: """
            CREATE TABLE death (
                person_id uuid PRIMARY KEY,
                -- The call or the case in which it was learnt, and what it was about.
                subject uuid NOT NULL,
                purpose text NOT NULL,
                recorded_at timestamptz NOT NULL
            );
            """)
}
