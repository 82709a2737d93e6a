import Storage

extension Migration {
    /// Outbox, inbox, cursors and what waits; the same in every service's database.
    package static let messaging: [Migration] = [
        Migration(
            version: 1, name: "messaging",
            sql: """
                -- Producer side. One counter per destination and subject; its row lock makes number order equal commit order.
                CREATE TABLE stream_head (
                    destination text NOT NULL,
                    subject uuid NOT NULL,
                    number bigint NOT NULL,
                    message_id uuid NOT NULL,
                    PRIMARY KEY (destination, subject)
                ) WITH (fillfactor = 70);

                -- Every message, written once and kept at least seven days: a lost queue is refilled from here.
                CREATE TABLE emitted (
                    id uuid NOT NULL,
                    destination text NOT NULL,
                    lane text NOT NULL,
                    type text NOT NULL,
                    subject uuid NOT NULL,
                    number bigint NOT NULL,
                    correlation uuid NOT NULL,
                    causation uuid,
                    traceparent text,
                    body text NOT NULL,
                    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    day date NOT NULL DEFAULT current_date
                ) PARTITION BY RANGE (day);
                CREATE INDEX emitted_subject ON emitted (subject, destination, number);

                -- What the broker has not confirmed yet; the message itself stands in emitted.
                -- not_before: the process that wrote it publishes it from memory, and others only what it left behind.
                CREATE TABLE outbox (
                    id uuid PRIMARY KEY,
                    destination text NOT NULL,
                    subject uuid NOT NULL,
                    number bigint NOT NULL,
                    day date NOT NULL DEFAULT current_date,
                    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    not_before timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 second',
                    attempts integer NOT NULL DEFAULT 0,
                    error text
                ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                        autovacuum_vacuum_cost_delay = 0);

                -- Consumer side. The cursor is the lasting protection against doubles, the inbox the first one.
                CREATE TABLE stream_cursor (
                    stream text NOT NULL,
                    subject uuid NOT NULL,
                    applied bigint NOT NULL DEFAULT 0,
                    message_id uuid,
                    PRIMARY KEY (stream, subject)
                ) WITH (fillfactor = 70);

                -- A database belongs to one consumer, so (consumer, message_id) is message_id here.
                CREATE TABLE inbox (
                    message_id uuid NOT NULL,
                    day date NOT NULL DEFAULT current_date,
                    PRIMARY KEY (message_id, day)
                ) PARTITION BY RANGE (day);

                -- Early arrivals (held), what is tried again later (deferred), what needs a person (parked), and the mark of
                -- what a person gave up (skipped), until the cursor has passed it.
                -- stream is null for what could not even be recognised as ours.
                CREATE TABLE waiting (
                    id uuid PRIMARY KEY,
                    state text NOT NULL CHECK (state IN ('held', 'deferred', 'parked', 'skipped')),
                    stream text,
                    subject uuid,
                    number bigint,
                    type text,
                    lane text,
                    producer text,
                    sent_at timestamptz,
                    correlation uuid,
                    causation uuid,
                    traceparent text,
                    body bytea NOT NULL,
                    attempts integer NOT NULL DEFAULT 0,
                    failures integer NOT NULL DEFAULT 0,
                    due_at timestamptz,
                    cause text,
                    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    CHECK ((stream IS NULL) = (number IS NULL)),
                    UNIQUE (stream, subject, number)
                );
                CREATE INDEX waiting_due ON waiting (due_at) WHERE state = 'deferred';
                CREATE INDEX waiting_held ON waiting (stream, subject, number) WHERE state IN ('held', 'skipped');

                -- Deliveries that were given out several times without a verdict: perhaps they crash the process.
                CREATE TABLE suspect (
                    message_id uuid PRIMARY KEY,
                    attempts integer NOT NULL
                );

                -- Who replayed or discarded what, and why. A discard is also the mark that explains a skipped number.
                CREATE TABLE parked_action (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    message_id uuid NOT NULL,
                    action text NOT NULL CHECK (action IN ('replay', 'discard')),
                    stream text,
                    subject uuid,
                    number bigint,
                    type text,
                    cause text,
                    actor text NOT NULL,
                    reason text NOT NULL,
                    at timestamptz NOT NULL DEFAULT clock_timestamp()
                );
                """)
    ]
}
