import Storage

extension Migration {
    /// Files, submissions, their history and materials.
    static let intake = Migration(
        version: 100, name: "intake",
        sql: """
            -- 建档立卡. Name, identity number, categories, phones and address stand in facts, sealed; the number is found
            -- again by its keyed hash. Batch and lane are those of the last change: a submission decides anew by its day.
            CREATE TABLE person (
                id uuid PRIMARY KEY,
                identity_hash bytea NOT NULL UNIQUE,
                division text NOT NULL,
                station text NOT NULL,
                batch integer,
                lane text NOT NULL,
                file_complete boolean NOT NULL,
                facts bytea NOT NULL,
                revision integer NOT NULL DEFAULT 1,
                registered_at timestamptz NOT NULL,
                changed_at timestamptz NOT NULL,
                changed_by text NOT NULL
            );

            -- stage, round, due_on and last_reason are the view of where it is now, also beyond this service.
            CREATE TABLE submission (
                id uuid PRIMARY KEY,
                person uuid NOT NULL REFERENCES person,
                division text NOT NULL,
                station text NOT NULL,
                batch integer NOT NULL,
                lane text NOT NULL,
                card_kind text NOT NULL,
                bank text NOT NULL,
                channel text NOT NULL,
                application_form_signed boolean NOT NULL,
                bank_confirmation_signed boolean NOT NULL,
                stage text NOT NULL,
                round integer NOT NULL,
                revision integer NOT NULL DEFAULT 1,
                last_reason text,
                due_on date,
                submitted_at timestamptz NOT NULL,
                stage_since timestamptz NOT NULL,
                -- What the indexes need of the stage. Most steps leave these as they are, so most updates are heap-only:
                -- that is four of the six a submission sees here.
                live boolean NOT NULL GENERATED ALWAYS AS (stage <> 'refused') STORED,
                desk text GENERATED ALWAYS AS
                    (CASE WHEN stage IN ('awaitingStationCheck', 'returnedToApplicant', 'returnedToStation') THEN stage END) STORED,
                desk_since timestamptz GENERATED ALWAYS AS
                    (CASE WHEN stage IN ('awaitingStationCheck', 'returnedToApplicant', 'returnedToStation') THEN stage_since END) STORED
            ) WITH (fillfactor = 80);
            -- One card per person: only a refusal makes room for another submission (N21).
            CREATE UNIQUE INDEX submission_one_live ON submission (person) WHERE live;
            -- The stations' work lists, and everything else a station may look up.
            CREATE INDEX submission_desk ON submission (desk, station, lane, desk_since, id) WHERE desk IS NOT NULL;
            CREATE INDEX submission_station ON submission (station);

            -- Append only. No foreign key: rows come in the transaction that holds the submission's row anyway.
            CREATE TABLE submission_event (
                submission uuid NOT NULL,
                id bigint GENERATED ALWAYS AS IDENTITY,
                round integer NOT NULL,
                step text,
                stage text NOT NULL,
                reason text,
                due_on date,
                at timestamptz NOT NULL,
                by text NOT NULL,
                PRIMARY KEY (submission, id)
            );

            -- Sealed bytes do not compress, so they are moved out of line without trying.
            CREATE TABLE material (
                submission uuid NOT NULL REFERENCES submission,
                kind text NOT NULL,
                id uuid NOT NULL,
                media_type text NOT NULL,
                sha256 text NOT NULL,
                size integer NOT NULL,
                sealed bytea NOT NULL,
                stored_at timestamptz NOT NULL,
                stored_by text NOT NULL,
                PRIMARY KEY (submission, kind)
            );
            ALTER TABLE material ALTER COLUMN sealed SET STORAGE EXTERNAL;

            -- What a repeated request is answered with. Kept in real time, like the connections it makes up for.
            CREATE TABLE idempotency (
                caller text NOT NULL,
                key text NOT NULL,
                request_hash bytea NOT NULL,
                submission uuid NOT NULL,
                answer bytea NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (caller, key)
            );
            """)
}
