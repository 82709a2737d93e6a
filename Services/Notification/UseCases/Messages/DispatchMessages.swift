import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Logging
import Messaging
import ServiceLifecycle
import ServiceRuntime
import ShortMessages
import Storage

/// Says what is due: decides about each message at the very moment, writes down that it is being submitted, and only then
/// hands it to a provider. In every instance; whoever takes a message holds it.
///
/// The next messages are decided about while the last ones are handed over, so that nobody waits for the slowest. When the
/// process is to end, nothing more is decided, and what is decided is still said.
///
/// Nothing is ever submitted twice: what was being submitted when a process ended stays as it is until a receipt, a
/// question or its time says more.
final class DispatchMessages: Service, CustomStringConvertible {
    private let endpoint: MessageEndpoint
    private let gateway: ProviderGateway
    private let submit: SubmitMessage
    private let templates: TemplateStore
    private let wording: Wording
    private let seal: ContactSeal
    /// Whether some people hear of things through WeChat too.
    private let copies: Bool
    private let calendar: WorkingDayCalendar
    private let clock: ProgrammeClock
    private let faults: FaultPlan
    /// Real time between two looks when nothing was due.
    private let pause: Duration
    private let logger: Logger
    private let queue = SubmissionQueue(low: DispatchMessages.inFlight)

