import FoundationEssentials
import PostgreSQL
import Testing

/// Prints what the client manages; asserts nothing about it. `POSTGRES_THROUGHPUT=1 swift test … --filter Throughput`.
@Suite(
    .serialized,
    .enabled(if: TestServer.isAvailable && ProcessInfo.processInfo.environment["POSTGRES_THROUGHPUT"] != nil))
struct ThroughputTests {
    @Test func oneConnectionAloneAndEightTogether() async throws {
        try await TestServer.withPool {
            $0.poolSize = 8
        } _: { pool in
            try await pool.execute("CREATE TABLE thing (id bigint PRIMARY KEY, note text)")
            for tasks in [1, 8, 64] {
                try await Self.measure("select by pool, \(tasks) tasks", tasks: tasks) { number in
                    _ = try await pool.query("SELECT \(number)::bigint, 'note'")
                }
            }
            try await pool.withConnection { connection in
                let start = ContinuousClock.now
                for number in 0..<10_000 { _ = try await connection.query("SELECT \(number)::bigint, 'note'") }
                Self.report("select on one connection", 10_000, start)
                let batchStart = ContinuousClock.now
                for number in 0..<500 {
                    _ = try await connection.batch((0..<100).map { "SELECT \(number + $0)::bigint, 'note'" })
                }
                Self.report("select in batches of 100", 50_000, batchStart)
            }
            for tasks in [1, 8, 64] {
                try await Self.measure("insert in a transaction, \(tasks) tasks", tasks: tasks, total: 8_000) {
                    number in
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.execute("INSERT INTO thing VALUES (\(number), 'note')")
                    }
                }
                try await pool.execute("TRUNCATE thing")
            }
            let start = ContinuousClock.now
            for round in 0..<100 {
                let numbers = Array(round * 1000..<(round + 1) * 1000)
                try await pool.execute("INSERT INTO thing SELECT n, 'note' FROM unnest(\(numbers)) AS n")
            }
            Self.report("rows inserted through unnest of 1000", 100_000, start)
            let readStart = ContinuousClock.now
            let rows = try await pool.query("SELECT id, note FROM thing").rows
            var sum = 0
            for row in rows { sum += try row.decode(Int.self, String.self).0 }
            Self.report("rows read and decoded", rows.count, readStart)
            #expect(sum > 0)
        }
    }

    private static func measure(
        _ name: String, tasks: Int, total: Int = 20_000, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for number in stride(from: task, to: total, by: tasks) { try await body(number) }
                }
            }
            try await group.waitForAll()
        }
        Self.report(name, total, start)
    }

    private static func report(_ name: String, _ count: Int, _ start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        let elapsed = Double(seconds) + Double(attoseconds) / 1e18
        print("\(name): \(Int(Double(count) / elapsed)) a second")
    }
}
