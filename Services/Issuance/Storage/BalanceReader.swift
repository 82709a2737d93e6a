import FoundationEssentials
import PostgreSQL

/// What came into each hand and what went out, by the papers; and what is there, by the cards. Read as of one instant.
struct BalanceReader: Sendable {
    let pool: PostgresPool

    struct Count: Sendable {
        let hand: String
        let cameIn: Int
        let wentOut: Int
        let there: Int
    }

    /// - Parameter hand: Only this one; nil for all.
    func counts(of hand: String?) async throws -> [Count] {
        let rows = try await self.pool.query(
            """
            WITH paper AS (
                SELECT 'centre' AS hand, expected AS came, 0::bigint AS went FROM parcel WHERE received_at IS NOT NULL
                UNION ALL
                SELECT 'centre', 0, cards FROM handover WHERE taken_back_at IS NULL
                UNION ALL
                SELECT station, cards, 0 FROM handover WHERE received_at IS NOT NULL
                UNION ALL
                SELECT coalesce(station, from_level), 0, cards FROM transfer WHERE received_at IS NOT NULL
                UNION ALL
                SELECT to_level, cards, 0 FROM transfer WHERE received_at IS NOT NULL
                UNION ALL
                SELECT hand, count(*) FILTER (WHERE change > 0), count(*) FILTER (WHERE change < 0)
                FROM card_event WHERE hand IS NOT NULL GROUP BY hand
                UNION ALL
                SELECT station, 0, count(*) FROM card_order WHERE delivered_on IS NOT NULL GROUP BY station
                UNION ALL
                SELECT station, 0, count(*) FROM past_card WHERE delivered_on IS NOT NULL GROUP BY station
            ), card AS (
                SELECT CASE coalesce(revoked_from, stage)
                        WHEN 'atCentre' THEN 'centre' WHEN 'backAtCentre' THEN 'centre' WHEN 'atStation' THEN station
                        WHEN 'backAtCity' THEN 'city' WHEN 'backAtProvince' THEN 'province' END AS hand
                FROM card_order
            ), summed AS (
                SELECT hand, sum(came)::bigint AS came, sum(went)::bigint AS went FROM paper GROUP BY hand
            ), counted AS (
                SELECT hand, count(*) AS there FROM card WHERE hand IS NOT NULL GROUP BY hand
            )
            SELECT hand, coalesce(came, 0), coalesce(went, 0), coalesce(there, 0)
            FROM summed FULL JOIN counted USING (hand)
            WHERE \(hand)::text IS NULL OR hand = \(hand)::text
            ORDER BY hand
            """
        ).rows
        return try rows.map { row in
            let (hand, came, went, there) = try row.decode(String.self, Int.self, Int.self, Int.self)
            return Count(hand: hand, cameIn: came, wentOut: went, there: there)
        }
    }
}
