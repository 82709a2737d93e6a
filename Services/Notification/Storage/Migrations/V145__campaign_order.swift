import Storage

extension Migration {
    /// The lines of a campaign in the order in which they are led on. All of them are due at the instant it starts: without
    /// the person in the index each list of lines would sort everybody anew.
    static let v145CampaignOrder = Migration(
        version: 145, name: "campaign_order",
        sql: """
            CREATE INDEX campaign_person_order ON campaign_person (campaign_id, due_at, person_id) WHERE state = 'open';
            DROP INDEX campaign_person_due;
            """)
}
