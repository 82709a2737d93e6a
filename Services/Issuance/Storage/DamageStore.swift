import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Reports of refused parcels and the tracing of their cards, inside the caller's transaction (R92, R93).
struct DamageWriter {
    let sql: PostgresTransaction

    /// Writes the report, its first state, and one line for each card that is traced from now on.
    func write(
        _ trackingNumber: String, _ inspection: ParcelInspection, _ damage: [ParcelDamage], note: [UInt8]?,
        cards: [CardInCustody], by subject: String, at now: Date
    ) async throws {
        try await self.sql.batch([
            """
            INSERT INTO damage_report (tracking_number, damage, counted, envelope_intact, cards_intact, note, state)
            VALUES (\(trackingNumber), \(damage.map(\.rawValue).joined(separator: ",")), \(inspection.count),
                \(inspection.envelopeIntact), \(inspection.cardsIntact), \(note)::bytea, 'written')
            """,
            """
            INSERT INTO damage_step (tracking_number, state, at, by) VALUES (\(trackingNumber), 'written', \(now), \(subject))
            """,
            """
            INSERT INTO traced_card (tracking_number, submission_id, copy)
            SELECT \(trackingNumber)::text, submission_id, copy
            FROM unnest(\(cards.map(\.submissionID))::uuid[], \(cards.map(\.copy))::bigint[]) AS card (submission_id, copy)
            """,
        ])
    }

    /// The report's state and its sealed answer, the report locked; nil when the parcel has none.
    func lock(_ trackingNumber: String) async throws -> (state: DamageReportState, answer: [UInt8]?)? {
        try await self.sql.query(
            "SELECT state, answer FROM damage_report WHERE tracking_number = \(trackingNumber) FOR UPDATE"
        ).rows.first.map { row in
            let (state, answer) = try row.decode(String.self, [UInt8]?.self)
            return (try StoredText.value(state), answer)
        }
    }

    func advance(
        _ trackingNumber: String, to state: DamageReportState, answer: [UInt8]?, by subject: String, at now: Date
    ) async throws {
        try await self.sql.batch([
            """
            UPDATE damage_report SET state = \(state.rawValue), answer = \(answer)::bytea
            WHERE tracking_number = \(trackingNumber)
            """,
            """
            INSERT INTO damage_step (tracking_number, state, at, by)
            VALUES (\(trackingNumber), \(state.rawValue), \(now), \(subject))
            """,
        ])
    }

    /// How far the reports of these parcels have come.
    func states(_ trackingNumbers: Set<String>) async throws -> [String: DamageReportState] {
        var states: [String: DamageReportState] = [:]
        for row in try await self.sql.query(
            """
            SELECT tracking_number, state FROM damage_report
            WHERE tracking_number = ANY(\(trackingNumbers.sorted())::text[])
            """
        ).rows {
            let (number, state) = try row.decode(String.self, String.self)
            states[number] = try StoredText.value(state)
        }
        return states
    }

    /// Closes the tracing of cards; those that belong to no refused parcel have no line here.
    ///
    /// - Parameter reasons: Sealed, one for each card.
    func settle(
        _ cards: [CardInCustody], _ outcome: TraceOutcome, reasons: [[UInt8]], by subject: String, at now: Date
    ) async throws {
        try await self.sql.execute(
            """
            UPDATE traced_card SET outcome = \(outcome.rawValue), reason = settled.reason, settled_at = \(now),
                settled_by = \(subject)
            FROM unnest(\(cards.map(\.submissionID))::uuid[], \(reasons)::bytea[]) AS settled (submission_id, reason)
            WHERE traced_card.submission_id = settled.submission_id AND traced_card.outcome IS NULL
            """)
    }
}

/// Photographs inside the caller's transaction.
struct PhotoWriter {
    let sql: PostgresTransaction

    /// What a photograph shows.
    enum Subject: Sendable {
        case parcel(String)
        case card(UUID, copy: Int)

        var condition: SQL {
            switch self {
            case .parcel(let number): "tracking_number = \(number)"
            case .card(let submission, let copy): "submission_id = \(submission) AND copy = \(copy)"
            }
        }
    }

    /// The photographs there are, oldest first.
    func photos(of subject: Subject) async throws -> [(id: UUID, sha256: String)] {
        try await self.sql.query("SELECT id, sha256 FROM photo WHERE \(subject.condition) ORDER BY id").rows.map {
            row in
            let (id, sha256) = try row.decode(UUID.self, String.self)
            return (id, sha256)
        }
    }

    func insert(
        _ photo: PhotoContent, id: UUID, of subject: Subject, sealed: [UInt8], by clerk: String, at now: Date
    ) async throws {
        var parcel: String?
        var submission: UUID?
        var copy: Int?
        switch subject {
        case .parcel(let number): parcel = number
        case .card(let id, let number): (submission, copy) = (id, number)
        }
        try await self.sql.execute(
            """
            INSERT INTO photo (id, tracking_number, submission_id, copy, media_type, sha256, size, sealed, stored_at, stored_by)
            VALUES (\(id), \(parcel)::text, \(submission)::uuid, \(copy)::bigint, \(photo.type.rawValue), \(photo.sha256),
                \(photo.bytes.count), \(sealed), \(now), \(clerk))
            """)
    }
}

