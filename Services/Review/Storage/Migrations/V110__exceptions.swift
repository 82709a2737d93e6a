import Storage

extension Migration {
    static let v110Exceptions = Migration(
        version: 110, name: "exceptions",
        sql: """
            ALTER TABLE review_case
                DROP CONSTRAINT review_case_stage_check,
                ADD CONSTRAINT review_case_stage_check CHECK (stage IN (
                    'awaitingInitialReview', 'returnedToCentre', 'awaitingAudit', 'returnedToBureau', 'awaitingFiling',
                    'awaitingBankCheck', 'awaitingRuling', 'refused', 'discontinued', 'ordered')),
                -- What was written with the last return: sealed for this service.
                ADD COLUMN last_note text,
                -- Who passed it below, here, and who recorded what was decided above. Opaque ids.
                ADD COLUMN passed_below text[] NOT NULL DEFAULT '{}',
                ADD COLUMN passed_by text[] NOT NULL DEFAULT '{}',
                ADD COLUMN recorded_by text[] NOT NULL DEFAULT '{}',
                -- Where it goes on when the province clears it (N21).
                ADD COLUMN suspended_from text COLLATE "C",
                -- What holds an ordered card back (N21, N32).
                ADD COLUMN hold text COLLATE "C" CHECK (hold IN ('paused', 'revoked')),
                ADD COLUMN hold_since timestamptz,
                -- The province ruled against an earlier submission of this person.
                ADD COLUMN reapplies boolean NOT NULL DEFAULT false,
                ADD COLUMN ruled_against boolean NOT NULL DEFAULT false,
                ADD CHECK ((stage = 'awaitingRuling') = (suspended_from IS NOT NULL)),
                ADD CHECK ((hold IS NULL) = (hold_since IS NULL)),
                ADD CHECK (hold IS NULL OR stage = 'ordered');

            -- What is here already: until now decided_by held everybody; who is not among the deciders here was below.
            UPDATE review_case AS c SET
                passed_by = ARRAY(SELECT DISTINCT d.decided_by FROM review_decision d
                    WHERE d.submission_id = c.submission_id AND d.level = 'bureau' AND d.outcome = 'pass'),
                recorded_by = ARRAY(SELECT DISTINCT d.decided_by FROM review_decision d
                    WHERE d.submission_id = c.submission_id AND d.level <> 'bureau' AND d.outcome = 'pass'),
                passed_below = ARRAY(SELECT who FROM unnest(c.decided_by) AS b(who)
                    WHERE NOT EXISTS (SELECT FROM review_decision d
                        WHERE d.submission_id = c.submission_id AND d.decided_by = b.who));

            DROP INDEX review_case_above;
            CREATE INDEX review_case_above ON review_case (stage, lane, waiting_since, submission_id)
                INCLUDE (division, due_on)
                WHERE stage IN ('awaitingAudit', 'awaitingFiling', 'awaitingBankCheck', 'awaitingRuling');
            -- Few rows; asked once for every submission that comes in.
            CREATE INDEX review_case_ruled_against ON review_case (person_id) WHERE ruled_against;

            ALTER TABLE review_decision
                DROP CONSTRAINT review_decision_level_check,
                ADD CONSTRAINT review_decision_level_check CHECK (level IN ('bureau', 'city', 'province', 'bank')),
                DROP CONSTRAINT review_decision_outcome_check,
                ADD CONSTRAINT review_decision_outcome_check CHECK (outcome IN (
                    'pass', 'return', 'refuse', 'suspend', 'clear', 'ruleAgainst', 'withdraw', 'reopen')),
                -- Sealed: which of the grounds of N20, N21 and N32 it was stands nowhere in the clear.
                ADD COLUMN ground bytea,
                ADD COLUMN note text;

            -- Rows of lists that say something else than what is recorded, until somebody of the bureau settles them.
            CREATE TABLE review_contradiction (
                id uuid PRIMARY KEY,
                submission_id uuid NOT NULL REFERENCES review_case,
                division text COLLATE "C" NOT NULL,
                station text COLLATE "C" NOT NULL,
                level text COLLATE "C" NOT NULL CHECK (level IN ('city', 'province', 'bank')),
                round integer NOT NULL,
                recorded text COLLATE "C" NOT NULL,
                recorded_reason text COLLATE "C",
                outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('pass', 'return', 'refuse')),
                reason text COLLATE "C",
                ground bytea,
                note text,
                decided_at timestamptz NOT NULL,
                reported_at timestamptz NOT NULL,
                reported_by text NOT NULL,
                settled_as text COLLATE "C" CHECK (settled_as IN ('recordedStands', 'rowStands')),
                settled_at timestamptz,
                settled_by text,
                -- The same row of a list that is sent again.
                UNIQUE NULLS NOT DISTINCT (submission_id, level, round, outcome, reason, decided_at)
            );
            CREATE INDEX review_contradiction_open ON review_contradiction (reported_at, id) WHERE settled_as IS NULL;

            -- 重点核查 (R99–R102): what was left over, investigated one by one. It may lie with any service, so there is no
            -- foreign key to the cases of this one.
            CREATE TABLE docket_entry (
                submission_id uuid PRIMARY KEY,
                division text COLLATE "C" NOT NULL,
                station text COLLATE "C" NOT NULL,
                stage text COLLATE "C" NOT NULL,
                owner text COLLATE "C" NOT NULL,
                problem text COLLATE "C" NOT NULL CHECK (problem IN ('returned', 'overdue', 'contradictory', 'suspended')),
                round integer NOT NULL,
                since timestamptz NOT NULL,
                due_on date,
                last_reason text COLLATE "C",
                state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'solved', 'hardCase')),
                listed_at timestamptz NOT NULL,
                listed_by text NOT NULL,
                concluded_at timestamptz,
                concluded_by text,
                revision bigint NOT NULL DEFAULT 1,
                CHECK ((state = 'open') = (concluded_at IS NULL))
            );
            CREATE INDEX docket_entry_order ON docket_entry (state, station, since, submission_id);
            -- Only ever added to. The text is sealed.
            CREATE TABLE docket_finding (
                submission_id uuid NOT NULL REFERENCES docket_entry,
                revision bigint NOT NULL,
                box bytea NOT NULL,
                found_at timestamptz NOT NULL,
                found_by text NOT NULL,
                PRIMARY KEY (submission_id, revision)
            );
            """)
}
