import CardProgramme
import FoundationEssentials
import Logging
import Messaging
import ServiceRuntime
import ShortMessages

/// Hands one message over that is on record as being submitted, and writes down what came of it.
///
/// Where one provider surely has not taken it, for a reason of its own, another is given it; that too is committed before.
struct SubmitMessage: Sendable {
    /// What is to be handed over.
    struct Outgoing: Sendable {
        let order: SMSOrder
        let provider: String
        /// Who will never take it.
        let refusedBy: Set<String>
    }

    private let endpoint: MessageEndpoint
    private let gateway: ProviderGateway
    private let clock: ProgrammeClock
    private let faults: FaultPlan
    private let logger: Logger
    private let record: RecordNews
    /// A call to a provider counts its time from here on: it must not wait for a connection besides.
    private let permits = Permits(DispatchMessages.inFlight)

    /// Programme time until it is tried again when nobody took it.
    static let pause: TimeInterval = 30
    /// Real time in which another provider's turn is waited for.
    private static let patience = Duration.seconds(5)

    init(
        endpoint: MessageEndpoint, gateway: ProviderGateway, record: RecordNews, clock: ProgrammeClock,
        faults: FaultPlan, logger: Logger
    ) {
        self.endpoint = endpoint
        self.gateway = gateway
        self.record = record
        self.clock = clock
        self.faults = faults
        self.logger = logger
    }

    func callAsFunction(_ one: Outgoing) async {
        var provider = one.provider
        // Who is not asked again in this round, and who never.
        var (tried, refusedBy) = (one.refusedBy, one.refusedBy)
        do {
            while true {
                let outcome = await self.permits.run { await self.gateway.submit(one.order, through: provider) }
                self.faults.reached(.messageSubmitted)
                let refusal = "\(provider)/\(outcome.code)"
                tried.insert(provider)
                if case .rejected = outcome, outcome.leavesOthers { refusedBy.insert(provider) }
                guard outcome.leavesOthers, let next = await self.elsewhere(one.order, than: tried) else {
                    return try await self.conclude(one.order, outcome, after: refusal, refusedBy: refusedBy)
                }
                let parts = self.gateway.message(one.order, through: next)?.length.parts ?? 1
                let now = self.clock.now()
                let isMoved = try await self.endpoint.transaction { work in
                    try await MessageProgress(sql: work.sql).move(
                        one.order.id, to: next, parts: parts, after: refusal, at: now)
                }
                // Somebody has given up on it meanwhile.
                guard isMoved else { return }
                provider = next
            }
        } catch {
            // It stays as it is and becomes `unknown`; a receipt may still tell.
            self.logger.warning("what became of a message could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func elsewhere(_ order: SMSOrder, than tried: Set<String>) async -> String? {
        var waited = Duration.zero
        while true {
            switch await self.gateway.choose(order, excluding: tried) {
            case .provider(let name): return name
            case .nobody: return nil
            case .limited(let wait):
                waited += wait
                guard waited <= Self.patience, (try? await Task.sleep(for: wait)) != nil else { return nil }
            }
        }
    }

    private func conclude(
        _ order: SMSOrder, _ outcome: SubmitOutcome, after refusal: String, refusedBy: Set<String>
    ) async throws {
        let now = self.clock.now()
        func news(_ state: MessageState, _ code: String, reference: String? = nil, failure: String? = nil) async throws
        {
            try await self.record(
                .news(
                    MessageProgress.News(
                        id: order.id, state: state, kind: "submit", code: code, occurredAt: now,
                        reference: reference, failure: failure)))
        }
        func again(after pause: TimeInterval) async throws {
            let until = min(max(now, order.notAfter), now.addingTimeInterval(pause))
            try await self.endpoint.transaction { work in
                try await MessageProgress(sql: work.sql).replan(
                    order.id, until: until, after: refusal, refusedBy: refusedBy, at: now)
            }
        }
        switch outcome {
        case .accepted(let reference, _): try await news(.accepted, "accepted", reference: reference)
        case .unknown(let code): try await news(.unknown, code)
        case .throttled(let pause, _): try await again(after: Double(pause.components.seconds) + 1)
        case .notSent: try await again(after: Self.pause)
        case .rejected(let failure, let code):
            // Somebody else may take it who is down now.
            guard outcome.leavesOthers, !self.gateway.able(order, excluding: refusedBy).isEmpty else {
                return try await news(.rejected, code, failure: failure.rawValue)
            }
            try await again(after: Self.pause)
        }
    }
}

extension SubmitOutcome {
    /// The provider's word, or ours where it had none.
    fileprivate var code: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(_, let code), .throttled(_, let code), .notSent(let code), .unknown(let code): code
        }
    }
}
