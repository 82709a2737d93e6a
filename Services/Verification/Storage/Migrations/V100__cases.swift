import Storage

extension Migration {
    static let v100Cases = Migration(
        version: 100, name: "cases",
        sql: """
            -- One row per submission the centre has ever seen. Stages are the codes of SubmissionStage.
            CREATE TABLE verification_case (
                submission_id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                round integer NOT NULL CHECK (round >= 1),
                pass integer NOT NULL DEFAULT 0 CHECK (pass >= 0),
                division text COLLATE "C" NOT NULL,
                station text COLLATE "C" NOT NULL,
                card_kind text COLLATE "C" NOT NULL,
                batch integer NOT NULL,
                -- 'first' sorts before 'standard': key persons come first (R20).
                lane text COLLATE "C" NOT NULL CHECK (lane IN ('first', 'standard')),
                stage text COLLATE "C" NOT NULL CHECK (stage IN (
                    'awaitingVerification', 'returnedToStation', 'awaitingInitialReview', 'returnedToCentre')),
                -- The applicant exactly as received: sealed for this service.
                applicant_key text NOT NULL,
                applicant_box text NOT NULL,
                -- JSON array of id, kind and SHA-256; the materials themselves stay with intake.
                materials text NOT NULL,
                forms_signed boolean NOT NULL,
                -- Programme time.
                waiting_since timestamptz NOT NULL,
                last_reason text COLLATE "C",
                -- Opaque ids of everyone who decided, at the station and here.
                decided_by text[] NOT NULL,
                -- The lease of whoever works on it, by this database's clock.
                claimed_by text,
                claimed_until timestamptz,
                revision bigint NOT NULL DEFAULT 1,
                CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
            ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

            -- The work list; counting it needs nothing else. What a claim changes is not in it, so claims stay heap-only.
            CREATE INDEX verification_case_waiting ON verification_case (lane, waiting_since, submission_id)
                INCLUDE (stage, division)
                WHERE stage IN ('awaitingVerification', 'returnedToCentre');

            -- Who decided what, and when (R87). Rows are only ever added. They are written by the statement that moves the case, so
            -- a foreign key would only make every decision lock its case a second time.
            CREATE TABLE verification_decision (
                submission_id uuid NOT NULL,
                -- The revision of the case this decision made.
                revision bigint NOT NULL,
                round integer NOT NULL,
                pass integer NOT NULL,
                from_stage text COLLATE "C" NOT NULL,
                step text COLLATE "C" NOT NULL,
                reason text COLLATE "C",
                decided_by text NOT NULL,
                decided_at timestamptz NOT NULL,
                PRIMARY KEY (submission_id, revision)
            );
            """)
}
