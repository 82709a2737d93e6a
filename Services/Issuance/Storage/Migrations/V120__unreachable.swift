import Storage

extension Migration {
    /// Since when nobody can tell a holder that the card is here, as the voice says (N25).
    static let v120Unreachable = Migration(
        version: 120, name: "unreachable",
        sql: """
            ALTER TABLE card_order ADD COLUMN unreachable_at timestamptz;
            """)
}
