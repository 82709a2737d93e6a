import Contracts
import FoundationEssentials
import NIOConcurrencyHelpers
import PostgreSQL
import Storage

/// The run's transactions and rows, as plain as they can be: one table with as many indexes and rows as wide, one more for
/// the photos, one statement of each kind in a transaction.
///
/// What the services' statements do beyond that (joins, windows, conflicts, checks) is theirs and not the database's, so it
/// is left out, and so is how many statements they use. The rows are spread evenly over the transactions.
struct DatabaseCeiling: Sendable {
    let run: Run
    let shape: RunShape

    /// Five services with pools of eight.
    private static let connections = 40

    /// What one transaction does on average.
    private struct Plan: Sendable {
        let writes: Double
        let reads: Double
        let inserts: Double
        let hotUpdates: Double
        let otherUpdates: Double
        let deletes: Double
        let width: Int
        let extraIndexes: Int

        init(_ shape: RunShape) {
            let database = shape.database
            let count = Double(shape.count)
            let rows = database.tables.values.flatMap { $0 }.filter { $0.key != "material" }
            let inserted = Double(rows.reduce(0) { $0 + $1.value.inserted })
            // Rows of a table that is empty when it is looked at, like the outbox's, are short.
            func width(_ table: DatabaseMeter.Table) -> Double { table.width == 0 ? 100 : table.width }
            self.writes = Double(database.writes) / count
            // Every writing transaction reads first; by themselves only lists are read. What the services read besides, such
            // as looking whether there is anything to do, is theirs.
            self.reads =
                [WorkLog.Act.stationList, .superiorList].reduce(0.0) { $0 + Double(shape.log[$1]?.calls ?? 0) } / count
            self.inserts = inserted / count
            self.hotUpdates = Double(database.hotUpdated) / count
            self.otherUpdates = Double(database.updated - database.hotUpdated) / count
            self.deletes = Double(database.deleted) / count
            let bytes = rows.reduce(0.0) { $0 + width($1.value) * Double($1.value.inserted) }
            // Less header, two ids and the state.
            self.width = max(8, Int(bytes / max(1, inserted)) - 70)
            let indexes = rows.reduce(0.0) { $0 + Double($1.value.indexes * $1.value.inserted) } / max(1, inserted)
            self.extraIndexes = max(0, Int(indexes.rounded()) - 1)
        }
    }

