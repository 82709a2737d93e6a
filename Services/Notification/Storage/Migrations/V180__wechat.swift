import Storage

extension Migration {
    /// Who wants to hear of what through WeChat too, and the copies that went there.
    static let v180WeChat = Migration(
        version: 180, name: "wechat",
        sql: """
            CREATE TABLE wechat_user (
                person_id uuid PRIMARY KEY,
                -- Tells one account from another without showing it.
                digest bytea NOT NULL,
                -- Who they are in the mini-program, sealed.
                name bytea NOT NULL,
                since timestamptz NOT NULL
            );
            CREATE TABLE wechat_subscription (
                person_id uuid NOT NULL REFERENCES wechat_user ON DELETE CASCADE,
                purpose text NOT NULL,
                -- Messages their taps still allow; null where they allowed all until they say no.
                remaining integer CHECK (remaining >= 0),
                PRIMARY KEY (person_id, purpose)
            );
            -- Of a message that goes its own way; says nothing about whether that was heard.
            CREATE TABLE wechat_copy (
                message_id uuid PRIMARY KEY REFERENCES message,
                state text NOT NULL CHECK (state IN ('planned', 'submitting', 'accepted', 'refused', 'nobody', 'rejected',
                    'unknown', 'expired', 'cancelled')),
                due_at timestamptz NOT NULL,
                not_after timestamptz NOT NULL,
                submitted_at timestamptz,
                -- What WeChat said.
                code text
            );
            CREATE INDEX wechat_copy_open ON wechat_copy (due_at) WHERE state IN ('planned', 'submitting');
            """)
}
