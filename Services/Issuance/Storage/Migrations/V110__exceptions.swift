import Storage

extension Migration {
    /// Everything beside the straight path: pauses, refused parcels and their reports, cards that are traced, returned
    /// upwards, lost, replaced or void.
    ///
    /// A card keeps its links to parcel and hand-over; where a later step replaces one, the journal has the earlier.
    static let v110Exceptions = Migration(
        version: 110, name: "exceptions",
        sql: """
            -- The rules of V100 know the straight path only. They have no names of their own, so all go and come back.
            DO $$
            DECLARE rule record;
            BEGIN
                FOR rule IN SELECT conname FROM pg_constraint WHERE conrelid = 'card_order'::regclass AND contype = 'c'
                LOOP EXECUTE format('ALTER TABLE card_order DROP CONSTRAINT %I', rule.conname); END LOOP;
            END $$;

            -- Lists of cards on their way up: N25.
            CREATE TABLE transfer (
                id uuid PRIMARY KEY,
                from_level text NOT NULL CHECK (from_level IN ('station', 'centre', 'city')),
                to_level text NOT NULL CHECK (to_level IN ('centre', 'city', 'province')),
                station text,
                cards bigint NOT NULL CHECK (cards > 0),
                sent_at timestamptz NOT NULL,
                sent_by text NOT NULL,
                idempotency_key text NOT NULL,
                received_at timestamptz,
                received_by text,
                signed_by bytea,
                -- By the sender, before the next hand had signed.
                taken_back_at timestamptz,
                taken_back_by text,
                taken_back_reason bytea,
                CHECK (num_nulls(taken_back_at, taken_back_by, taken_back_reason) IN (0, 3)),
                CHECK (taken_back_at IS NULL OR received_at IS NULL),
                UNIQUE (sent_by, idempotency_key),
                CHECK ((station IS NULL) = (from_level <> 'station')),
                CHECK (num_nulls(received_at, received_by, signed_by) IN (0, 3))
            );
            CREATE TABLE transfer_card (
                transfer uuid NOT NULL REFERENCES transfer,
                submission_id uuid NOT NULL,
                copy bigint NOT NULL,
                PRIMARY KEY (transfer, submission_id)
            );

            -- copy: which card of the submission this is. transfer: handed up, not yet signed for; the sender answers for it.
            ALTER TABLE card_order
                ADD COLUMN copy bigint NOT NULL DEFAULT 1 CHECK (copy > 0),
                ADD COLUMN paused boolean NOT NULL DEFAULT false,
                ADD COLUMN revoked_from text,
                ADD COLUMN transfer uuid REFERENCES transfer,
                ADD COLUMN return_on date,
                ADD COLUMN delivery_proof text,
                ADD COLUMN live boolean NOT NULL
                    GENERATED ALWAYS AS (stage NOT IN ('cardWrittenOff', 'cardRevoked', 'cardWithdrawn')) STORED;
            UPDATE card_order SET return_on = ((handover.received_at AT TIME ZONE 'Asia/Shanghai')::date + interval '3 months')::date
            FROM handover WHERE handover.id = card_order.handover AND card_order.due_on IS NOT NULL;
            ALTER TABLE card_order
                ADD CONSTRAINT card_lane CHECK (lane IN ('first', 'standard')),
                ADD CONSTRAINT card_numbers CHECK (round > 0 AND batch > 0),
                ADD CONSTRAINT card_stage CHECK (stage IN
                    ('ordered', 'inProduction', 'produced', 'inTransit', 'atCentre', 'onWayToStation', 'atStation',
                     'delivered', 'parcelRefused', 'cardMissing', 'cardLost', 'reordered', 'backAtCentre', 'backAtCity',
                     'backAtProvince', 'cardWrittenOff', 'cardRevoked', 'cardWithdrawn')),
                ADD CONSTRAINT card_made CHECK (production_batch IS NOT NULL OR stage IN ('ordered', 'reordered', 'cardWithdrawn')),
                ADD CONSTRAINT card_not_made CHECK (production_batch IS NULL OR stage NOT IN ('ordered', 'reordered')),
                ADD CONSTRAINT card_position CHECK ((production_batch IS NULL) = (position IS NULL)),
                ADD CONSTRAINT card_posted CHECK (tracking_number IS NOT NULL
                    OR stage IN ('ordered', 'reordered', 'inProduction', 'produced', 'cardRevoked', 'cardWithdrawn')),
                ADD CONSTRAINT card_not_posted CHECK (tracking_number IS NULL
                    OR stage NOT IN ('ordered', 'reordered', 'inProduction', 'produced')),
                ADD CONSTRAINT card_handed_over CHECK (handover IS NOT NULL OR stage NOT IN
                    ('onWayToStation', 'atStation', 'delivered', 'cardLost', 'backAtCentre', 'backAtCity', 'backAtProvince')),
                ADD CONSTRAINT card_not_handed_over CHECK (handover IS NULL OR stage NOT IN
                    ('ordered', 'reordered', 'inProduction', 'produced', 'inTransit', 'atCentre', 'parcelRefused')),
                ADD CONSTRAINT card_due CHECK ((due_on IS NULL) = (return_on IS NULL)
                    AND (due_on IS NOT NULL OR stage NOT IN ('atStation', 'delivered', 'cardLost'))
                    AND (due_on IS NULL OR stage NOT IN
                        ('ordered', 'reordered', 'inProduction', 'produced', 'inTransit', 'atCentre', 'onWayToStation'))),
                ADD CONSTRAINT card_delivered CHECK (
                    num_nulls(delivered_on, delivered_by, delivery_mode, delivery_received_by) IN (0, 4)
                    AND (delivery_proof IS NULL OR delivered_on IS NOT NULL)
                    AND (delivered_on IS NOT NULL OR stage NOT IN ('delivered', 'cardLost'))
                    AND (delivered_on IS NULL OR stage IN ('delivered', 'cardLost', 'cardRevoked', 'cardWithdrawn'))),
                ADD CONSTRAINT card_revoked CHECK ((revoked_from IS NOT NULL) = (stage = 'cardRevoked')),
                ADD CONSTRAINT card_on_way_up CHECK (transfer IS NULL
                    OR stage IN ('atStation', 'backAtCentre', 'backAtCity', 'cardRevoked'));
            -- One live card per person at any time.
            CREATE UNIQUE INDEX card_one_live ON card_order (person_id) WHERE live;
            CREATE INDEX card_order_to_make ON card_order (lane_rank, batch, filed_at, submission_id)
                WHERE stage IN ('ordered', 'reordered');
            CREATE INDEX card_order_to_return ON card_order (return_on, submission_id) WHERE stage = 'atStation';
            CREATE INDEX card_order_of_transfer ON card_order (transfer) WHERE transfer IS NOT NULL;

            -- What review said last about a submission's card, also before there is one: N21, N32.
            CREATE TABLE submission_hold (
                submission_id uuid PRIMARY KEY,
                state text NOT NULL CHECK (state IN ('free', 'paused', 'revoked')),
                since timestamptz NOT NULL,
                said_by text NOT NULL
            );

            -- Cards that were replaced, as they were when they became void.
            CREATE TABLE past_card (
                submission_id uuid NOT NULL,
                copy bigint NOT NULL,
                station text NOT NULL,
                card_kind text NOT NULL,
                holder bytea NOT NULL,
                production_batch uuid REFERENCES production_batch,
                position bigint,
                due_on date,
                delivered_on date,
                ground text,
                fee text,
                ended_at timestamptz NOT NULL,
                ended_by text NOT NULL,
                -- The old card is with somebody who must hand it in: N27, N29.
                outstanding boolean NOT NULL,
                handed_in_at timestamptz,
                handed_in_by text,
                PRIMARY KEY (submission_id, copy),
                CHECK ((handed_in_at IS NULL) = (handed_in_by IS NULL)),
                CHECK (NOT (outstanding AND handed_in_at IS NOT NULL))
            );
            CREATE INDEX past_card_of_batch ON past_card (production_batch) WHERE production_batch IS NOT NULL;

            -- Every step off the straight path. hand and change: whose count it changes besides the papers that move cards.
            -- request: the call, sealed, so that a repeated one is recognised. reason: sealed.
            CREATE TABLE card_event (
                id uuid PRIMARY KEY,
                submission_id uuid NOT NULL,
                copy bigint NOT NULL,
                step text NOT NULL,
                stage text NOT NULL,
                tracking_number text,
                handover uuid,
                hand text,
                change smallint NOT NULL DEFAULT 0 CHECK (change BETWEEN -1 AND 1),
                reason bytea,
                at timestamptz NOT NULL,
                by text NOT NULL,
                idempotency_key text,
                request bytea,
                UNIQUE (by, idempotency_key, submission_id),
                CHECK ((hand IS NULL) = (change = 0)),
                CHECK ((idempotency_key IS NULL) = (request IS NULL))
            );
            CREATE INDEX card_event_of_card ON card_event (submission_id, id);
            CREATE INDEX card_event_of_parcel ON card_event (tracking_number) WHERE tracking_number IS NOT NULL;
            CREATE INDEX card_event_of_handover ON card_event (handover) WHERE handover IS NOT NULL;
            CREATE INDEX card_event_of_hand ON card_event (hand) WHERE hand IS NOT NULL;

            -- R92, R93: the report of a refused parcel. note and answer are sealed.
            CREATE TABLE damage_report (
                tracking_number text PRIMARY KEY REFERENCES parcel,
                damage text NOT NULL,
                counted bigint NOT NULL CHECK (counted >= 0),
                envelope_intact boolean NOT NULL,
                cards_intact boolean NOT NULL,
                note bytea,
                state text NOT NULL CHECK (state IN ('written', 'reportedToCity', 'reportedToProvince', 'answered')),
                answer bytea,
                CHECK ((answer IS NOT NULL) = (state = 'answered'))
            );
            CREATE TABLE damage_step (
                tracking_number text NOT NULL REFERENCES damage_report,
                state text NOT NULL,
                at timestamptz NOT NULL,
                by text NOT NULL,
                PRIMARY KEY (tracking_number, state)
            );
            CREATE TABLE traced_card (
                tracking_number text NOT NULL REFERENCES damage_report,
                submission_id uuid NOT NULL,
                copy bigint NOT NULL,
                outcome text CHECK (outcome IN ('remade', 'found', 'writtenOff')),
                reason bytea,
                settled_at timestamptz,
                settled_by text,
                PRIMARY KEY (tracking_number, submission_id),
                CHECK (num_nulls(outcome, reason, settled_at, settled_by) IN (0, 4))
            );
            CREATE INDEX traced_card_open ON traced_card (submission_id) WHERE outcome IS NULL;

            -- Photographs of damaged parcels and of deliveries. Sealed bytes do not compress.
            CREATE TABLE photo (
                id uuid PRIMARY KEY,
                tracking_number text REFERENCES parcel,
                submission_id uuid,
                copy bigint,
                media_type text NOT NULL,
                sha256 text NOT NULL,
                size bigint NOT NULL,
                sealed bytea NOT NULL,
                stored_at timestamptz NOT NULL,
                stored_by text NOT NULL,
                UNIQUE (tracking_number, sha256),
                UNIQUE (submission_id, copy, sha256),
                CHECK (num_nulls(tracking_number, submission_id) = 1),
                CHECK ((submission_id IS NULL) = (copy IS NULL))
            );
            ALTER TABLE photo ALTER COLUMN sealed SET STORAGE EXTERNAL;

            -- N26. A temporary report lapses by itself.
            CREATE TABLE temporary_loss (
                submission_id uuid NOT NULL,
                copy bigint NOT NULL,
                reported_at timestamptz NOT NULL,
                lapses_on date NOT NULL,
                reported_by text NOT NULL,
                PRIMARY KEY (submission_id, copy, reported_at)
            );

            -- What moves cards from hand to hand, taken back before it was signed for.
            ALTER TABLE handover
                ADD COLUMN taken_back_at timestamptz,
                ADD COLUMN taken_back_by text,
                ADD CONSTRAINT handover_taken_back CHECK ((taken_back_at IS NULL) = (taken_back_by IS NULL)),
                ADD CONSTRAINT handover_one_end CHECK (taken_back_at IS NULL OR received_at IS NULL);
            """)
}
