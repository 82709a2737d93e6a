import CardProgramme
import Redis
import ServiceLifecycle
import ServiceRuntime
import ShortMessages
import TLSCalls

/// The providers this installation has, as one gateway: a part of the composition root, for its length alone.
struct ProviderAssembly {
    let gateway: ProviderGateway
    /// In the order of dependence.
    let services: [any Service]

    var providers: [any SMSProvider] { self.gateway.routes.map(\.provider) }

    init(_ configuration: NotificationConfiguration, _ context: RuntimeContext) throws {
        let clock = ProviderClock { [clock = context.clock] in clock.now() }
        var routes: [ProviderRoute] = []
        if let kannel = configuration.voice.kannel {
            routes.append(
                ProviderRoute(
                    KannelProvider(configuration: kannel, clock: clock),
                    weight: configuration.voice.kannelShare.weight, figures: configuration.voice.kannelShare.figures))
        }
        if let aliyun = configuration.clouds.aliyun {
            let provider = AliyunProvider(
                endpoint: try Self.endpoint(aliyun.address), key: aliyun.key, secret: aliyun.secret,
                connections: DispatchMessages.inFlight, clock: clock)
            routes.append(Self.route(provider, aliyun))
        }
        if let tencent = configuration.clouds.tencent {
            let provider = TencentProvider(
                endpoint: try Self.endpoint(tencent.account.address), key: tencent.account.key,
                application: tencent.application, region: tencent.region, secret: tencent.account.secret,
                connections: DispatchMessages.inFlight, clock: clock)
            routes.append(Self.route(provider, tencent.account))
        }
        let redis = RedisClient(
            configuration: try context.redisConfiguration(), scripts: [RateLimit.script], logger: context.logger)
        let now = Self.stopwatch()
        let limit = RateLimit(
            redis: redis, namespace: try context.configuration.required(.messagingNamespace),
            figures: Dictionary(uniqueKeysWithValues: routes.map { ($0.name, $0.figures) }), now: now,
            logger: context.logger)
        let metrics = context.metrics
        self.gateway = ProviderGateway(
            routes: routes, limit: limit, clock: clock, now: now,
            counted: { provider, outcome in
                metrics.counter(
                    "notification_submissions_total", help: "Messages handed to a provider, by what came of it.",
                    labels: ["provider": provider, "outcome": outcome]
                ).increment()
            }, logger: context.logger)
        // Nobody asks Redis where nobody sends.
        self.services = routes.isEmpty ? [] : [redis, ReviewProviders(gateway: self.gateway)]
        ProviderGauges.register(in: metrics, gateway: self.gateway)
    }

    /// Seconds that only go forward.
    static func stopwatch() -> @Sendable () -> Double {
        let start = ContinuousClock.now
        return {
            let (seconds, attoseconds) = start.duration(to: .now).components
            return Double(seconds) + Double(attoseconds) / 1e18
        }
    }

    private static func route(_ provider: any SMSProvider, _ account: CloudConfiguration.Account) -> ProviderRoute {
        ProviderRoute(
            provider, weight: account.share.weight, figures: account.share.figures, templates: account.templates,
            signature: account.signature)
    }

    /// - Throws: where the certificates of this machine cannot be read.
    static func endpoint(_ address: CloudConfiguration.Address) throws -> CloudEndpoint {
        guard address.isSecure else { return .loopback(port: address.port) }
        return .tls(
            host: address.host, port: address.port, security: try TLSClient().security(for: address.host))
    }
}
