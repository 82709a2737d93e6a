import Storage

extension Migration {
    /// Who has passed a submission above, what was written with its last return, and a second end that makes room for
    /// another submission.
    static let fourEyes = Migration(
        version: 130, name: "four eyes",
        sql: """
            ALTER TABLE submission
                -- Opaque ids: nobody passes one submission at two levels.
                ADD COLUMN passed_above text[] NOT NULL DEFAULT '{}',
                -- Sealed for this service, as it arrived.
                ADD COLUMN last_note text;

            -- Refused, or discontinued before there was a card: the person may submit again (N21, N32).
            DROP INDEX submission_one_live;
            ALTER TABLE submission DROP COLUMN live;
            ALTER TABLE submission ADD COLUMN live boolean NOT NULL
                GENERATED ALWAYS AS (stage NOT IN ('refused', 'discontinued')) STORED;
            CREATE UNIQUE INDEX submission_one_live ON submission (person) WHERE live;
            """)
}