/// Reads parcels, damage reports and their photographs.
struct DamageReader: Sendable {
    let pool: PostgresPool

    struct Report: Sendable {
        let damage: [ParcelDamage]
        let expected: Int
        let counted: Int
        /// Sealed.
        let note: [UInt8]?
        let state: DamageReportState
        /// Sealed.
        let answer: [UInt8]?
        let steps: [(state: DamageReportState, at: Date, by: String)]
        let photos: [(id: UUID, sha256: String)]
        /// Reasons are sealed.
        let cards: [(submission: UUID, station: String, outcome: TraceOutcome?, reason: [UInt8]?)]
    }

    struct Parcel: Sendable {
        let trackingNumber: String
        let expected: Int
        let isReceived: Bool
        let damage: [ParcelDamage]?
        let report: DamageReportState?
    }

    /// One page of parcels, the last posted first.
    func parcels(refused: Bool?, limit: Int, offset: Int) async throws -> ([Parcel], total: Int) {
        let condition: SQL =
            refused.map { $0 ? " WHERE state IS NOT NULL" : " WHERE state IS NULL" } ?? ""
        let tables: SQL = " FROM parcel LEFT JOIN damage_report USING (tracking_number)"
        let total = try await self.pool.query("SELECT count(*)\(tables)\(condition)").rows.first?.decode(Int.self) ?? 0
        let rows = try await self.pool.query(
            """
            SELECT tracking_number, expected, received_at IS NOT NULL, damage, state\(tables)\(condition)
            ORDER BY posted_at DESC, tracking_number LIMIT \(limit) OFFSET \(offset)
            """
        ).rows
        return (
            try rows.map { row in
                let (number, expected, received, damage, state) = try row.decode(
                    String.self, Int.self, Bool.self, String?.self, String?.self)
                return Parcel(
                    trackingNumber: number, expected: expected, isReceived: received,
                    damage: try damage.map(Self.kinds), report: try state.map { try StoredText.value($0) })
            }, total
        )
    }

    /// How many reports wait for the province's answer.
    func openReports() async throws -> Int {
        try await self.pool.query("SELECT count(*) FROM damage_report WHERE state <> 'answered'").rows.first?.decode(
            Int.self) ?? 0
    }

    func report(_ trackingNumber: String) async throws -> Report? {
        let found = try await self.pool.query(
            """
            SELECT damage, expected, counted, note, state, answer FROM damage_report JOIN parcel USING (tracking_number)
            WHERE tracking_number = \(trackingNumber)
            """
        ).rows.first
        guard let found else { return nil }
        let (damage, expected, counted, note, state, answer) = try found.decode(
            String.self, Int.self, Int.self, [UInt8]?.self, String.self, [UInt8]?.self)
        let steps = try await self.pool.query(
            "SELECT state, at, by FROM damage_step WHERE tracking_number = \(trackingNumber) ORDER BY at, state"
        ).rows.map { row in
            let (state, at, by) = try row.decode(String.self, Date.self, String.self)
            return (state: try StoredText.value(state) as DamageReportState, at: at, by: by)
        }
        let cards = try await self.pool.query(
            """
            SELECT submission_id, station, outcome, reason FROM traced_card JOIN card_order USING (submission_id)
            WHERE traced_card.tracking_number = \(trackingNumber) ORDER BY submission_id
            """
        ).rows.map { row in
            let (submission, station, outcome, reason) = try row.decode(
                UUID.self, String.self, String?.self, [UInt8]?.self)
            return (
                submission: submission, station: station,
                outcome: try outcome.map { try StoredText.value($0) as TraceOutcome }, reason: reason
            )
        }
        return Report(
            damage: try Self.kinds(damage), expected: expected, counted: counted, note: note,
            state: try StoredText.value(state), answer: answer,
            steps: DamageReportState.allCases.compactMap { state in steps.first { $0.state == state } },
            photos: try await self.photos(of: trackingNumber), cards: cards)
    }

    func photos(of trackingNumber: String) async throws -> [(id: UUID, sha256: String)] {
        try await self.pool.query(
            "SELECT id, sha256 FROM photo WHERE tracking_number = \(trackingNumber) ORDER BY id"
        ).rows.map { row in
            let (id, sha256) = try row.decode(UUID.self, String.self)
            return (id: id, sha256: sha256)
        }
    }

    /// A photograph of a parcel, sealed.
    func photo(_ id: UUID, of trackingNumber: String) async throws -> (type: String, sha256: String, sealed: [UInt8])? {
        try await self.pool.query(
            """
            SELECT media_type, sha256, sealed FROM photo WHERE id = \(id) AND tracking_number = \(trackingNumber)
            """
        ).rows.first.map { row in
            let (type, sha256, sealed) = try row.decode(String.self, String.self, [UInt8].self)
            return (type, sha256, sealed)
        }
    }

    private static func kinds(_ text: String) throws -> [ParcelDamage] {
        try text.split(separator: ",").map { try StoredText.value(String($0)) }
    }
}
