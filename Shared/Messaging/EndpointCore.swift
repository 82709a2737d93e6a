import Contracts
import Logging
import PostgreSQL

/// What the parts of an endpoint share.
struct EndpointCore: Sendable {
    let service: ServiceName
    let pool: PostgresPool
    let signal: WakeSignal
    let faults: FaultPlan
    let metrics: MessagingMetrics
    let logger: Logger

    /// One transaction whose messages commit with it; afterwards the relay is woken.
    func transaction<T: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> T) async throws -> T {
        let (value, emitted) = try await self.pool.withTransaction { sql in
            let work = UnitOfWork(sql: sql, producer: self.service)
            let value = try await body(work)
            try await work.flush()
            return (value, work.emittedCount)
        }
        if emitted > 0 { self.signal.wake() }
        return value
    }
}
