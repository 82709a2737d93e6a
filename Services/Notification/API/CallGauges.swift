import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// What waits to be called, on `/metrics`: by reason only, never by person.
enum CallGauges {
    static func register(in metrics: MetricsRegistry, calls: CallReader, clock: ProgrammeClock) {
        func family(
            _ name: String, help: String, _ value: @escaping @Sendable (CallAPI.Count, Date) -> Double
        ) {
            metrics.observeFamily(name, help: help) {
                let now = clock.now()
                let counts = try await calls.counts(CallScope(station: nil, isCentre: true), at: now)
                return CallReason.allCases.map { reason in
                    (["reason": reason.rawValue], counts.first { $0.reason == reason }.map { value($0, now) } ?? 0)
                }
            }
        }
        family("notification_calls_open", help: "Calls that staff have to make, by reason.") { count, _ in
            Double(count.open)
        }
        family("notification_calls_due", help: "Calls whose time has come, by reason.") { count, _ in Double(count.due)
        }
        family(
            "notification_calls_oldest_due_seconds",
            help: "Programme time in seconds since the oldest call that waits became due, by reason."
        ) { count, now in count.oldestDueAt.map { max(0, now.timeIntervalSince($0)) } ?? 0 }
        family("notification_calls_promised", help: "Calls promised for a time, due or not, by reason.") { count, _ in
            Double(count.promised)
        }
        family(
            "notification_calls_promises_missed",
            help: "Calls promised and not made a quarter of an hour after their time, by reason."
        ) { count, _ in Double(count.missed) }
    }
}
