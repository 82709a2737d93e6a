import Contracts
import FoundationEssentials
import HTTPCalls
import Logging
import PostgreSQL
import UnixSignals

/// A run with its processes up and its databases open, for as long as a closure takes.
struct RunSession: Sendable {
    let run: Run
    let fleet: Fleet
    let pools: [ServiceName: PostgresPool]

    /// Migrates, starts the processes, waits until each says it is ready, runs `body`, and stops the processes.
    ///
    /// SIGINT and SIGTERM end `body` by cancellation; the processes are then stopped as well.
    static func with<T: Sendable>(
        _ run: Run, instances: Int = 1, more: [ServiceName: Int] = [:],
        firstStart: [Fleet.Member: [String: String]] = [:],
        _ body: @escaping @Sendable (RunSession) async throws -> T
    ) async throws -> T {
        let fleet = Fleet(run: run, instances: instances, more: more, firstStart: firstStart)
        try await fleet.migrate()
        var logger = Logger(label: "youdai")
        logger.logLevel = .critical
        var pools: [ServiceName: PostgresPool] = [:]
        for service in ServiceName.allCases { pools[service] = run.pool(service, logger: logger) }
        let session = RunSession(run: run, fleet: fleet, pools: pools)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            for pool in pools.values {
                group.addTask {
                    try await pool.run()
                    return nil
                }
            }
            group.addTask {
                try await fleet.run()
                return nil
            }
            group.addTask {
                for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    throw OperationsError("stopped by \(signal)")
                }
                return nil
            }
            group.addTask {
                try await session.waitUntilReady()
                return try await body(session)
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let value = finished { return value }
            }
            throw CancellationError()
        }
    }

    func waitUntilReady(_ patience: Duration = .seconds(60)) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in self.fleet.members {
                let service = member.service
                let port = self.run.port(service, instance: member.instance)
                group.addTask {
                    let caller = HTTPCaller(host: "127.0.0.1", port: port, connections: 1, timeout: .seconds(5))
                    let deadline = ContinuousClock.now + patience
                    while true {
                        let reply = try? await caller.call("GET", "/health/ready", headers: [], body: [])
                        if reply?.status == 200 { break }
                        guard ContinuousClock.now < deadline else {
                            await caller.shutdown()
                            throw OperationsError(
                                "\(service.rawValue) is not ready after \(patience); see the logs in \(self.run.directory)."
                            )
                        }
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    await caller.shutdown()
                }
            }
            try await group.waitForAll()
        }
    }
}
