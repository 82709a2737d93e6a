import Storage

extension Migration {
    /// Base file forms sent from home, kits for visits, and what was brought back.
    static let visits = Migration(
        version: 121, name: "visits",
        sql: """
            -- The id is the one in the sender's token. form: sealed, as it was filled in.
            CREATE TABLE base_form (
                id uuid PRIMARY KEY,
                division text NOT NULL,
                station text NOT NULL,
                form bytea NOT NULL,
                revision integer NOT NULL DEFAULT 1,
                sent_at timestamptz NOT NULL,
                person uuid REFERENCES person,
                taken_at timestamptz,
                taken_by text
            );
            CREATE INDEX base_form_open ON base_form (station, sent_at, id) WHERE person IS NULL;

            CREATE TABLE kit (
                id uuid PRIMARY KEY,
                division text NOT NULL,
                station text NOT NULL,
                channel text NOT NULL,
                team text NOT NULL,
                visit_on date NOT NULL,
                people uuid[] NOT NULL,
                made_at timestamptz NOT NULL,
                made_by text NOT NULL
            );
            CREATE INDEX kit_station ON kit (station, visit_on, id);

            -- The registration of an item that is not wholly here yet: sent again, it does not undo what was entered since.
            CREATE TABLE visit_registration (
                id uuid PRIMARY KEY,
                digest bytea NOT NULL,
                person uuid NOT NULL REFERENCES person
            );

            -- What was taken down away from the counter, by the id the device gave it. digest: of the item as it was sent.
            CREATE TABLE visit (
                id uuid PRIMARY KEY,
                station text NOT NULL,
                digest bytea NOT NULL,
                person uuid NOT NULL REFERENCES person,
                submission uuid NOT NULL REFERENCES submission,
                taken_at timestamptz NOT NULL,
                taken_by text NOT NULL
            );
            """)
}
