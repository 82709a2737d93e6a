import FoundationEssentials
import NIOConcurrencyHelpers
import PostgreSQL
import Testing

/// Sixteen tasks commit for as long as asked, while somebody outside restarts, kills or stops the server.
///
/// `POSTGRES_ENDURANCE_SECONDS=30 swift test … --filter Endurance`. Asserts what must hold whatever happens: what was
/// reported committed is there, what was reported failed is not, and nobody waited beyond the bounds.
@Suite(
    .serialized,
    .enabled(if: TestServer.isAvailable && ProcessInfo.processInfo.environment["POSTGRES_ENDURANCE_SECONDS"] != nil))
struct EnduranceTests {
    private struct Tally {
        var committed: Set<Int> = []
        var failed: Set<Int> = []
        var unknown: Set<Int> = []
        var codes: [String: Int] = [:]
        var longest: Duration = .zero
    }

    @Test func whatWasReportedIsWhatHappened() async throws {
        let seconds = ProcessInfo.processInfo.environment["POSTGRES_ENDURANCE_SECONDS"].flatMap(Int.init) ?? 10
        let adjust: (inout PostgresConfiguration) -> Void = {
            $0.poolSize = 8
            $0.statementTimeout = .seconds(2)
            $0.acquireTimeout = .seconds(3)
        }
        try await TestServer.withPool(adjust) { pool in
            try await pool.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
            let tally = NIOLockedValueBox(Tally())
            let end = ContinuousClock.now + .seconds(seconds)
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<16 {
                    group.addTask {
                        var number = task
                        while ContinuousClock.now < end {
                            await Self.insert(number, pool, tally)
                            number += 16
                        }
                    }
                }
            }
            let stored = try await Self.stored(pool)
            let result = tally.withLockedValue { $0 }
            print(
                "committed \(result.committed.count), failed \(result.failed.count), unknown \(result.unknown.count) of which",
                "\(result.unknown.intersection(stored).count) applied; \(result.codes); longest \(result.longest);",
                pool.statistics)
            #expect(result.committed.isSubset(of: stored))
            #expect(result.failed.isDisjoint(with: stored))
            #expect(stored.isSubset(of: result.committed.union(result.unknown)))
            // Waiting for a connection, BEGIN with the statement, COMMIT, each with 2 s of grace.
            #expect(result.longest < .seconds(13))
        }
    }

    private static func insert(_ number: Int, _ pool: PostgresPool, _ tally: NIOLockedValueBox<Tally>) async {
        let start = ContinuousClock.now
        var failure: PostgresError?
        do {
            try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (\(number))")
                try await transaction.execute("SELECT count(*) FROM t WHERE n > \(number)")
            }
        } catch {
            failure = error as? PostgresError
        }
        let time = ContinuousClock.now - start
        tally.withLockedValue { tally in
            tally.longest = max(tally.longest, time)
            switch failure?.code {
            case nil: tally.committed.insert(number)
            case .commitOutcomeUnknown: tally.unknown.insert(number)
            default: tally.failed.insert(number)
            }
            if let failure { tally.codes[failure.metricLabel, default: 0] += 1 }
        }
    }

    /// What is in the table, asked until the server answers.
    private static func stored(_ pool: PostgresPool) async throws -> Set<Int> {
        for _ in 0..<20 {
            guard let result = try? await pool.query("SELECT n FROM t") else { continue }
            return try Set(result.rows.map { try $0.decode(Int.self) })
        }
        throw PostgresError(.connection, "the server did not come back")
    }
}
