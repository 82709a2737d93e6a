import Contracts
import Logging
import PostgreSQL

/// What the parts of an endpoint share.
struct EndpointCore: Sendable {
    let service: ServiceName
    let pool: PostgresPool
    let handOff: OutboxHandOff
    let signal: WakeSignal
    let faults: FaultPlan
    let metrics: MessagingMetrics
    let logger: Logger

    /// One transaction whose messages commit with it; afterwards they are handed to the relay.
    ///
    /// - Parameter written: The step of ``FaultPlan`` that is reached when all is done but the last round trip.
    func transaction<T: Sendable>(
        until written: CrashPoint? = nil, _ body: @Sendable (UnitOfWork) async throws -> T
    ) async throws -> T {
        let (value, messages) = try await self.pool.withPipelinedCommit { sql in
            let work = UnitOfWork(sql: sql, producer: self.service)
            let value = try await body(work)
            if let written { self.faults.reached(written) }
            return (
                last: work.last + (work.closing().map { [$0] } ?? []),
                finish: { results in (value, work.committed(results.last)) }
            )
        }
        if !messages.isEmpty {
            self.handOff.offer(messages)
            self.signal.wake()
        }
        return value
    }
}
