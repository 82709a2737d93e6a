import Contracts
import FoundationEssentials
import PostgreSQL

/// When things were recorded, by the clock of the database server, which is this machine's.
///
/// A run's databases are its own, so a measurement may add a column with a default to two of their tables: the services name
/// the columns they write and do not see it. The moment is that of the `INSERT`; its commit follows within milliseconds.
struct Stamps: Sendable {
    let notification: PostgresPool
    let issuance: PostgresPool

    func install() async throws {
        for (pool, table) in [(self.notification, "notice"), (self.issuance, "card_order")] {
            try await pool.execute(
                "ALTER TABLE \(identifier: table) ADD COLUMN IF NOT EXISTS bench_at timestamptz DEFAULT clock_timestamp()"
            )
        }
    }

    /// Card orders at issuance, and of their notices those recorded at notification: the end of the way.
    func finished() async throws -> (ordered: Int, recorded: Int) {
        let ordered = try await self.issuance.query("SELECT count(*) FROM card_order").rows[0].decode(Int.self)
        let recorded = try await self.notification.query(
            "SELECT count(*) FROM notice WHERE purpose = \(NoticePurpose.cardOrdered.rawValue)"
        ).rows[0].decode(Int.self)
        return (ordered, recorded)
    }

    /// First and last moment of each end, seconds since 1970.
    struct Span: Sendable {
        var first: Double
        var last: Double
        var count: Int
    }

    func ordered() async throws -> Span {
        let row = try await self.issuance.query(
            """
            SELECT extract(epoch FROM min(bench_at))::float8, extract(epoch FROM max(bench_at))::float8, count(*)
            FROM card_order
            """
        ).rows[0]
        return try Self.span(row)
    }

    func recorded(_ purpose: NoticePurpose) async throws -> Span {
        let row = try await self.notification.query(
            """
            SELECT extract(epoch FROM min(bench_at))::float8, extract(epoch FROM max(bench_at))::float8, count(*)
            FROM notice WHERE purpose = \(purpose.rawValue)
            """
        ).rows[0]
        return try Self.span(row)
    }

    private static func span(_ row: PostgresRow) throws -> Span {
        let (first, last, count) = try row.decode(Double?.self, Double?.self, Int.self)
        return Span(first: first ?? .nan, last: last ?? .nan, count: count)
    }

    /// When the notice of a purpose was recorded, by submission.
    func moments(_ purpose: NoticePurpose, since: Double) async throws -> [UUID: Double] {
        var moments: [UUID: Double] = [:]
        for row in try await self.notification.query(
            """
            SELECT submission_id, extract(epoch FROM bench_at)::float8 FROM notice
            WHERE purpose = \(purpose.rawValue) AND bench_at >= to_timestamp(\(since))
            """
        ).rows {
            let (submission, moment) = try row.decode(UUID.self, Double.self)
            moments[submission] = moment
        }
        return moments
    }
}
