import Storage

extension Migration {
    /// Calls and letters have words of their own; a batch of letters is printed again in the words it had.
    static let v190TemplateChannels = Migration(
        version: 190, name: "template_channels",
        sql: """
            ALTER TABLE template ADD COLUMN channel text NOT NULL DEFAULT 'message'
                CHECK (channel IN ('message', 'call', 'letter'));
            ALTER TABLE template DROP CONSTRAINT template_pkey;
            ALTER TABLE template ADD PRIMARY KEY (purpose, channel, version);
            -- Version of the letter's words; 0 for the standard ones.
            ALTER TABLE letter_batch ADD COLUMN words integer NOT NULL DEFAULT 0;
            """)
}
