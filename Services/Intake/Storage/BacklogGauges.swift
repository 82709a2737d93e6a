import CardProgramme
import FoundationEssentials
import ServiceRuntime

/// What waits in each stage and for how long, asked when somebody scrapes.
struct BacklogGauges: Sendable {
    let submissions: SubmissionRepository
    let clock: ProgrammeClock

    func register(in metrics: MetricsRegistry) {
        metrics.observeFamily("intake_submissions", help: "Submissions in each stage, as this service's view has them.")
        {
            try await self.submissions.backlog().map { stage, waiting in
                (labels: ["stage": stage.rawValue], value: Double(waiting.count))
            }
        }
        metrics.observeFamily(
            "intake_oldest_waiting_seconds",
            help: "Programme time in seconds for which the oldest submission has been in each stage that is not final."
        ) {
            let now = self.clock.now()
            return try await self.submissions.backlog().compactMap { stage, waiting in
                guard !stage.isFinal else { return nil }
                return (labels: ["stage": stage.rawValue], value: max(0, now.timeIntervalSince(waiting.oldest)))
            }
        }
    }
}
