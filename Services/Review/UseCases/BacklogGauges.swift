import CardProgramme
import FoundationEssentials
import PostgreSQL
import ServiceRuntime

/// How many submissions wait in each stage, how long the oldest has, and how many are past their day.
struct BacklogGauges: Sendable {
    let pool: PostgresPool
    let clock: ProgrammeClock

    func register(in metrics: MetricsRegistry) {
        self.register(
            "review_waiting", help: "Submissions waiting for the bureau, the city, the province or the bank.",
            in: metrics
        ) {
            backlog, _ in Double(backlog?.count ?? 0)
        }
        self.register(
            "review_oldest_waiting_seconds", help: "Programme time the longest waiting submission has waited.",
            in: metrics
        ) { backlog, now in
            backlog.map { max(0, now.timeIntervalSince($0.oldest)) } ?? 0
        }
        self.register("review_overdue", help: "Submissions waiting past the last day of their limit.", in: metrics) {
            backlog, _ in Double(backlog?.overdue ?? 0)
        }
    }

    private func register(
        _ name: String, help: String, in metrics: MetricsRegistry,
        value: @escaping @Sendable (Backlog?, Date) -> Double
    ) {
        metrics.observeFamily(name, help: help) {
            let now = self.clock.now()
            let found = try await self.pool.withTransaction { sql in
                try await CaseStore(sql: sql).backlog(today: CalendarDay(now))
            }
            let backlog = Dictionary(found.map { ($0.stage, $0) }) { first, _ in first }
            return (ReviewCase.bureauStages + ReviewCase.stagesAbove).map { stage in
                (["stage": stage.rawValue], value(backlog[stage], now))
            }
        }
    }
}
