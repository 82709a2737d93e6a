import Storage

extension Migration {
    /// Contact points and notices.
    ///
    /// `contact` is sealed by the service before it reaches the database. A notice can only be `recorded`: as long as
    /// nothing is sent, the database itself refuses any row that says otherwise.
    static let v100Voice = Migration(
        version: 100, name: "voice",
        sql: """
            CREATE TABLE contact_point (
                person_id uuid PRIMARY KEY,
                division text NOT NULL,
                station text NOT NULL,
                contact bytea NOT NULL,
                registered_at timestamptz NOT NULL,
                recorded_at timestamptz NOT NULL
            );
            CREATE INDEX contact_point_of_station ON contact_point (station);

            CREATE TABLE notice (
                id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                submission_id uuid NOT NULL,
                purpose text NOT NULL,
                reason text,
                state text NOT NULL CHECK (state = 'recorded'),
                requested_at timestamptz NOT NULL,
                recorded_at timestamptz NOT NULL,
                tell_by date
            );
            CREATE INDEX notice_by_purpose ON notice (purpose, requested_at, id);
            CREATE INDEX notice_of_submission ON notice (submission_id, requested_at, id);
            CREATE INDEX notice_of_person ON notice (person_id);
            """)
}
