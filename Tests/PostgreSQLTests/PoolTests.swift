import Logging
import PostgreSQL
import ServiceLifecycle
import Testing

@Suite(.enabled(if: TestServer.isAvailable), .timeLimit(.minutes(2)))
struct PoolTests {
    @Test func aPoolOpensNoMoreThanItMayAndServesEverybody() async throws {
        try await TestServer.withPool {
            $0.poolSize = 3
        } _: { pool in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask { try await pool.query("SELECT \(number)").first?.decode(Int.self) ?? -1 }
                }
                let sum = try await group.reduce(0, +)
                #expect(sum == 199 * 100)
            }
            let statistics = pool.statistics
            #expect(statistics.opened <= 3)
            #expect(statistics.leased == 0)
            #expect(statistics.waiting == 0)
            #expect(statistics.isConnected)
        }
    }

    @Test func whoWaitsTooLongIsTold() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
            $0.acquireTimeout = .seconds(2)
        } _: { pool in
            try await pool.withTransaction { transaction in
                try await transaction.execute("SELECT 1")
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
                #expect(error?.code == .timeout)
                #expect(error?.isConnectionLoss == false)
            }
            #expect(pool.statistics.refused == 1)
            #expect(try await pool.query("SELECT 1").rows.count == 1)
        }
    }

    @Test func aWaiterWhoseTaskIsCancelledLeavesTheQueue() async throws {
        try await TestServer.withPool {
            $0.poolSize = 1
        } _: { pool in
            try await pool.withTransaction { transaction in
                try await transaction.execute("SELECT 1")
                await withTaskGroup(of: PostgresError.Code?.self) { group in
                    group.addTask {
                        do throws(PostgresError) { _ = try await pool.query("SELECT 1") } catch { return error.code }
                        return nil
                    }
                    while pool.statistics.waiting == 0 { await Task.yield() }
                    group.cancelAll()
                    #expect(await group.next() == .cancelled)
                }
                #expect(pool.statistics.waiting == 0)
            }
        }
    }

    @Test func aPoolNeverRunRefusesInTime() async throws {
        guard var configuration = TestServer.administrator else { return }
        configuration.acquireTimeout = .milliseconds(50)
        let pool = PostgresPool(configuration: configuration, logger: TestServer.logger)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(error?.code == .poolClosed)
    }

    @Test func gracefulShutdownWaitsForTheWorkAtHandAndRefusesMore() async throws {
        guard let configuration = TestServer.administrator else { return }
        let pool = PostgresPool(configuration: configuration, logger: TestServer.logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: pool)], logger: TestServer.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await pool.withTransaction { transaction in
                try await transaction.execute("SELECT 1")
                await group.triggerGracefulShutdown()
                var refused: PostgresError.Code?
                while refused == nil {
                    do throws(PostgresError) { _ = try await pool.query("SELECT 1") } catch { refused = error.code }
                }
                #expect(refused == .poolClosed)
                // The work at hand goes on to its end.
                try await transaction.execute("SELECT pg_sleep(0.1)")
            }
            try await tasks.waitForAll()
        }
        #expect(pool.statistics.leased == 0)
        #expect(pool.statistics.idle == 0)
    }

    @Test func theDrainIsBounded() async throws {
        guard var configuration = TestServer.administrator else { return }
        configuration.drainTimeout = .milliseconds(100)
        let pool = PostgresPool(configuration: configuration, logger: TestServer.logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: pool)], logger: TestServer.logger))
        let running = Task { try await group.run() }
        try await pool.withTransaction { transaction in
            try await transaction.execute("SELECT 1")
            await group.triggerGracefulShutdown()
            try await running.value
        }
        #expect(pool.statistics.leased == 0)
    }
}
