import Storage

extension Migration {
    /// Materials by category, signatures bound to their content, statements compared by the departments.
    static let materials = Migration(
        version: 120, name: "materials",
        sql: """
            -- originals: kinds a clerk saw; reasons and missing: of the station's last return. The digests are of
            -- the form's content when its signature was recorded (R66). comparison: open, confirmed, notConfirmed (N17).
            ALTER TABLE submission
                ADD COLUMN originals text[] NOT NULL DEFAULT '{}',
                ADD COLUMN reasons text[] NOT NULL DEFAULT '{}',
                ADD COLUMN missing text[] NOT NULL DEFAULT '{}',
                ADD COLUMN application_form_digest bytea,
                ADD COLUMN bank_confirmation_digest bytea,
                ADD COLUMN comparison text,
                -- registered or residence: where it was handed in, and whose province issues (N9, N10).
                ADD COLUMN place text NOT NULL DEFAULT 'registered',
                ADD COLUMN issuer text NOT NULL DEFAULT 'registered';

            -- One statement at a time; a new one opens the comparison anew.
            CREATE TABLE comparison (
                submission uuid PRIMARY KEY REFERENCES submission,
                statement text NOT NULL,
                sha256 text NOT NULL,
                opened_at timestamptz NOT NULL,
                result text,
                departments text[],
                settled_at timestamptz,
                settled_by text
            );
            CREATE INDEX comparison_open ON comparison (opened_at, submission) WHERE result IS NULL;
            """)
}
