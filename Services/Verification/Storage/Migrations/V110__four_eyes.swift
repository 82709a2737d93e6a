import Storage

extension Migration {
    static let v110FourEyes = Migration(
        version: 110, name: "four eyes",
        sql: """
            -- Who passed it at the station, here and above: nobody passes one submission at two levels. Opaque ids.
            ALTER TABLE verification_case
                ADD COLUMN checked_by text[] NOT NULL DEFAULT '{}',
                ADD COLUMN passed_by text[] NOT NULL DEFAULT '{}',
                ADD COLUMN passed_above text[] NOT NULL DEFAULT '{}',
                -- What was written with the last return: sealed for this service, as it arrived.
                ADD COLUMN last_note text;
            ALTER TABLE verification_decision ADD COLUMN note text;

            -- Of the cases that are here already the first decider was the station; who passed here stands in the decisions.
            UPDATE verification_case AS c SET
                checked_by = c.decided_by[1:1],
                passed_by = ARRAY(SELECT DISTINCT d.decided_by FROM verification_decision d
                                  WHERE d.submission_id = c.submission_id AND d.step = 'verificationPassed');
            """)
}
