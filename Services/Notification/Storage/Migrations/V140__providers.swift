import Storage

extension Migration {
    /// Several providers: who has refused a message, and when its own is asked what became of it.
    static let v140Providers = Migration(
        version: 140, name: "providers",
        sql: """
            ALTER TABLE message
                -- Providers that did not take it and never will.
                ADD COLUMN refused_by text[] NOT NULL DEFAULT '{}',
                -- When its provider is asked next, and how often it was.
                ADD COLUMN ask_at timestamptz,
                ADD COLUMN asked integer NOT NULL DEFAULT 0;
            UPDATE message SET ask_at = submitted_at
            WHERE state IN ('submitting', 'unknown', 'accepted', 'buffered') AND carried_by IS NULL;
            CREATE INDEX message_ask ON message (ask_at)
                WHERE state IN ('unknown', 'accepted', 'buffered') AND ask_at IS NOT NULL;
            -- Rows come in the order of their time: this one costs next to nothing.
            CREATE INDEX message_event_age ON message_event USING brin (received_at);
            """)
}
