import Storage

extension Migration {
    /// Card orders and the three papers that move them: production batch, parcel, hand-over.
    ///
    /// A card's links to its batch, parcel and hand-over are never removed: they are the custody record (R87).
    /// Names and identity numbers (`holder`) and signatures are sealed by the service before they reach the database.
    static let v100CardCustody = Migration(
        version: 100, name: "card_custody",
        sql: """
            CREATE TABLE production_batch (
                id uuid PRIMARY KEY,
                number bigint NOT NULL UNIQUE CHECK (number > 0),
                card_limit bigint NOT NULL CHECK (card_limit > 0),
                cards bigint NOT NULL CHECK (cards > 0),
                created_at timestamptz NOT NULL,
                created_by text NOT NULL,
                idempotency_key text NOT NULL,
                UNIQUE (created_by, idempotency_key)
            );

            CREATE TABLE parcel (
                tracking_number text PRIMARY KEY,
                expected bigint NOT NULL CHECK (expected > 0),
                posted_at timestamptz NOT NULL,
                posted_by text NOT NULL,
                received_at timestamptz,
                received_by text,
                CHECK ((received_at IS NULL) = (received_by IS NULL))
            );

            CREATE TABLE handover (
                id uuid PRIMARY KEY,
                station text NOT NULL,
                cards bigint NOT NULL CHECK (cards > 0),
                handed_over_at timestamptz NOT NULL,
                handed_over_by text NOT NULL,
                idempotency_key text NOT NULL,
                received_at timestamptz,
                received_by text,
                signed_by bytea,
                due_on date,
                due_provisional boolean,
                calendar_version text,
                UNIQUE (handed_over_by, idempotency_key),
                CHECK (num_nulls(received_at, received_by, signed_by, due_on, due_provisional, calendar_version) IN (0, 6))
            );
            CREATE INDEX handover_of_station ON handover (station, handed_over_at, id);

            CREATE TABLE card_order (
                submission_id uuid PRIMARY KEY,
                person_id uuid NOT NULL,
                round bigint NOT NULL CHECK (round > 0),
                station text NOT NULL,
                card_kind text NOT NULL,
                batch bigint NOT NULL CHECK (batch > 0),
                lane text NOT NULL CHECK (lane IN ('first', 'standard')),
                lane_rank smallint NOT NULL GENERATED ALWAYS AS (CASE lane WHEN 'first' THEN 0 ELSE 1 END) STORED,
                holder bytea NOT NULL,
                filed_at timestamptz NOT NULL,
                ordered_at timestamptz NOT NULL,
                stage text NOT NULL CHECK (stage IN
                    ('ordered', 'inProduction', 'inTransit', 'atCentre', 'onWayToStation', 'atStation', 'delivered')),
                stage_since timestamptz NOT NULL,
                production_batch uuid REFERENCES production_batch,
                position bigint,
                tracking_number text REFERENCES parcel,
                handover uuid REFERENCES handover,
                due_on date,
                delivered_on date,
                delivered_by text,
                delivery_mode text,
                delivery_received_by bytea,
                CHECK ((production_batch IS NULL) = (stage = 'ordered')),
                CHECK ((production_batch IS NULL) = (position IS NULL)),
                CHECK ((tracking_number IS NULL) = (stage IN ('ordered', 'inProduction'))),
                CHECK ((handover IS NULL) = (stage IN ('ordered', 'inProduction', 'inTransit', 'atCentre'))),
                CHECK ((due_on IS NULL) = (stage NOT IN ('atStation', 'delivered'))),
                CHECK (num_nulls(delivered_on, delivered_by, delivery_mode, delivery_received_by)
                    = CASE stage WHEN 'delivered' THEN 0 ELSE 4 END)
            );
            CREATE INDEX card_order_in_turn ON card_order (stage, lane_rank, batch, filed_at, submission_id);
            CREATE INDEX card_order_of_station ON card_order (station, stage);
            CREATE UNIQUE INDEX card_order_position ON card_order (production_batch, position)
                WHERE production_batch IS NOT NULL;
            CREATE INDEX card_order_of_parcel ON card_order (tracking_number) WHERE tracking_number IS NOT NULL;
            CREATE INDEX card_order_of_handover ON card_order (handover) WHERE handover IS NOT NULL;
            """)
}
