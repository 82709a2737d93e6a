import Storage

extension Migration {
    /// What finds households and likely doubles, and what staff said about those.
    static let roster = Migration(
        version: 110, name: "roster",
        sql: """
            -- Keyed hashes, as of the identity number: equal texts are found, none can be read. Null: not on file.
            ALTER TABLE person ADD COLUMN household_hash bytea;
            ALTER TABLE person ADD COLUMN likeness_hash bytea;
            -- Another file that is kept instead of this one: the same person, entered twice.
            ALTER TABLE person ADD COLUMN duplicate_of uuid REFERENCES person;
            CREATE INDEX person_household ON person (household_hash) WHERE household_hash IS NOT NULL;
            CREATE INDEX person_likeness ON person (likeness_hash) WHERE likeness_hash IS NOT NULL;

            -- Two files that look like one person and are two. The smaller id stands first.
            CREATE TABLE person_told_apart (
                one uuid NOT NULL REFERENCES person,
                other uuid NOT NULL REFERENCES person,
                at timestamptz NOT NULL,
                by text NOT NULL,
                PRIMARY KEY (one, other),
                CHECK (one < other)
            );
            """)
}
