import Storage

extension Migration {
    /// What is said to people, on which number, and what became of it.
    ///
    /// A phone number is stored only as a keyed digest beside the sealed contact: enough to see that people share one, and that
    /// its owner wants nothing more.
    static let v120Messages = Migration(
        version: 120, name: "messages",
        sql: """
            ALTER TABLE contact_point
                ADD COLUMN born_year integer,
                ADD COLUMN silenced_at timestamptz,
                ADD COLUMN silenced_why text;

            CREATE TABLE contact_number (
                person_id uuid NOT NULL,
                digest bytea NOT NULL,
                -- Where it stands in the sealed contact: the person's own first, then those of their relatives.
                place integer NOT NULL,
                owner text NOT NULL CHECK (owner IN ('own', 'related')),
                is_mobile boolean NOT NULL,
                status text NOT NULL DEFAULT 'ok'
                    CHECK (status IN ('ok', 'invalid', 'suspended', 'blocked', 'wrongPerson')),
                status_at timestamptz,
                PRIMARY KEY (person_id, digest)
            );
            CREATE INDEX contact_number_shared ON contact_number (digest, person_id);

            CREATE TABLE template (
                purpose text NOT NULL,
                version integer NOT NULL,
                body text NOT NULL,
                saved_by text NOT NULL,
                saved_at timestamptz NOT NULL,
                PRIMARY KEY (purpose, version)
            );

            CREATE TABLE message (
                id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                purpose text NOT NULL,
                -- 'message' or 'call': a call is handed to staff when its time comes.
                means text NOT NULL CHECK (means IN ('message', 'call')),
                step text NOT NULL,
                -- What it speaks of, and at which version: what has changed since is never said.
                subject uuid NOT NULL,
                subject_version integer NOT NULL,
                reason text,
                tell_by date,
                state text NOT NULL,
                rank integer NOT NULL,
                not_before timestamptz NOT NULL,
                not_after timestamptz NOT NULL,
                -- When it is looked at next.
                due_at timestamptz NOT NULL,
                planned_at timestamptz NOT NULL,
                is_urgent boolean NOT NULL,
                digest bytea,
                provider text,
                reference text,
                template_version integer,
                parts integer,
                -- The message that says this one too, where people share a phone.
                carried_by uuid,
                submitted_at timestamptz,
                final_at timestamptz,
                failure text,
                UNIQUE (subject, subject_version, purpose, step, person_id)
            );
            CREATE INDEX message_due ON message (due_at) WHERE state = 'planned' AND NOT is_urgent;
            CREATE INDEX message_due_urgent ON message (due_at) WHERE state = 'planned' AND is_urgent;
            CREATE INDEX message_open ON message (submitted_at) WHERE state IN ('submitting', 'unknown', 'accepted', 'buffered');
            CREATE INDEX message_of_subject ON message (subject) WHERE state = 'planned';
            CREATE INDEX message_of_person ON message (person_id, planned_at);
            CREATE INDEX message_of_number ON message (digest, submitted_at) WHERE digest IS NOT NULL;
            CREATE INDEX message_carried ON message (carried_by) WHERE carried_by IS NOT NULL;

            CREATE TABLE message_event (
                message_id uuid NOT NULL,
                kind text NOT NULL,
                code text NOT NULL,
                occurred_at timestamptz NOT NULL,
                received_at timestamptz NOT NULL,
                PRIMARY KEY (message_id, kind, code, occurred_at)
            );
            -- Receipts for what nobody here has sent are kept and counted, never refused: the provider would repeat them for ever.
            CREATE TABLE stray_receipt (
                provider text NOT NULL,
                reference text NOT NULL,
                kind text NOT NULL,
                received_at timestamptz NOT NULL,
                times integer NOT NULL DEFAULT 1,
                PRIMARY KEY (provider, reference, kind)
            );

            CREATE TABLE suppression (
                digest bytea NOT NULL,
                scope text NOT NULL CHECK (scope IN ('outreach', 'all')),
                since timestamptz NOT NULL,
                by text NOT NULL,
                reason text NOT NULL,
                PRIMARY KEY (digest, scope)
            );

            CREATE TABLE reply (
                id uuid PRIMARY KEY,
                provider text NOT NULL,
                reference text NOT NULL,
                digest bytea NOT NULL,
                -- Number and text, sealed.
                content bytea NOT NULL,
                meaning text NOT NULL,
                outcome text NOT NULL,
                received_at timestamptz NOT NULL,
                UNIQUE (provider, reference)
            );
            CREATE INDEX reply_of_number ON reply (digest, received_at);

            ALTER TABLE appointment
                ADD COLUMN coming_at timestamptz,
                ADD COLUMN before_starts_at timestamptz;

            CREATE TABLE call_task (
                id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                -- Which office works on it: the station that keeps the person's file.
                station text NOT NULL,
                reason text NOT NULL,
                purpose text NOT NULL,
                subject uuid NOT NULL,
                subject_version integer NOT NULL,
                -- 0 first: an unconfirmed appointment tomorrow, a promised call back, a change to tell, everything else.
                urgency integer NOT NULL,
                -- 'unreached': everything was tried; 'expired': its time was over; 'void': what it was about is no longer so.
                state text NOT NULL CHECK (state IN ('open', 'done', 'unreached', 'expired', 'void')),
                opened_at timestamptz NOT NULL,
                -- Not to be called before.
                due_at timestamptz NOT NULL,
                -- From here on it is pointless.
                not_after timestamptz NOT NULL,
                -- When somebody promised to call back, to the minute.
                promised_at timestamptz,
                attempts integer NOT NULL DEFAULT 0,
                -- In vain, on the set of numbers below; another set is tried anew.
                unreached integer NOT NULL DEFAULT 0,
                number_set bytea,
                -- The next attempt is in another part of the day.
                last_band text,
                claimed_by text,
                claimed_until timestamptz,
                version integer NOT NULL DEFAULT 1,
                outcome text,
                -- Made in the call; known to be theirs once `appointment` has it.
                booked uuid,
                -- Why it was opened by hand, sealed.
                note bytea,
                closed_at timestamptz,
                closed_by text,
                UNIQUE (subject, subject_version, purpose, reason, person_id)
            );
            CREATE INDEX call_task_open ON call_task (station, urgency, due_at) WHERE state = 'open';
            CREATE INDEX call_task_of_person ON call_task (person_id);
            CREATE INDEX call_task_of_subject ON call_task (subject) WHERE state = 'open';
            CREATE INDEX call_task_ends ON call_task (not_after) WHERE state = 'open';
            CREATE INDEX call_task_held ON call_task (claimed_by) WHERE state = 'open' AND claimed_by IS NOT NULL;

            CREATE TABLE call_attempt (
                id uuid PRIMARY KEY,
                task uuid NOT NULL REFERENCES call_task,
                number integer NOT NULL,
                digest bytea,
                began_at timestamptz NOT NULL,
                outcome text NOT NULL,
                promised_at timestamptz,
                booked uuid,
                -- Sealed.
                note bytea,
                by text NOT NULL
            );
            CREATE INDEX call_attempt_of_task ON call_attempt (task, number);
            """)
}
