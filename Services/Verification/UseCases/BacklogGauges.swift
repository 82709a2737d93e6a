import CardProgramme
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// How many submissions wait for the centre, and how long the oldest has, in each stage.
struct BacklogGauges: Sendable {
    let pool: PostgresPool
    let clock: ProgrammeClock

    func register(in metrics: MetricsRegistry) {
        metrics.observeFamily("verification_waiting", help: "Submissions waiting for the centre.") {
            let backlog = try await self.backlog()
            return VerificationCase.waitingStages.map { stage in
                (["stage": stage.rawValue], Double(backlog[stage]?.count ?? 0))
            }
        }
        metrics.observeFamily(
            "verification_oldest_waiting_seconds", help: "Programme time the longest waiting submission has waited."
        ) {
            let now = self.clock.now()
            let backlog = try await self.backlog()
            return VerificationCase.waitingStages.map { stage in
                (["stage": stage.rawValue], backlog[stage].map { max(0, now.timeIntervalSince($0.oldest)) } ?? 0)
            }
        }
    }

    private func backlog() async throws -> [SubmissionStage: Backlog] {
        let found = try await self.pool.withTransaction { sql in try await CaseStore(sql: sql).backlog() }
        return Dictionary(found.map { ($0.stage, $0) }) { first, _ in first }
    }
}
