import ServiceRuntime
import ShortMessages

/// How the providers stand, on `/metrics`.
enum ProviderGauges {
    static func register(in metrics: MetricsRegistry, gateway: ProviderGateway) {
        metrics.observeFamily("notification_provider_weight", help: "A provider's share of messages at present.") {
            gateway.standing.map { (["provider": $0.provider], Double($0.weight)) }
        }
        metrics.observeFamily(
            "notification_provider_up", help: "1 while a provider is given messages, 0 while it is left alone."
        ) {
            gateway.standing.map { (["provider": $0.provider], $0.isUp ? 1 : 0) }
        }
        metrics.observe(
            "notification_rate_alone",
            help: "1 while Redis cannot be asked and this process keeps to one message a second for each provider."
        ) { gateway.isAlone ? 1 : 0 }
    }
}
