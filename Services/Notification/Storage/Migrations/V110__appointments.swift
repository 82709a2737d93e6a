import Storage

extension Migration {
    /// Where every appointment stands, by its newest version.
    static let v110Appointments = Migration(
        version: 110, name: "appointments",
        sql: """
            CREATE TABLE appointment (
                id uuid PRIMARY KEY,
                person_id uuid,
                version integer NOT NULL,
                state text NOT NULL,
                purpose text NOT NULL,
                kind text NOT NULL,
                station text NOT NULL,
                starts_at timestamptz,
                minutes integer,
                changed_at timestamptz NOT NULL,
                recorded_at timestamptz NOT NULL
            );
            CREATE INDEX appointment_due ON appointment (starts_at) WHERE state IN ('confirmed', 'orphaned');
            CREATE INDEX appointment_of_person ON appointment (person_id);
            """)
}
