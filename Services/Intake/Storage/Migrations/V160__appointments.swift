import Storage

extension Migration {
    /// Capacity as the offices publish it, the seats that come of it, and who has taken them (R115–R120).
    static let appointments = Migration(
        version: 160, name: "appointments",
        sql: """
            CREATE TABLE station_capacity (
                station text NOT NULL,
                version integer NOT NULL,
                valid_from date NOT NULL,
                content jsonb NOT NULL,
                published_at timestamptz NOT NULL,
                published_by text NOT NULL,
                PRIMARY KEY (station, version)
            );

            CREATE TABLE capacity_exception (
                id uuid PRIMARY KEY,
                station text NOT NULL,
                day date NOT NULL,
                content jsonb NOT NULL,
                made_at timestamptz NOT NULL,
                made_by text NOT NULL
            );
            CREATE INDEX capacity_exception_day ON capacity_exception (station, day);

            CREATE TABLE collective_session (
                id uuid PRIMARY KEY,
                station text NOT NULL,
                day date NOT NULL,
                content jsonb NOT NULL,
                made_at timestamptz NOT NULL,
                made_by text NOT NULL
            );
            CREATE INDEX collective_session_day ON collective_session (station, day);

            -- Derived from the three above; laid out again, it comes out the same.
            CREATE TABLE slot (
                id text PRIMARY KEY,
                station text NOT NULL,
                kind text NOT NULL,
                day date NOT NULL,
                starts_at timestamptz NOT NULL,
                minutes integer NOT NULL
            );
            CREATE INDEX slot_day ON slot (station, day);

            -- A station's day: when it was laid out, the numbers it has given, when its account was made.
            CREATE TABLE station_day (
                station text NOT NULL,
                day date NOT NULL,
                laid_out_at timestamptz,
                next_number integer NOT NULL DEFAULT 1,
                closed_at timestamptz,
                closed_by text,
                PRIMARY KEY (station, day)
            );

            CREATE TABLE appointment (
                id uuid PRIMARY KEY,
                number bigint GENERATED ALWAYS AS IDENTITY,
                division text NOT NULL,
                station text NOT NULL,
                person uuid REFERENCES person,
                purpose text NOT NULL,
                kind text NOT NULL,
                channel text NOT NULL,
                slot text REFERENCES slot,
                seat integer,
                starts_at timestamptz,
                minutes integer,
                day date NOT NULL,
                state text NOT NULL,
                version integer NOT NULL DEFAULT 1,
                held_until timestamptz,
                -- Sealed: who asked for it, when it was not the person.
                asked_by bytea,
                booked_by text NOT NULL,
                created_at timestamptz NOT NULL,
                changed_at timestamptz NOT NULL,
                queue_number integer,
                arrived_at timestamptz,
                calls smallint NOT NULL DEFAULT 0,
                served_at timestamptz,
                must_come_again boolean,
                orphaned_at timestamptz,
                told text,
                told_at timestamptz,
                told_by text,
                waiting_entry uuid,
                CHECK ((seat IS NULL) OR (slot IS NOT NULL))
            );
            CREATE UNIQUE INDEX appointment_number ON appointment (number);
            -- One live appointment per person and purpose, whatever any cache believes.
            CREATE UNIQUE INDEX appointment_live ON appointment (person, purpose)
                WHERE state IN ('held', 'confirmed', 'orphaned', 'checkedIn', 'called', 'serving');
            -- And one per seat.
            CREATE UNIQUE INDEX appointment_seat ON appointment (slot, seat)
                WHERE seat IS NOT NULL AND state IN ('held', 'confirmed', 'checkedIn', 'called', 'serving', 'done');
            CREATE INDEX appointment_day ON appointment (station, day);
            CREATE INDEX appointment_person ON appointment (person);
            CREATE INDEX appointment_held ON appointment (held_until) WHERE state = 'held';
            CREATE INDEX appointment_orphaned ON appointment (station, day) WHERE state = 'orphaned';
            CREATE INDEX appointment_untold ON appointment (station, day) WHERE orphaned_at IS NOT NULL AND told_at IS NULL;

            CREATE TABLE appointment_step (
                appointment uuid NOT NULL REFERENCES appointment,
                version integer NOT NULL,
                step text NOT NULL,
                slot text,
                at timestamptz NOT NULL,
                by text NOT NULL,
                PRIMARY KEY (appointment, version)
            );

            -- free_at: a seat given back becomes free only after a while (against trading with seats).
            CREATE TABLE seat (
                slot text NOT NULL REFERENCES slot,
                number integer NOT NULL,
                pool text NOT NULL,
                appointment uuid,
                free_at timestamptz NOT NULL DEFAULT '-infinity',
                PRIMARY KEY (slot, number)
            );
            CREATE INDEX seat_free ON seat (slot, pool, number) WHERE appointment IS NULL;

            -- Which count of seats outside this database is the present one. A single row.
            CREATE TABLE slot_epoch (
                only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
                epoch bigint NOT NULL,
                run_id text NOT NULL,
                changed_at timestamptz NOT NULL DEFAULT now()
            );
            INSERT INTO slot_epoch (epoch, run_id) VALUES (1, '');

            CREATE TABLE waiting_entry (
                id uuid PRIMARY KEY,
                division text NOT NULL,
                station text NOT NULL,
                person uuid NOT NULL REFERENCES person,
                purpose text NOT NULL,
                kind text NOT NULL,
                from_day date NOT NULL,
                through_day date NOT NULL,
                state text NOT NULL DEFAULT 'waiting',
                offers integer NOT NULL DEFAULT 0,
                offered_on date,
                offer uuid REFERENCES appointment,
                by_phone boolean NOT NULL,
                entered_at timestamptz NOT NULL,
                entered_by text NOT NULL
            );
            CREATE UNIQUE INDEX waiting_entry_live ON waiting_entry (person, purpose) WHERE state IN ('waiting', 'offered');
            CREATE INDEX waiting_entry_next ON waiting_entry (station, kind, entered_at) WHERE state = 'waiting';
            """)
}
