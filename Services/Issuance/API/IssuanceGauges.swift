import CardProgramme
import FoundationEssentials
import ServiceRuntime

/// What issuance shows on `/metrics` beside the gauges every service has.
enum IssuanceGauges {
    static func register(
        in metrics: MetricsRegistry, orders: CardOrderReader, reports: DamageReader, clock: ProgrammeClock
    ) {
        metrics.observeFamily("issuance_cards", help: "Cards in each stage.") {
            let stages = try await orders.stages()
            return CardCustody.stages.map { stage in
                (["stage": stage.rawValue], Double(stages[stage]?.count ?? 0))
            }
        }
        metrics.observeFamily(
            "issuance_oldest_waiting_seconds",
            help: "Programme time in seconds for which the card that waits longest has been in its stage."
        ) {
            let now = clock.now()
            let stages = try await orders.stages()
            return CardCustody.stages.filter { !$0.isFinal }.map { stage in
                (["stage": stage.rawValue], stages[stage].map { max(0, now.timeIntervalSince($0.oldest)) } ?? 0)
            }
        }
        metrics.observeFamily(
            "issuance_delivery_deadlines", help: "Cards by how their ten working days for delivery went or go (R48)."
        ) {
            let figures = try await orders.deliveries(today: clock.today)
            return [
                (["outcome": "kept"], Double(figures.kept)), (["outcome": "missed"], Double(figures.missed)),
                (["outcome": "openOverdue"], Double(figures.openOverdue)),
            ]
        }
        metrics.observeFamily(
            "issuance_exceptions", help: "Cards that may not be moved (N21), and damage reports without answer (R93)."
        ) {
            [
                (["kind": "paused"], Double(try await orders.paused())),
                (["kind": "openReports"], Double(try await reports.openReports())),
            ]
        }
    }
}
