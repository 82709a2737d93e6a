import Contracts
import FoundationEssentials
import PostgreSQL

/// What the run's five databases have done, by PostgreSQL's own counters.
struct DatabaseMeter: Sendable {
    struct Table: Sendable {
        var inserted = 0
        var updated = 0
        var hotUpdated = 0
        var deleted = 0
        var indexes = 0
        /// Average bytes of a row, from a sample; 0 when the table is empty.
        var width = 0.0

        var changed: Int { self.inserted + self.updated + self.deleted }

        static func - (left: Table, right: Table?) -> Table {
            Table(
                inserted: left.inserted - (right?.inserted ?? 0), updated: left.updated - (right?.updated ?? 0),
                hotUpdated: left.hotUpdated - (right?.hotUpdated ?? 0), deleted: left.deleted - (right?.deleted ?? 0),
                indexes: left.indexes, width: left.width)
        }
    }

    struct Reading: Sendable {
        /// By service and table; partitions count as their table.
        var tables: [ServiceName: [String: Table]] = [:]
        var commits: [ServiceName: Int] = [:]
        /// Messages emitted so far, by stream: `intake>verification`.
        var messages: [String: Int] = [:]
        /// Of the whole server: transactions that wrote, and what they put into the write-ahead log.
        var writes = 0
        var walBytes = 0
        var walSyncs = 0
    }

    let pools: [ServiceName: PostgresPool]

    /// A backend hands its counters over after at most ten seconds of rest (PostgreSQL's `PGSTAT_IDLE_INTERVAL`).
    static let settling = Duration.milliseconds(10_500)

    func read(widths: Bool = false) async throws -> Reading {
        var reading = Reading()
        for (service, pool) in self.pools {
            var tables: [String: Table] = [:]
            for row in try await pool.query(
                """
                SELECT relname::text, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del,
                       (SELECT count(*) FROM pg_index i WHERE i.indrelid = s.relid)
                FROM pg_stat_user_tables s
                """
            ).rows {
                let (name, inserted, updated, hot, deleted, indexes) = try row.decode(
                    String.self, Int.self, Int.self, Int.self, Int.self, Int.self)
                var table = tables[Self.parent(name)] ?? Table()
                table.inserted += inserted
                table.updated += updated
                table.hotUpdated += hot
                table.deleted += deleted
                table.indexes = max(table.indexes, indexes)
                tables[Self.parent(name)] = table
            }
            if widths {
                for name in tables.keys where tables[name]?.changed ?? 0 > 0 {
                    let sampled = try await pool.query(
                        "SELECT avg(pg_column_size(t.*))::float8 FROM (SELECT * FROM \(identifier: name) LIMIT 500) t")
                    tables[name]?.width = try sampled.rows[0].decode(Double?.self) ?? 0
                }
            }
            reading.tables[service] = tables
            reading.commits[service] = try await pool.query(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            ).rows[0].decode(Int.self)
            for row in try await pool.query(
                "SELECT destination, sum(number)::bigint FROM stream_head GROUP BY destination"
            ).rows {
                let (destination, number) = try row.decode(String.self, Int.self)
                reading.messages["\(service.rawValue)>\(destination)"] = number
            }
        }
        guard let pool = self.pools.first?.value else { return reading }
        (reading.writes, reading.walBytes, reading.walSyncs) = try await pool.query(
            """
            SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, wal_bytes::bigint, wal_sync FROM pg_stat_wal
            """
        ).rows[0].decode(Int.self, Int.self, Int.self)
        return reading
    }

    /// `emitted_20220510` → `emitted`.
    private static func parent(_ name: String) -> String {
        let suffix = name.suffix(9)
        guard suffix.count == 9, suffix.first == "_", suffix.dropFirst().allSatisfy(\.isNumber) else { return name }
        return String(name.dropLast(9))
    }
}

/// The difference of two readings.
struct DatabaseCost: Sendable {
    let tables: [ServiceName: [String: DatabaseMeter.Table]]
    let commits: Int
    let writes: Int
    let messages: [String: Int]
    let walBytes: Int
    let walSyncs: Int

    init(from start: DatabaseMeter.Reading, to end: DatabaseMeter.Reading) {
        self.tables = Dictionary(
            uniqueKeysWithValues: end.tables.map { service, tables in
                (
                    service,
                    Dictionary(uniqueKeysWithValues: tables.map { ($0, $1 - start.tables[service]?[$0]) })
                        .filter { $0.value.changed > 0 }
                )
            })
        self.commits = end.commits.reduce(0) { $0 + $1.value - (start.commits[$1.key] ?? 0) }
        self.writes = end.writes - start.writes
        self.messages = Dictionary(
            uniqueKeysWithValues: end.messages.map { ($0, $1 - (start.messages[$0] ?? 0)) }
        ).filter { $0.value > 0 }
        self.walBytes = end.walBytes - start.walBytes
        self.walSyncs = end.walSyncs - start.walSyncs
    }

    var allTables: [DatabaseMeter.Table] { self.tables.values.flatMap(\.values) }
    var inserted: Int { self.allTables.reduce(0) { $0 + $1.inserted } }
    var updated: Int { self.allTables.reduce(0) { $0 + $1.updated } }
    var hotUpdated: Int { self.allTables.reduce(0) { $0 + $1.hotUpdated } }
    var deleted: Int { self.allTables.reduce(0) { $0 + $1.deleted } }
    var messageCount: Int { self.messages.values.reduce(0, +) }
}