    /// Messages decided about in one transaction, of each urgency.
    static let together = 200
    /// Messages at the providers at once, which is also how many connections each has.
    static let inFlight = 32
    /// Messages being handed over or written down at once: while what came of one is written, the provider has the next.
    private static let hands = 96
    /// Real time in which the rate may let more pass.
    private static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(1))
    /// Programme time after which is looked again for somebody to send through.
    private static let soon: TimeInterval = 60
    /// The same where no provider is configured, which only a new process can change: it then looks at everything.
    private static let late: TimeInterval = 6 * 3600

    init(
        endpoint: MessageEndpoint, gateway: ProviderGateway, record: RecordNews, templates: TemplateStore,
        wording: Wording,
        seal: ContactSeal, copies: Bool, calendar: WorkingDayCalendar, clock: ProgrammeClock, faults: FaultPlan,
        pause: Duration,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.gateway = gateway
        self.templates = templates
        self.wording = wording
        self.seal = seal
        self.copies = copies
        self.calendar = calendar
        self.clock = clock
        self.faults = faults
        self.pause = pause
        self.logger = logger
        self.submit = SubmitMessage(
            endpoint: endpoint, gateway: gateway, record: record, clock: clock, faults: faults, logger: logger)
    }

    var description: String { "dispatch" }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.hands {
                group.addTask { while let one = await self.queue.next() { await self.submit(one) } }
            }
            await cancelWhenGracefulShutdown { await self.decideOn() }
            self.queue.close()
        }
    }

    private func decideOn() async {
        var isAwake = self.gateway.isEmpty
        while !Task.isCancelled {
            var pause: Duration? = self.pause
            do {
                if !isAwake {
                    try await self.wake()
                    isAwake = true
                }
                pause = try await self.round()
            } catch is CancellationError {
                return
            } catch {
                self.logger.warning("messages could not be dispatched", metadata: ["error": "\(error)"])
            }
            await self.queue.room()
            if let pause { try? await Task.sleep(for: pause) }
        }
    }

    /// What waited because there was no provider at all does so no longer.
    private func wake() async throws {
        let now = self.clock.now()
        try await self.endpoint.transaction { work in try await MessageProgress(sql: work.sql).wake(at: now) }
    }

    /// What a round has come to.
    private struct Decided: Sendable {
        var outgoing: [SubmitMessage.Outgoing] = []
        /// Real time until the next one; nil: there may be more to do at once.
        var pause: Duration?
    }

    /// - Returns: how long to wait before the next one, in real time.
    private func round() async throws -> Duration? {
        let templates = try await self.templates.current()
        let decided = try await self.endpoint.transaction { work in
            try await self.decide(templates, in: work)
        }
        if !decided.outgoing.isEmpty { self.faults.reached(.messageSubmitting) }
        self.queue.add(decided.outgoing)
        return decided.pause
    }

    private func decide(
        _ templates: [MessagePurpose: CurrentTemplate], in work: UnitOfWork
    ) async throws -> Decided {
        let now = self.clock.now()
        let due = try await DueMessageReader(sql: work.sql).take(Self.together, at: now)
        guard !due.isEmpty else { return Decided(pause: self.pause) }
        var batch = DispatchBatch()
        for message in due {
            let decision = message.decide(at: now, calendar: self.calendar) { batch.isFree($0, for: message) }
            switch decision {
            case .postpone(let until): batch.postponed.append((message.id, until))
            case .end(let state, let why, let reason): batch.end(message, state, why, call: reason, at: now)
            case .send(let digest, let place):
                guard let template = templates[message.purpose], let contact = message.contact,
                    // One file that cannot be opened must not keep everybody else from being told.
                    let details = try? self.seal.open(contact.details, person: message.person),
                    details.numbers.indices.contains(place),
                    let number = try? PhoneNumber(details.numbers[place].text)
                else {
                    self.logger.error(
                        "a contact point cannot be read", metadata: ["person": "\(message.person)"])
                    batch.end(
                        message, .failed, "unreadable",
                        call: message.purpose.isEssential ? .cannotBeTold : nil, at: now)
                    continue
                }
                let isAdded = batch.add(
                    message, digest: digest, number: number, name: details.name, template: template
                ) {
                    self.wording.text(template.template, for: $0, names: $1)
                }
                if !isAdded { batch.postponed.append((message.id, now.addingTimeInterval(60))) }
            }
        }
        let shared = await self.share(batch.sends, at: now)
        batch.postponed += shared.postponed
        let progress = MessageProgress(sql: work.sql)
        try await progress.postpone(batch.postponed)
        try await progress.end(batch.ended, at: now)
        try await CallTaskWriter(sql: work.sql).open(batch.calls, at: now)
        try await progress.submit(
            shared.chosen.flatMap { send, outgoing in
                let parts = self.gateway.message(outgoing.order, through: outgoing.provider)?.length.parts
                return send.ids.map { id in
                    MessageProgress.Submission(
                        id: id, digest: send.digest, provider: outgoing.provider, template: send.template,
                        parts: parts ?? send.length.parts, carriedBy: id == send.ids[0] ? nil : send.ids[0])
                }
            }, at: now)
        if self.copies {
            let handedOver = batch.ended.filter { $0.state == .handedOver }.map(\.id)
            try await WeChatStore(sql: work.sql).copy(shared.chosen.flatMap(\.send.ids) + handedOver, at: now)
        }
        // Looking again and again at what cannot be sent yet would help nobody.
        let isIdle = shared.chosen.isEmpty && due.count <= shared.waiting
        return Decided(
            outgoing: shared.chosen.map(\.outgoing), pause: shared.pause ?? (isIdle ? self.pause : nil))
    }

    /// Who sends what.
    private struct Shared {
        var chosen: [(send: DispatchBatch.Send, outgoing: SubmitMessage.Outgoing)] = []
        var postponed: [(id: UUID, until: Date)] = []
        /// Messages that could not be given to anybody.
        var waiting = 0
        /// Until the rate lets more pass.
        var pause: Duration?
    }

    /// Chooses a provider for each message, as long as the rate lets them pass. What it holds back stays as it is; what it will
    /// hold back for longer than a minute is put off, so that it does not stand before everything else.
    private func share(_ sends: [DispatchBatch.Send], at now: Date) async -> Shared {
        var shared = Shared()
        var heldBack = 0
        let orders = sends.map { send in
            SMSOrder(
                id: send.ids[0], to: send.number, text: send.text, purpose: send.message.purpose,
                version: send.template, values: self.wording.values(for: send.message, names: send.names),
                notAfter: send.notAfter)
        }
        let choices = await self.gateway.choose(zip(orders, sends).map { ($0, $1.message.refusedBy) })
        for ((send, order), choice) in zip(zip(sends, orders), choices) {
            var after: TimeInterval?
            switch choice {
            case .provider(let name):
                shared.chosen.append(
                    (send, SubmitMessage.Outgoing(order: order, provider: name, refusedBy: send.message.refusedBy)))
                continue
            case .limited(let wait):
                heldBack += 1
                shared.pause = min(Self.longestPause, max(Self.shortestPause, max(shared.pause ?? .zero, wait)))
                if Double(heldBack) > self.gateway.pace * Self.soon { after = Self.soon }
            case .nobody:
                after = self.gateway.isEmpty ? Self.late : Self.soon
            }
            if self.gateway.isEmpty == false { shared.waiting += send.ids.count }
            if let after {
                let until = min(max(now, send.notAfter), now.addingTimeInterval(after))
                shared.postponed += send.ids.map { ($0, until) }
            }
        }
        return shared
    }
}
