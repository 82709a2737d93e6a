import Storage

extension Migration {
    static let v100Cases = Migration(
        version: 100, name: "cases",
        sql: """
            -- One row per submission that was ever verified. Stages are the codes of SubmissionStage.
            CREATE TABLE review_case (
                submission_id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                round integer NOT NULL CHECK (round >= 1),
                pass integer NOT NULL CHECK (pass >= 1),
                division text COLLATE "C" NOT NULL,
                station text COLLATE "C" NOT NULL,
                card_kind text COLLATE "C" NOT NULL,
                batch integer NOT NULL,
                -- 'first' sorts before 'standard': key persons come first (R20).
                lane text COLLATE "C" NOT NULL CHECK (lane IN ('first', 'standard')),
                stage text COLLATE "C" NOT NULL CHECK (stage IN (
                    'awaitingInitialReview', 'returnedToCentre', 'awaitingAudit', 'returnedToBureau', 'awaitingFiling',
                    'refused', 'ordered')),
                -- The applicant exactly as received: sealed for this service.
                applicant_key text NOT NULL,
                applicant_box text NOT NULL,
                -- JSON array of id, kind and SHA-256; the materials themselves stay with intake.
                materials text NOT NULL,
                forms_signed boolean NOT NULL,
                -- Programme time.
                waiting_since timestamptz NOT NULL,
                -- The limit that runs now and what it was computed from, so that a newer calendar can compute it again.
                due_on date,
                due_event date,
                due_working_days integer,
                due_provisional boolean,
                due_calendar text,
                last_reason text COLLATE "C",
                -- Opaque ids of everyone who decided, at every level.
                decided_by text[] NOT NULL,
                -- The lease of whoever works on it, by this database's clock.
                claimed_by text,
                claimed_until timestamptz,
                revision bigint NOT NULL DEFAULT 1,
                CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
                CHECK (num_nulls(due_on, due_event, due_working_days, due_provisional, due_calendar) IN (0, 5))
            ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

            -- The work lists; counting them needs nothing else. What a claim changes is not in them, so claims stay
            -- heap-only.
            CREATE INDEX review_case_at_bureau ON review_case (lane, waiting_since, submission_id)
                INCLUDE (stage, division, due_on)
                WHERE stage IN ('awaitingInitialReview', 'returnedToBureau');
            CREATE INDEX review_case_above ON review_case (stage, lane, waiting_since, submission_id)
                INCLUDE (division, due_on)
                WHERE stage IN ('awaitingAudit', 'awaitingFiling');

            -- Who decided what, and when (R87). Rows are only ever added. They are written by the statement that moves the case, so
            -- a foreign key would only make every decision lock its case a second time.
            CREATE TABLE review_decision (
                submission_id uuid NOT NULL,
                -- The revision of the case this decision made.
                revision bigint NOT NULL,
                round integer NOT NULL,
                pass integer NOT NULL,
                division text COLLATE "C" NOT NULL,
                level text COLLATE "C" NOT NULL CHECK (level IN ('bureau', 'city', 'province')),
                outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('pass', 'return', 'refuse')),
                reason text COLLATE "C",
                -- The decider at the bureau; for city and province whoever recorded it.
                decided_by text NOT NULL,
                decided_at timestamptz NOT NULL,
                recorded_at timestamptz NOT NULL,
                -- The duty this decision ended, its last day, and whether it was kept.
                duty text COLLATE "C" CHECK (duty IN ('initialReview', 'auditAndFiling')),
                due_on date,
                decided_on date NOT NULL,
                kept boolean,
                PRIMARY KEY (submission_id, revision),
                CHECK (num_nulls(duty, due_on, kept) IN (0, 3))
            );
            -- Rows arrive in the order of their days, so a few pages answer any period.
            CREATE INDEX review_decision_days ON review_decision USING brin (decided_on) WITH (autosummarize = on);

            -- What a newer calendar did to limits that were running.
            CREATE TABLE review_due_change (
                submission_id uuid NOT NULL REFERENCES review_case,
                calendar text NOT NULL,
                earlier_calendar text NOT NULL,
                earlier_due_on date NOT NULL,
                due_on date NOT NULL,
                changed_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (submission_id, calendar, changed_at)
            );
            """)
}
