import Storage

extension Migration {
    /// Which issue of the programme is in force, and what each amendment meant for those on the roster (R149).
    static let programmeEditions = Migration(
        version: 140, name: "programme editions",
        sql: """
            -- The file itself is kept: what an amendment changes is found by comparing with it. It names nobody.
            CREATE TABLE programme_edition (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                code text NOT NULL,
                version integer NOT NULL,
                yaml text NOT NULL,
                -- Programme time; the re-check counts from this day, however long it takes.
                taken_on date NOT NULL,
                -- How far the re-check is: the last person looked at. The first issue needs none.
                cursor uuid,
                looked integer NOT NULL DEFAULT 0,
                renumbered integer NOT NULL DEFAULT 0,
                due_moved integer NOT NULL DEFAULT 0,
                finished boolean NOT NULL
            );

            -- Whom an amendment concerns. Nobody is thrown out by it: they are listed.
            CREATE TABLE programme_recheck (
                edition bigint NOT NULL REFERENCES programme_edition,
                person uuid NOT NULL REFERENCES person,
                -- Under way at that time; null for who had handed in nothing.
                submission uuid,
                effect text NOT NULL,
                opens_before date,
                opens_after date,
                PRIMARY KEY (edition, person)
            );
            CREATE INDEX programme_recheck_effect ON programme_recheck (edition, effect, person);
            """)
}
