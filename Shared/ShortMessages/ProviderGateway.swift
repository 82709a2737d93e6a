import FoundationEssentials
import Logging
import NIOConcurrencyHelpers

/// All providers of an installation as one: chooses by ``ProviderRouting``, keeps to the ``RateLimit``, and learns from what
/// becomes of messages. Safe to use from any number of tasks.
///
/// What it has learnt is this process's own: instances may weigh providers differently; the rate is common to all.
package final class ProviderGateway: Sendable {
    package enum Choice: Sendable, Equatable {
        /// Hand it to this one, now: its place in the rate is taken.
        case provider(String)
        /// All have had enough for the moment: ask again after this time, which is a second at most.
        case limited(Duration)
        /// Nobody can, or nobody is up.
        case nobody
    }

    private struct State {
        var routing: ProviderRouting
        var generator: any RandomNumberGenerator & Sendable
        /// By the gateway's clock: until when the rate is known to be used up.
        var fullUntil: [String: Double] = [:]
    }

    package let routes: [ProviderRoute]
    private let byName: [String: ProviderRoute]
    private let limit: RateLimit
    private let clock: ProviderClock
    private let now: @Sendable () -> Double
    private let counted: @Sendable (_ provider: String, _ outcome: String) -> Void
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    /// - Parameters:
    ///   - routes: With different names.
    ///   - limit: With the routes' figures.
    ///   - clock: The time messages are valid by.
    ///   - now: Seconds of a clock that never goes back.
    ///   - counted: Called once for each submission, with a bounded set of words.
    package init(
        routes: [ProviderRoute], limit: RateLimit, rules: ProviderRouting.Rules = ProviderRouting.Rules(),
        clock: ProviderClock, now: @escaping @Sendable () -> Double,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        counted: @escaping @Sendable (_ provider: String, _ outcome: String) -> Void = { _, _ in }, logger: Logger
    ) {
        self.routes = routes
        self.byName = Dictionary(uniqueKeysWithValues: routes.map { ($0.name, $0) })
        self.limit = limit
        self.clock = clock
        self.now = now
        self.counted = counted
        self.logger = logger
        self.state = NIOLockedValueBox(
            State(
                routing: ProviderRouting(weights: routes.map { ($0.name, $0.weight) }, rules: rules),
                generator: generator))
    }

    /// Whether there is anybody at all.
    package var isEmpty: Bool { self.routes.isEmpty }
    /// Who can be asked what became of a message.
    package var queried: [String] { self.routes.filter { $0.provider.capabilities.canQuery }.map(\.name) }
    /// Deliveries that take longer are slow.
    package var slow: Duration { self.state.withLockedValue { $0.routing.rules.slow } }

    package func provider(_ name: String) -> (any SMSProvider)? { self.byName[name]?.provider }

    /// Who could say it, up or not.
    ///
    /// - Parameter excluded: Who has refused it.
    package func able(_ order: SMSOrder, excluding excluded: Set<String> = []) -> Set<String> {
        let now = self.clock.now()
        return Set(self.routes.filter { !excluded.contains($0.name) && $0.message(order, at: now) != nil }.map(\.name))
    }

    /// The message as a provider would take it: for its length.
    package func message(_ order: SMSOrder, through provider: String) -> OutboundSMS? {
        self.byName[provider]?.message(order, at: self.clock.now())
    }

    /// Chooses a provider for a message and takes its place in the rate.
    ///
    /// A provider that has had enough is waited for, and no other takes its share: who costs more, or is kept for bad
    /// days, would get it otherwise.
    package func choose(_ order: SMSOrder, excluding excluded: Set<String> = []) async -> Choice {
        await self.choose([(order, excluded)])[0]
    }

    /// Chooses for several messages, as if one after the other, with one question about each provider's rate.
    ///
    /// - Returns: a choice for each, in their order.
    package func choose(_ orders: [(order: SMSOrder, excluded: Set<String>)]) async -> [Choice] {
        let unable = orders.map { order, excluded in
            Set(self.byName.keys).subtracting(self.able(order, excluding: excluded))
        }
        let now = self.now()
        let (names, full) = self.state.withLockedValue { state in
            (
                unable.map { state.routing.choose(at: now, excluding: $0, using: &state.generator) },
                state.fullUntil
            )
        }
        var wanted: [String: Int] = [:]
        for name in names.compactMap({ $0 }) where (full[name] ?? 0) <= now { wanted[name, default: 0] += 1 }
        var passed: [String: Int] = [:]
        var waits = full.mapValues { Duration.seconds($0 - now) }
        for (name, count) in wanted {
            let answer = await self.limit.take(name, upTo: count)
            passed[name] = answer.passed
            waits[name] = answer.wait
            guard let wait = answer.wait else { continue }
            self.state.withLockedValue { $0.fullUntil[name] = now + wait.seconds }
        }
        return names.map { name in
            guard let name else { return .nobody }
            guard let left = passed[name], left > 0 else { return .limited(waits[name] ?? .zero) }
            passed[name] = left - 1
            return .provider(name)
        }
    }

    /// Hands a message over, once.
    package func submit(_ order: SMSOrder, through provider: String) async -> SubmitOutcome {
        guard let route = self.byName[provider] else { return .notSent(code: "no-provider") }
        // It could when it was chosen: there was more time then.
        guard let message = route.message(order, at: self.clock.now()) else { return .notSent(code: "too-late") }
        let outcome = await route.provider.submit(message)
        self.counted(provider, outcome.metricLabel)
        // That a message's time is over says nothing about who should have sent it.
        if case .notSent(code: "too-late") = outcome { return outcome }
        let now = self.now()
        self.state.withLockedValue { $0.routing.submitted(provider, outcome, at: now) }
        if outcome.isProviderFailure { self.review() }
        return outcome
    }

    /// Counts how long a delivery took, or has taken so far.
    package func delivered(_ provider: String, after duration: Duration) {
        let now = self.now()
        self.state.withLockedValue { $0.routing.delivered(provider, after: duration, at: now) }
    }

    /// Looks whether weights have to change, and says so in the log. Call it every few seconds.
    @discardableResult
    package func review() -> [ProviderRouting.Shift] {
        let now = self.now()
        let shifts = self.state.withLockedValue { $0.routing.review(at: now) }
        for shift in shifts {
            self.logger.warning(
                "a provider's share of messages has changed",
                metadata: [
                    "provider": "\(shift.provider)", "from": "\(shift.from)", "to": "\(shift.to)",
                    "reason": "\(shift.reason.rawValue)",
                ])
        }
        return shifts
    }

    /// How each stands, for gauges.
    package var standing: [(provider: String, weight: Int, isUp: Bool)] {
        let now = self.now()
        return self.state.withLockedValue { state in
            state.routing.weights.map { ($0.provider, $0.weight, state.routing.isUp($0.provider, at: now)) }
        }
    }

    /// How many messages a second those who are up take together at present.
    package var pace: Double {
        let up = Set(self.standing.filter(\.isUp).map(\.provider))
        return self.routes.filter { up.contains($0.name) }
            .reduce(0) { $0 + (self.isAlone ? RateLimit.alone.rate : $1.figures.rate) }
    }

    /// Whether this process counts for itself, because Redis cannot be asked.
    package var isAlone: Bool { self.limit.isAlone }
}

extension SubmitOutcome {
    /// Whether another provider may be given the message: it surely was not sent, and not because of whose number it is.
    package var leavesOthers: Bool {
        switch self {
        case .accepted, .unknown: false
        // Its time is over everywhere.
        case .notSent(let code): code != "too-late"
        case .throttled: true
        case .rejected(let failure, _):
            switch failure {
            case .contentOrSignature, .throttled, .unknownCode: true
            case .invalidNumber, .suspended, .temporarilyOff, .blocked: false
            }
        }
    }
}
