import Storage

extension Migration {
    /// Messages are found by what a provider calls them, however many there are.
    static let v200Receipts = Migration(
        version: 200, name: "receipts",
        sql: """
            CREATE INDEX message_of_reference ON message (provider, reference) WHERE reference IS NOT NULL;
            """)
}
