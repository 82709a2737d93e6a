import CardProgramme
import Contracts
import FoundationEssentials
import RabbitMQ
import ServiceRuntime

/// What the message layer counts. No label carries anything personal.
struct MessagingMetrics: Sendable {
    private let registry: MetricsRegistry
    private let batchSeconds: MetricHistogram

    init(registry: MetricsRegistry) {
        self.registry = registry
        self.batchSeconds = registry.histogram(
            "messaging_batch_seconds", help: "Time of one consumer transaction.")
    }

    func published(_ outcomes: [PublishOutcome]) {
        var counts: [String: Int] = [:]
        for outcome in outcomes {
            let label =
                switch outcome {
                case .confirmed: "confirmed"
                case .returned: "returned"
                case .refused: "refused"
                case .unknown: "unknown"
                case .blocked: "blocked"
                }
            counts[label, default: 0] += 1
        }
        for (label, count) in counts {
            self.registry.counter(
                "messaging_published_total", help: "Messages offered to the broker, by what became of them.",
                labels: ["outcome": label]
            ).increment(by: Double(count))
        }
    }

    func batchFailed() {
        self.registry.counter(
            "messaging_batch_failures_total",
            help: "Batches that could neither be applied nor kept, and went back to the broker."
        ).increment()
    }

    func relayFailed(_ cause: String) {
        self.registry.counter(
            "messaging_relay_failures_total", help: "Passes of the outbox relay that failed.", labels: ["cause": cause]
        ).increment()
    }

    func bisected() {
        self.registry.counter(
            "messaging_bisections_total", help: "Batches halved to find a message that fails."
        ).increment()
    }

    func failed(_ type: String, parked: Bool) {
        self.registry.counter(
            "messaging_failures_total", help: "Messages that failed, by what was done with them.",
            labels: ["type": type, "then": parked ? "parked" : "deferred"]
        ).increment()
    }

    /// The age a message has when it arrives is the age of its queue's oldest message.
    func delivered(_ envelope: Envelope) {
        self.registry.gauge(
            "messaging_delivery_age_seconds", help: "Age of the last message taken from the queue, to the second.",
            labels: ["lane": envelope.lane.rawValue]
        ).set(max(0, Date.now.timeIntervalSince(envelope.sentAt)))
    }

    func batchApplied(_ tally: BatchRun.Tally, in duration: Duration) {
        for (type, count) in tally.applied {
            self.registry.counter(
                "messaging_applied_total", help: "Messages applied.", labels: ["type": type]
            ).increment(by: Double(count))
        }
        for (kind, count) in [
            ("duplicate", tally.duplicates), ("held", tally.held), ("deferred", tally.deferred),
            ("parked", tally.parked),
        ] where count > 0 {
            self.registry.counter(
                "messaging_set_aside_total", help: "Messages not applied when they arrived, by why.",
                labels: ["why": kind]
            ).increment(by: Double(count))
        }
        self.batchSeconds.record(duration)
    }
}