    func measure() async throws -> CeilingPart {
        let plan = Plan(self.shape)
        return try await ScratchPool.with(self.run, connections: Self.connections + 2) { pool in
            try await self.prepare(pool, plan)
            let processes = try await ProcessMeter(run: self.run, processes: [:], pool: pool)
            // Connections are opened as they are needed; that is not what is measured.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.connections { group.addTask { try await pool.execute("SELECT pg_sleep(0.2)") } }
                try await group.waitForAll()
            }
            try await pool.execute("CHECKPOINT")
            let wal = try await Self.wal(pool)
            let before = try await processes.read()
            try await self.replay(plan, pool)
            let after = try await processes.read()
            let written = try await Self.wal(pool) - wal
            try await pool.execute("DROP TABLE bench_replay, bench_photo")
            return CeilingPart(
                name: "Database",
                work:
                    "\(Numbers.fixed(plan.writes, 2)) writing and \(Numbers.fixed(plan.reads, 2)) reading transactions, \(Numbers.fixed(plan.inserts + 1, 1)) rows in, \(Numbers.fixed(plan.hotUpdates + plan.otherUpdates, 1)) changed, \(Numbers.fixed(plan.deletes, 1)) out, \(Numbers.fixed(Double(written) / Double(self.shape.sample) / 1000, 1)) kB of log",
                submissions: self.shape.sample, cost: ProcessCost(from: before, to: after))
        }
    }

    private func prepare(_ pool: PostgresPool, _ plan: Plan) async throws {
        try await pool.execute("DROP TABLE IF EXISTS bench_replay, bench_photo")
        try await pool.execute(
            """
            CREATE TABLE bench_replay (id uuid PRIMARY KEY, subject uuid NOT NULL, state bigint NOT NULL, body text NOT NULL)
            WITH (fillfactor = 85)
            """)
        // An update of `state` is heap-only exactly if no index has it.
        for index in 0..<plan.extraIndexes {
            try await pool.execute("CREATE INDEX \(identifier: "bench_replay_\(index)") ON bench_replay (subject, id)")
        }
        try await pool.execute("CREATE TABLE bench_photo (id uuid PRIMARY KEY, sealed bytea NOT NULL)")
        try await pool.execute("ALTER TABLE bench_photo ALTER COLUMN sealed SET STORAGE EXTERNAL")
    }

    private static func wal(_ pool: PostgresPool) async throws -> Int {
        try await pool.query("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint").rows[0].decode(Int.self)
    }

    private func replay(_ plan: Plan, _ pool: PostgresPool) async throws {
        let transactions = Int((plan.writes * Double(self.shape.sample)).rounded())
        let next = NIOLockedValueBox(0)
        let photo = [UInt8](repeating: 0x5a, count: self.shape.photoBytes + 28)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.connections {
                group.addTask {
                    var replayer = Replayer(plan: plan, photo: photo)
                    while true {
                        let index = next.withLockedValue { next in
                            defer { next += 1 }
                            return next
                        }
                        guard index < transactions else { return }
                        try await replayer.transaction(index, pool)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One connection's part.
    private struct Replayer {
        let plan: Plan
        let photo: [UInt8]
        let body: String
        /// Rows of its own, oldest first: nobody waits for another's lock.
        private var rows: [UUID] = []

        init(plan: Plan, photo: [UInt8]) {
            self.plan = plan
            self.photo = photo
            self.body = String(repeating: "x", count: plan.width)
        }

        mutating func transaction(_ index: Int, _ pool: PostgresPool) async throws {
            let made = (0..<self.owed(self.plan.inserts, index)).map { _ in UUIDv7.generate() }
            let gone = Array(self.rows.prefix(self.owed(self.plan.deletes, index)))
            self.rows.removeFirst(gone.count)
            let heapOnly = Array(self.rows.suffix(self.owed(self.plan.hotUpdates, index)))
            let others = Array(self.rows.suffix(self.owed(self.plan.otherUpdates, index)))
            let subject = made.first ?? UUIDv7.generate()
            var statements: [SQL] = []
            if !made.isEmpty {
                statements.append(
                    """
                    INSERT INTO bench_replay (id, subject, state, body)
                    SELECT id, \(subject)::uuid, 0, \(self.body)::text FROM unnest(\(made)::uuid[]) AS m(id)
                    """)
            }
            if self.owed(1, index) > 0 {
                statements.append("INSERT INTO bench_photo (id, sealed) VALUES (\(UUIDv7.generate()), \(self.photo))")
            }
            if !heapOnly.isEmpty {
                statements.append("UPDATE bench_replay SET state = state + 1 WHERE id = ANY(\(heapOnly)::uuid[])")
            }
            if !others.isEmpty {
                statements.append(
                    "UPDATE bench_replay SET subject = \(subject)::uuid WHERE id = ANY(\(others)::uuid[])")
            }
            if !gone.isEmpty { statements.append("DELETE FROM bench_replay WHERE id = ANY(\(gone)::uuid[])") }
            let looked = self.rows.last ?? subject
            let batch = statements
            try await pool.withTransaction { sql in
                // Every decision reads before it writes.
                _ = try await sql.query("SELECT state, body FROM bench_replay WHERE id = \(looked)")
                try await sql.batch(batch)
            }
            self.rows += made
            for _ in 0..<self.owed(self.plan.reads, index) {
                _ = try await pool.query("SELECT state, body FROM bench_replay WHERE id = \(looked)")
            }
        }

        /// How much of something that happens so often per submission falls to this transaction.
        private func owed(_ perSubmission: Double, _ index: Int) -> Int {
            let each = perSubmission / self.plan.writes
            return Int(Double(index + 1) * each) - Int(Double(index) * each)
        }
    }
}
