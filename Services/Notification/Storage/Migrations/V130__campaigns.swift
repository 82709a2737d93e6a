import Storage

extension Migration {
    /// Outreach: one row for each person of a campaign, and what was tried for them.
    static let v130Campaigns = Migration(
        version: 130, name: "campaigns",
        sql: """
            ALTER TABLE contact_point
                ADD COLUMN resident_division text,
                ADD COLUMN has_address boolean NOT NULL DEFAULT false,
                -- How long the name is in UTF-16 units: what a message to them costs is counted without opening anything.
                ADD COLUMN name_units integer;

            -- Whose numbers a call is to: everybody's, the person's own, those of relatives.
            ALTER TABLE call_task ADD COLUMN whose text NOT NULL DEFAULT 'any' CHECK (whose IN ('any', 'own', 'related'));

            CREATE TABLE campaign (
                id uuid PRIMARY KEY,
                version integer NOT NULL DEFAULT 1,
                title text NOT NULL,
                state text NOT NULL,
                rule jsonb NOT NULL,
                ladder jsonb NOT NULL,
                messages_per_hour integer NOT NULL,
                calls_per_day integer NOT NULL,
                part_price integer,
                created_by text NOT NULL,
                created_at timestamptz NOT NULL,
                -- The denominator: how many people were frozen, and how many were added since.
                drawn bigint,
                added bigint NOT NULL DEFAULT 0,
                preview jsonb,
                approved_by text CHECK (approved_by <> created_by),
                approved_at timestamptz,
                paused_at timestamptz,
                closed_by text,
                closed_at timestamptz
            );
            CREATE INDEX campaign_alive ON campaign (state) WHERE state IN ('drawing', 'running');

            CREATE TABLE campaign_person (
                campaign_id uuid NOT NULL REFERENCES campaign,
                person_id uuid NOT NULL,
                state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'ended')),
                -- The step of the ladder, from 0; as many as it has steps: all were tried.
                step integer NOT NULL DEFAULT 0,
                -- 'ready': the step is to be begun; 'waiting': what it does is under way; 'end': all were tried.
                stage text NOT NULL DEFAULT 'ready' CHECK (stage IN ('ready', 'waiting', 'end')),
                -- When it is looked at next; null at the end of the ladder.
                due_at timestamptz,
                -- The day a call was given a place on.
                call_at timestamptz,
                added_why text,
                added_by text,
                outcome text,
                evidence text,
                evidence_id uuid,
                ended_at timestamptz,
                ended_by text,
                signed_by text,
                signed_at timestamptz,
                PRIMARY KEY (campaign_id, person_id),
                CHECK ((state = 'ended') = (outcome IS NOT NULL AND evidence IS NOT NULL AND evidence_id IS NOT NULL
                    AND ended_at IS NOT NULL AND ended_by IS NOT NULL))
            );
            CREATE INDEX campaign_person_due ON campaign_person (campaign_id, due_at) WHERE state = 'open';
            CREATE INDEX campaign_person_of ON campaign_person (person_id) WHERE state = 'open';

            -- Who the rule would have found, and why they are not in it.
            CREATE TABLE campaign_exclusion (
                campaign_id uuid NOT NULL REFERENCES campaign,
                person_id uuid NOT NULL,
                reason text NOT NULL,
                PRIMARY KEY (campaign_id, person_id)
            );

            -- What was tried, step by step.
            CREATE TABLE campaign_step (
                campaign_id uuid NOT NULL,
                person_id uuid NOT NULL,
                step integer NOT NULL,
                means text NOT NULL,
                began_at timestamptz NOT NULL,
                -- `skipped:…`, the state of the message, the end of the call …; null while it is under way.
                result text,
                ended_at timestamptz,
                PRIMARY KEY (campaign_id, person_id, step)
            );

            -- How much of an hour is taken by messages, and of a day by calls.
            CREATE TABLE campaign_slot (
                campaign_id uuid NOT NULL REFERENCES campaign,
                means text NOT NULL CHECK (means IN ('message', 'call')),
                slot timestamptz NOT NULL,
                taken integer NOT NULL,
                PRIMARY KEY (campaign_id, means, slot)
            );

            -- What staff wrote down as evidence; sealed.
            CREATE TABLE campaign_note (
                id uuid PRIMARY KEY,
                campaign_id uuid NOT NULL REFERENCES campaign,
                person_id uuid NOT NULL,
                note bytea NOT NULL,
                by text NOT NULL,
                at timestamptz NOT NULL
            );

            CREATE TABLE letter_batch (
                id uuid PRIMARY KEY,
                campaign_id uuid NOT NULL REFERENCES campaign,
                made_by text NOT NULL,
                made_at timestamptz NOT NULL
            );
            CREATE SEQUENCE letter_number;
            CREATE TABLE letter (
                id uuid PRIMARY KEY,
                -- Printed on it; what comes back is known by it.
                number text NOT NULL UNIQUE,
                campaign_id uuid NOT NULL REFERENCES campaign,
                person_id uuid NOT NULL,
                step integer NOT NULL,
                state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'printed', 'posted', 'ended', 'void')),
                planned_at timestamptz NOT NULL,
                batch uuid REFERENCES letter_batch,
                place integer,
                tracking text UNIQUE,
                posted_at timestamptz,
                result text,
                ended_at timestamptz,
                by text,
                UNIQUE (campaign_id, person_id, step)
            );
            CREATE INDEX letter_planned ON letter (campaign_id, planned_at) WHERE state = 'planned';
            CREATE INDEX letter_of_batch ON letter (batch, place) WHERE batch IS NOT NULL;
            CREATE INDEX letter_of_person ON letter (person_id);

            CREATE TABLE inquiry (
                id uuid PRIMARY KEY,
                campaign_id uuid NOT NULL REFERENCES campaign,
                person_id uuid NOT NULL,
                step integer NOT NULL,
                station text NOT NULL,
                division text,
                state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'void')),
                opened_at timestamptz NOT NULL,
                due_at timestamptz NOT NULL,
                outcome text,
                answered_at timestamptz,
                by text,
                UNIQUE (campaign_id, person_id, step)
            );
            CREATE INDEX inquiry_open ON inquiry (station, opened_at) WHERE state = 'open';
            """)
}
